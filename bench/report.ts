import { availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import type { Comparison, Sample, Spread } from './pairs.ts'
import type { Scenario } from './options.ts'

export interface Result extends Comparison {
  route: string
  scenario: Scenario
}

export const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()}`,
  node: process.version,
})

const whole = (value: number) => (Number.isFinite(value) ? String(Math.round(value)) : '–')
const ratio = ({ median, min, max }: Spread) =>
  Number.isFinite(median) ? `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})` : '–'
const milliseconds = ({ p50, p97_5, p99 }: Sample) =>
  [p50, p97_5, p99].map((value) => value.toFixed(p99 < 20 ? 1 : 0)).join(' / ')
const cpu = ({ cpuService, cpuPostgres }: Sample) => `${whole(cpuService)} + ${whole(cpuPostgres)}`

const headOf = (floor: string) => [
  'route',
  'CPU ratio',
  'speed ratio',
  'req/s',
  floor,
  'p50/97.5/99 ms',
  floor,
  'CPU µs',
  floor,
]

/**
 * A Markdown table, which reads well on a terminal too.
 *
 * @param floor the name of the server that the service is compared with
 */
export function tableOf(results: Result[], floor: string): string {
  const rows = results.map(({ route, service, floor, ...result }) => [
    route,
    ratio(result.cpu),
    ratio(result.throughput),
    whole(service.rps),
    whole(floor.rps),
    milliseconds(service),
    milliseconds(floor),
    cpu(service),
    cpu(floor),
  ])
  return table([headOf(floor), ...rows])
}

/** Rows of text as a Markdown table with aligned columns; the first is the head. */
export function table([head, ...rows]: string[][]): string {
  const widths = head!.map((_, column) => Math.max(...[head!, ...rows].map((row) => row[column]!.length)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [line(head!), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
    '\n',
  )
}

/** One sentence per run that saw anything but success. */
export function troublesOf(results: Result[]): string[] {
  return results.flatMap(({ route, scenario, service, floor }) =>
    Object.entries({ service, floor })
      .filter(([, { errors, non2xx }]) => errors + non2xx > 0)
      .map(
        ([name, { errors, non2xx }]) =>
          `!!! ${scenario} ${route}, ${name}: ${errors} errors, ${non2xx} answers other than 2xx`,
      ),
  )
}
