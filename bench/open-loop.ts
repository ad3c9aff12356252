import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Load } from './closed-loop.ts'
import type { Call } from './routes.ts'
import type { Server } from './servers.ts'

export interface OpenLoop {
  connections: number
  /** Requests per second, evenly spaced. */
  rate: number
  seconds: number
  callsOf: (client: number) => Call[]
}

/** The order for the generator process. `calls` holds complete requests, by connection. */
export interface Order extends Omit<OpenLoop, 'callsOf'> {
  port: number
  calls: string[][]
}

export interface OpenLoad extends Load {
  /** Number of answers by status. */
  statuses: Record<string, number>
  /** Number of 503 answers with Retry-After. */
  retryAfter: number
  /** Number of requests that were never sent, because every connection was busy. */
  unsent: number
}

/** Maximum number of prepared calls of all connections, to limit memory. */
const MAX_CALLS = 20_000

/**
 * Sends requests at an even rate that does not depend on the answers. Latencies count from the time at which a request was
 * due, so a server that stalls cannot hide it by slowing its clients down. The generator runs in another process.
 */
export async function runOpenLoop({ port }: Server, { callsOf, ...loop }: OpenLoop): Promise<OpenLoad> {
  const clients = Array.from({ length: loop.connections }, (_, client) => client)
  const each = Math.max(1, Math.floor(MAX_CALLS / loop.connections))
  const calls = clients.map((client) => callsOf(client).slice(0, each).map(render))
  const order: Order = { ...loop, port, calls }
  const child = fork(join(import.meta.dirname, 'generator.ts'), {
    execArgv: ['--import', 'tsx'],
    detached: true,
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  try {
    child.send(order)
    const [load] = (await Promise.race([once(child, 'message'), failed(child)])) as [OpenLoad]
    return load
  } finally {
    process.removeListener('exit', kill)
    kill()
  }
}

async function failed(child: ReturnType<typeof fork>): Promise<never> {
  await once(child, 'exit')
  throw new Error('the load generator ended early')
}

/** The bytes of a request. */
function render({ method, path, token, body }: Call): string {
  const entity =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n${entity}\r\n${body ?? ''}`
}
