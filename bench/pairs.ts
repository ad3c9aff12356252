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

/** A server that the service is compared with. */
export interface Rival {
  name: Server['name']
  sample: Sample
  /** CPU of the service divided by that of the rival, in each round. Below 1 the service is cheaper. */
  cpu: Spread
  /** Throughput of the service divided by that of the rival. Above 1 the service is faster. */
  throughput: Spread
  p99: Spread
}

export interface Comparison {
  service: Sample
  rivals: Rival[]
}

export type Run = (server: Server) => Promise<Load>

/** Runs all servers in turn, A B C C B A, so that changes of the machine's speed affect all of them. */
export async function compareInTurn(
  service: Server,
  rivals: Server[],
  rounds: number,
  meter: CpuMeter,
  run: Run,
): Promise<Comparison> {
  const servers = [service, ...rivals]
  const samples = new Map(servers.map((server) => [server, [] as Sample[]]))
  for (let round = 0; round < rounds; round += 1)
    for (const server of round % 2 === 0 ? servers : servers.toReversed())
      samples.get(server)!.push(await measure(server, meter, run))
  const own = samples.get(service)!
  return {
    service: medians(own),
    rivals: rivals.map((rival) => ({ name: rival.name, ...compare(own, samples.get(rival)!) })),
  }
}

function compare(own: Sample[], others: Sample[]) {
  const ratio = (of: (sample: Sample) => number) =>
    spread(own.map((sample, round) => of(sample) / of(others[round]!)))
  return {
    sample: medians(others),
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

/** The median of each field. Errors are added up, because one of them is too many. */
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

export function percentiles(latencies: number[]) {
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return { p50: at(0.5), p97_5: at(0.975), p99: at(0.99), max: at(1) }
}
