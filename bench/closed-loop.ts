import autocannon from 'autocannon'
import type { Call } from './routes.ts'
import type { Server } from './servers.ts'

/** Results of a load generator. Latencies in milliseconds. */
export interface Load {
  requests: number
  rps: number
  p50: number
  p97_5: number
  p99: number
  max: number
  /** Number of requests without an answer. */
  errors: number
  non2xx: number
}

export interface ClosedLoop {
  connections: number
  seconds: number
  /** Ends the run after this many requests, for calls that work only once. */
  amount?: number | undefined
  callsOf: (client: number) => Call[]
}

/** Sends requests in a closed loop: each connection sends its next request when it has the answer to the last one. */
export async function runClosedLoop(
  { url }: Server,
  { connections, seconds, amount, callsOf }: ClosedLoop,
): Promise<Load> {
  // The requests are prepared before the clock starts, so that connections do not wait for this work.
  const requests = Array.from({ length: connections }, (_, client) => callsOf(client).map(toRequest))
  const running = autocannon({
    url,
    connections,
    timeout: 30,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    setupClient: (client) => client.setRequests(requests.pop()!),
  })
  // autocannon counts whole seconds, which is too coarse for a run that ends with its last answer.
  let [first, last] = [performance.now(), 0]
  // Its types declare the promise, but not the events.
  const events = running as unknown as autocannon.Instance
  events.on('start', () => (first = performance.now()))
  events.on('response', () => (last = performance.now()))
  const { latency, non2xx, errors, requests: made } = await running
  const { p50, p97_5, p99, max } = latency
  const rps = made.total / ((last - first) / 1000)
  return { requests: made.total, rps, p50, p97_5, p99, max, errors, non2xx }
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
