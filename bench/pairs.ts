import type { Load } from './closed-loop.ts'
import type { CpuMeter } from './cpu.ts'
import type { Server } from './servers.ts'

/** One run of one server. CPU in microseconds per request; NaN where it cannot be measured. */
export interface Sample extends Load {
  cpuService: number
  cpuPostgres: number
}

export interface Spread {
  median: number
  min: number
  max: number
}

export interface Comparison {
  service: Sample
  floor: Sample
  /** Service divided by floor, pair by pair: below 1 the service is cheaper. */
  cpu: Spread
  /** Service divided by floor: above 1 the service is faster. */
  throughput: Spread
  p99: Spread
}

export type Run = (server: Server) => Promise<Load>

/** Runs both servers in turn, A B B A, so that whatever drifts on the machine drifts for both. */
export async function comparePairs(
  service: Server,
  floor: Server,
  pairs: number,
  meter: CpuMeter,
  run: Run,
): Promise<Comparison> {
  const samples: { service: Sample; floor: Sample }[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const [first, second] = pair % 2 === 0 ? [service, floor] : [floor, service]
    const one = await measure(first, meter, run)
    const other = await measure(second, meter, run)
    samples.push(first === service ? { service: one, floor: other } : { service: other, floor: one })
  }
  const ratio = (of: (sample: Sample) => number) =>
    spread(samples.map((pair) => of(pair.service) / of(pair.floor)))
  return {
    service: medians(samples.map((pair) => pair.service)),
    floor: medians(samples.map((pair) => pair.floor)),
    cpu: ratio(totalCpu),
    throughput: ratio(({ rps }) => rps),
    p99: ratio(({ p99 }) => p99),
  }
}

export const totalCpu = ({ cpuService, cpuPostgres }: Sample) => cpuService + cpuPostgres

async function measure(server: Server, meter: CpuMeter, run: Run): Promise<Sample> {
  const before = meter?.(server.pid)
  const load = await run(server)
  const after = meter?.(server.pid)
  const perRequest = (part: 'service' | 'postgres') =>
    before && after ? (after[part] - before[part]) / load.requests : NaN
  return { ...load, cpuService: perRequest('service'), cpuPostgres: perRequest('postgres') }
}

/** Field by field; what must never happen is added up instead. */
function medians(samples: Sample[]): Sample {
  const median = (name: keyof Sample) => spread(samples.map((sample) => sample[name])).median
  const sum = (name: keyof Sample) => samples.reduce((total, sample) => total + sample[name], 0)
  const names = Object.keys(samples[0]!) as (keyof Sample)[]
  const entries = names.map((name) => [
    name,
    name === 'errors' || name === 'non2xx' ? sum(name) : median(name),
  ])
  return Object.fromEntries(entries) as Sample
}

export function spread(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}
