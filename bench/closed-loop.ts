import autocannon from 'autocannon'
import type { Call } from './routes.ts'
import type { Server } from './servers.ts'

/** What a load generator saw. Latencies in milliseconds. */
export interface Load {
  requests: number
  rps: number
  p50: number
  p97_5: number
  p99: number
  max: number
  /** Requests without an answer. */
  errors: number
  non2xx: number
}

export interface ClosedLoop {
  connections: number
  seconds: number
  /** Ends the run after so many requests, where calls work once only. */
  amount?: number | undefined
  callsOf: (client: number) => Call[]
}

/** Every connection sends its next request as soon as it has the answer to the last. */
export async function runClosedLoop(
  { url }: Server,
  { connections, seconds, amount, callsOf }: ClosedLoop,
): Promise<Load> {
  // Made before the clock starts: many connections would wait for one another's requests.
  const requests = Array.from({ length: connections }, (_, client) => callsOf(client).map(toRequest))
  const result = await autocannon({
    url,
    connections,
    timeout: 30,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    setupClient: (client) => client.setRequests(requests.pop()!),
  })
  const { latency, non2xx, errors, start, finish } = result
  const { total } = result.requests
  const elapsed = (new Date(finish).getTime() - new Date(start).getTime()) / 1000
  const { p50, p97_5, p99, max } = latency
  return { requests: total, rps: total / elapsed, p50, p97_5, p99, max, errors, non2xx }
}

function toRequest({ method, path, token, body }: Call): autocannon.Request {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  return {
    method: method as 'GET',
    path,
    headers: { authorization: `Bearer ${token}`, ...type },
    ...(body !== undefined && { body }),
  }
}
