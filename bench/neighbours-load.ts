import { fork } from 'node:child_process'
import { once } from 'node:events'

/** What the other user sends. */
export interface NeighbourOrder {
  url: string
  method: string
  token: string
  /** Requests per second, or that many at once. */
  perSecond?: number
  atOnce?: number
}
/** How often each status came; `unfinished` counts answers that the end of the measurement cut off. */
export type Statuses = Record<string, number>

const child = process.send === undefined ? undefined : process
if (child !== undefined && process.argv[1] === import.meta.filename) {
  child.once('message', (order: NeighbourOrder) => void generate(order))
  // The process that gave the order may be gone.
  void once(child, 'disconnect').then(() => process.exit())
}

/** Sends until it is told to stop, then leaves: 600 complete lists would take hours. Reports and waits to be ended. */
async function generate({ url, method, token, perSecond, atOnce = 0 }: NeighbourOrder) {
  const statuses: Statuses = {}
  const leaving = new AbortController()
  const pending: Promise<void>[] = []
  const ask = async () => {
    const request = { method, headers: { authorization: `Bearer ${token}` }, signal: leaving.signal }
    const status = await fetch(url, request)
      .then(async (response) => response.arrayBuffer().then(() => String(response.status)))
      .catch(() => 'unfinished')
    statuses[status] = (statuses[status] ?? 0) + 1
  }
  for (let count = 0; count < atOnce; count += 1) pending.push(ask())
  const timer = perSecond && setInterval(() => pending.push(ask()), 1000 / perSecond)
  process.send!('started')
  await once(process, 'message')
  if (timer) clearInterval(timer)
  leaving.abort()
  await Promise.all(pending)
  process.send!(statuses)
}

/**
 * Sends the requests of the other user from a process of its own, which shares neither its event loop nor its clock with
 * the measurement. The returned function ends it and returns what was answered.
 */
export async function startNeighbour(order: NeighbourOrder): Promise<() => Promise<Statuses>> {
  const generator = fork(import.meta.filename, { execArgv: ['--import', 'tsx'] })
  const kill = () => generator.kill('SIGKILL')
  process.once('exit', kill)
  generator.send(order)
  await once(generator, 'message')
  return async () => {
    generator.send('stop')
    const [statuses] = (await once(generator, 'message')) as [Statuses]
    process.removeListener('exit', kill)
    kill()
    return statuses
  }
}
