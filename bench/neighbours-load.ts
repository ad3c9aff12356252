import { fork } from 'node:child_process'
import { once } from 'node:events'

/** The requests of the other user. */
export interface NeighbourOrder {
  url: string
  method: string
  token: string
  /** Number of requests: per second, or all at once. */
  perSecond?: number
  atOnce?: number
}
/** Number of answers by status. `unfinished` counts the requests without an answer at the end of the measurement. */
export type Statuses = Record<string, number>

const child = process.send === undefined ? undefined : process
if (child !== undefined && process.argv[1] === import.meta.filename) {
  child.once('message', (order: NeighbourOrder) => void generate(order))
  // The parent process may have ended.
  void once(child, 'disconnect').then(() => process.exit())
}

/** Sends until it is told to stop, and then aborts, because 600 complete lists would take hours. Reports the answers. */
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
 * Sends the requests of the other user from another process, so that they do not delay the event loop that measures. The
 * returned function ends that process and returns the numbers of its answers.
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
