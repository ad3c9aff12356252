import { createCpuMeter } from './cpu.ts'
import type { BenchDatabase } from './database.ts'
import { spread } from './pairs.ts'
import { machine } from './report.ts'
import type { Server } from './servers.ts'

const ROUNDS_PER_PAIR = 10

/** One of the measured ways to change a number of tasks. */
export interface Kind<Prepared> {
  name: string
  /** Runs before each round, and is not measured. */
  prepare?: () => Promise<Prepared>
  run: (prepared: Prepared) => Promise<void>
}

interface Cost {
  ms: number
  service: number
  postgres: number
}

/** Compares ways to change `size` tasks, in alternating rounds: the time of a round, and the CPU time per task. */
export async function compareKinds<Prepared>(
  service: Server,
  database: BenchDatabase,
  { kinds, size, pairs }: { kinds: Kind<Prepared>[]; size: number; pairs: number },
) {
  const measure = await createCpuMeter(database)
  const cpu = () => measure?.(service.pid) ?? { service: NaN, postgres: NaN }
  const costOf = async ({ prepare, run }: Kind<Prepared>): Promise<Cost> => {
    const cost = { ms: 0, service: 0, postgres: 0 }
    for (let round = 0; round < ROUNDS_PER_PAIR; round += 1) {
      const prepared = (await prepare?.()) as Prepared
      const [before, start] = [cpu(), performance.now()]
      await run(prepared)
      const after = cpu()
      cost.ms += (performance.now() - start) / ROUNDS_PER_PAIR
      cost.service += (after.service - before.service) / ROUNDS_PER_PAIR / size
      cost.postgres += (after.postgres - before.postgres) / ROUNDS_PER_PAIR / size
    }
    return cost
  }
  const found = kinds.map((kind) => ({ kind, costs: [] as Cost[] }))
  for (const { kind } of found) await costOf(kind)
  for (let pair = 0; pair < pairs; pair += 1)
    for (const { kind, costs } of found) costs.push(await costOf(kind))
  const results = found.map(({ kind: { name }, costs }) => ({ name, ...summarize(costs) }))
  for (const { name, ms, service, postgres } of results)
    console.log(
      `${name}: ${ms.median.toFixed(0)} ms; CPU per task: service ${service.median.toFixed(0)} µs, ` +
        `PostgreSQL ${postgres.median.toFixed(0)} µs`,
    )
  return { machine: machine(), results }
}

const summarize = (costs: Cost[]) => ({
  ms: spread(costs.map(({ ms }) => ms)),
  service: spread(costs.map(({ service }) => service)),
  postgres: spread(costs.map(({ postgres }) => postgres)),
})
