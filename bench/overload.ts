import { setTimeout as sleep } from 'node:timers/promises'
import { runClosedLoop } from './closed-loop.ts'
import { residentMb } from './cpu.ts'
import { openDatabase, seedPeople } from './database.ts'
import { type OpenLoad, runOpenLoop } from './open-loop.ts'
import { machine } from './report.ts'
import { callsOf, type Cast, routes } from './routes.ts'
import { type Server, startService } from './servers.ts'
import type { Person } from './people.ts'

const CONNECTIONS = 10_000
const TIMES = 5
const SECONDS = 10
const list = routes.find(({ name }) => name === 'list')!

/** Sends far more than the service can handle, from many clients. Measures what it refuses, and how it recovers. */
export async function measureOverload() {
  const database = await openDatabase()
  const service = await startService(database.serviceUrl)
  try {
    const cast = { people: await seedPeople(database), database }
    const { rps } = await runClosedLoop(service, { connections: 64, seconds: 4, callsOf: each(cast, 64) })
    const rate = Math.round(rps * TIMES)
    console.log(
      `sustainable: ${Math.round(rps)} requests/s; now ${rate} for ${SECONDS} s over ${CONNECTIONS} connections …`,
    )
    const memory = watchMemory(service)
    const load = await runOpenLoop(service, {
      connections: CONNECTIONS,
      rate,
      seconds: SECONDS,
      callsOf: each(cast, CONNECTIONS),
    })
    const recoveryMs = await recover(service, cast.people[0]!)
    await sleep(5000)
    const figures = { machine: machine(), sustainable: rps, rate, load, recoveryMs, rssMb: memory() }
    console.log(describe(figures))
    return figures
  } finally {
    await service.stop()
    await database.close()
  }
}

const each = (cast: Cast, clients: number) => (client: number) =>
  callsOf(list, cast, 'service', client, clients)

function watchMemory({ pid }: Server) {
  const before = residentMb(pid) ?? NaN
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(pid) ?? NaN)), 100)
  return () => {
    clearInterval(timer)
    return { before, peak, after: residentMb(pid) ?? NaN }
  }
}

/** Milliseconds until twenty requests in a row succeed, each within 100 ms. */
async function recover({ url }: Server, { token }: Person): Promise<number> {
  const start = performance.now()
  const headers = { authorization: `Bearer ${token}` }
  for (let good = 0; good < 20;) {
    const sent = performance.now()
    const isOk = await fetch(`${url}/api/tasks`, { headers }).then(
      async (response) => {
        await response.arrayBuffer()
        return response.ok
      },
      () => false,
    )
    good = isOk && performance.now() - sent < 100 ? good + 1 : 0
    if (performance.now() - start > 60_000) return Infinity
    await sleep(10)
  }
  return performance.now() - start
}

interface Figures {
  load: OpenLoad
  recoveryMs: number
  rssMb: { before: number; peak: number; after: number }
}

function describe({ load, recoveryMs, rssMb }: Figures): string {
  const statuses = Object.entries(load.statuses).map(([status, count]) => `${count} × ${status}`)
  return `answers: ${statuses.join(', ')}; ${load.retryAfter} with Retry-After; ${load.errors} requests without an answer, \
of which ${load.unsent} were not sent because no connection was free
latency: p50 ${load.p50.toFixed(0)}, p99 ${load.p99.toFixed(0)}, max ${load.max.toFixed(0)} ms
recovered after ${recoveryMs.toFixed(0)} ms; memory: ${rssMb.before} MB before, ${rssMb.peak} at the peak, ${rssMb.after} after`
}
