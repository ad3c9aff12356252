import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, connectAll } from './connection.ts'
import type { OpenLoad, Order } from './open-loop.ts'

/** The process that sends requests at an even rate: takes one order, answers with what it saw, and is ended. */
const DRAIN_MS = 10_000

process.once('message', (order: Order) => {
  void generate(order).then((load) => process.send!(load))
})

async function generate({ port, connections, rate, seconds, calls }: Order): Promise<OpenLoad> {
  const total = Math.round(rate * seconds)
  const latencies: number[] = []
  const statuses: Record<string, number> = {}
  const counts = { errors: 0, retryAfter: 0, pending: 0, non2xx: 0 }
  const due: number[] = []
  let served = 0
  const idle: Connection[] = []

  const dispatch = (connection: Connection, intended: number) => {
    counts.pending += 1
    connection.send((status, hasRetryAfter) => {
      counts.pending -= 1
      if (status === undefined) counts.errors += 1
      else {
        latencies.push(performance.now() - intended)
        statuses[status] = (statuses[status] ?? 0) + 1
        if (status < 200 || status > 299) counts.non2xx += 1
        if (status === 503 && hasRetryAfter) counts.retryAfter += 1
      }
      if (served === due.length) idle.push(connection)
      else dispatch(connection, due[served++]!)
    })
  }

  idle.push(...(await connectAll(port, connections, calls)))
  const start = performance.now() + 5
  await evenly(start, total, 1000 / rate, (intended) => {
    const connection = idle.shift()
    if (connection === undefined) due.push(intended)
    else dispatch(connection, intended)
  })
  const end = performance.now()
  const unsent = due.length - served
  served = due.length
  while (counts.pending > 0 && performance.now() - end < DRAIN_MS) await sleep(20)
  const { errors, retryAfter, non2xx, pending } = counts
  const rps = (latencies.length / (performance.now() - start)) * 1000
  const unanswered = errors + pending + unsent
  return { requests: latencies.length, rps, ...percentiles(latencies), errors: unanswered, non2xx, statuses, retryAfter, unsent }
}

/** Calls `act` with each moment once it has come; timers tick in milliseconds, so a few may come together. */
async function evenly(start: number, total: number, interval: number, act: (intended: number) => void) {
  for (let sent = 0; sent < total; ) {
    const now = performance.now()
    for (; sent < total && start + sent * interval <= now; sent += 1) act(start + sent * interval)
    await sleep(1)
  }
}

function percentiles(latencies: number[]) {
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return { p50: at(0.5), p97_5: at(0.975), p99: at(0.99), max: at(1) }
}

// Whoever gave the order may be gone.
void once(process, 'disconnect').then(() => process.exit())
