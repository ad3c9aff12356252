import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, connectAll } from './connection.ts'
import type { OpenLoad, Order } from './open-loop.ts'
import { percentiles } from './pairs.ts'

/** A process that sends requests at an even rate. It gets one order, reports its results, and is then ended. */
const DRAIN_MS = 10_000

process.once('message', (order: Order) => {
  void generate(order).then((load) => process.send!(load))
})
// The parent process may have ended.
void once(process, 'disconnect').then(() => process.exit())

async function generate({ port, connections, rate, seconds, calls }: Order): Promise<OpenLoad> {
  const tally = createTally()
  const queue = createQueue(await connectAll(port, connections, calls), tally)
  const start = performance.now() + 5
  await evenly(start, Math.round(rate * seconds), 1000 / rate, queue.request)
  const end = performance.now()
  const unsent = queue.close()
  while (tally.pending > 0 && performance.now() - end < DRAIN_MS) await sleep(20)
  const { latencies, errors, retryAfter, pending, statuses } = tally
  return {
    requests: latencies.length,
    rps: (latencies.length / (performance.now() - start)) * 1000,
    ...percentiles(latencies),
    errors: errors + pending + unsent,
    non2xx: latencies.length - success(statuses),
    statuses,
    retryAfter,
    unsent,
  }
}

/** Calls `act` at each moment. Timers have a resolution of a millisecond, so a few calls may come together. */
async function evenly(start: number, total: number, interval: number, act: (intended: number) => void) {
  for (let sent = 0; sent < total;) {
    const now = performance.now()
    for (; sent < total && start + sent * interval <= now; sent += 1) act(start + sent * interval)
    await sleep(1)
  }
}

/** Gives each request the connection that has been idle longest, or else the first one that becomes idle. */
function createQueue(idle: Connection[], tally: Tally) {
  const due: number[] = []
  let served = 0
  const dispatch = (connection: Connection, intended: number) => {
    tally.pending += 1
    connection.send((status, hasRetryAfter) => {
      tally.add(status, hasRetryAfter, performance.now() - intended)
      if (served === due.length) idle.push(connection)
      else dispatch(connection, due[served++]!)
    })
  }
  const request = (intended: number) => {
    const connection = idle.shift()
    if (connection === undefined) due.push(intended)
    else dispatch(connection, intended)
  }
  /** Drops the requests that have no connection yet, and returns their number. */
  const close = () => {
    const unsent = due.length - served
    served = due.length
    return unsent
  }
  return { request, close }
}

type Tally = ReturnType<typeof createTally>

function createTally() {
  const tally = {
    latencies: [] as number[],
    statuses: {} as Record<string, number>,
    errors: 0,
    retryAfter: 0,
    pending: 0,
    add(status: number | undefined, hasRetryAfter: boolean, latency: number) {
      tally.pending -= 1
      if (status === undefined) {
        tally.errors += 1
        return
      }
      tally.latencies.push(latency)
      tally.statuses[status] = (tally.statuses[status] ?? 0) + 1
      if (status === 503 && hasRetryAfter) tally.retryAfter += 1
    },
  }
  return tally
}

const success = (statuses: Record<string, number>) =>
  Object.entries(statuses).reduce((sum, [status, count]) => (status.startsWith('2') ? sum + count : sum), 0)
