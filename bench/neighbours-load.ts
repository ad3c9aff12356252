import { fork } from 'node:child_process'
import { once, setMaxListeners } from 'node:events'
import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http'
import { finished } from 'node:stream/promises'

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

/** Connections opened at once. */
const OPENED_TOGETHER = 100

const child = process.send === undefined ? undefined : process
if (child !== undefined && process.argv[1] === import.meta.filename) {
  child.once('message', (order: NeighbourOrder) => void generate(order))
  // The process that gave the order may be gone.
  void once(child, 'disconnect').then(() => process.exit())
}

/**
 * Opens connections for a burst first: otherwise it would arrive as fast as this process can connect. Sends until it is
 * told to stop, then leaves: 600 complete lists would take hours. Reports and waits to be ended.
 */
async function generate({ url, method, token, perSecond, atOnce = 0 }: NeighbourOrder) {
  const statuses: Statuses = {}
  const leaving = new AbortController()
  setMaxListeners(0, leaving.signal)
  const pending: Promise<void>[] = []
  const ask = async () => {
    const options = { agent, method, headers: { authorization: `Bearer ${token}` }, signal: leaving.signal }
    const status = await send(url, options).catch(() => 'unfinished')
    statuses[status] = (statuses[status] ?? 0) + 1
  }
  const health = new URL('/health', url).href
  for (let open = 0; open < atOnce; open += OPENED_TOGETHER)
    await Promise.all(Array.from({ length: open + OPENED_TOGETHER }, () => send(health, { agent })))
  process.send!('ready')
  await once(process, 'message')
  for (let count = 0; count < atOnce; count += 1) pending.push(ask())
  const timer = perSecond && setInterval(() => pending.push(ask()), 1000 / perSecond)
  await once(process, 'message')
  if (timer) clearInterval(timer)
  leaving.abort()
  await Promise.all(pending)
  process.send!(statuses)
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: Infinity })

/** The status of the answer, after its end. fetch would take several times the CPU, which the service needs. */
async function send(url: string, options: RequestOptions): Promise<string> {
  const call = request(url, options).end()
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  await finished(response.resume())
  return String(response.statusCode)
}

/**
 * Sends the requests of the other user from a process of its own, which shares neither its event loop nor its clock with
 * the measurement. It sends nothing before `begin` is called; `end` ends it and returns what was answered.
 */
export async function startNeighbour(order: NeighbourOrder) {
  const generator = fork(import.meta.filename, { execArgv: ['--import', 'tsx'], detached: true })
  const kill = () => generator.kill('SIGKILL')
  process.once('exit', kill)
  generator.send(order)
  await once(generator, 'message')
  const begin = () => void generator.send('begin')
  const end = async () => {
    generator.send('stop')
    const [statuses] = (await once(generator, 'message')) as [Statuses]
    process.removeListener('exit', kill)
    kill()
    return statuses
  }
  return { begin, end }
}
