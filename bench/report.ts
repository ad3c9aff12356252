import { availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import type { Comparison, Rival, Sample, Spread } from './pairs.ts'
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

const speed = ({ rps }: Sample) => whole(rps)

/** Two Markdown tables, which are also readable in a terminal: CPU per request, and the speed of the servers. */
export function tablesOf(results: Result[]): string {
  const names = results[0]?.rivals.map(({ name }) => name) ?? []
  const rows = (...columns: ((result: Result) => string[])[]) =>
    results.map((result) => [result.route, ...columns.flatMap((column) => column(result))])
  const everybody = (show: (sample: Sample) => string) => (result: Result) =>
    [result.service, ...result.rivals.map(({ sample }) => sample)].map(show)
  const ratios = (of: (rival: Rival) => Spread) => (result: Result) =>
    result.rivals.map((rival) => ratio(of(rival)))
  const costs = [
    ['route', 'CPU µs', ...names, ...names.map((name) => `CPU ÷ ${name}`)],
    ...rows(
      everybody(cpu),
      ratios((rival) => rival.cpu),
    ),
  ]
  const speeds = [
    ['route', 'req/s', ...names, ...names.map((name) => `req/s ÷ ${name}`), 'p50/97.5/99 ms', ...names],
    ...rows(
      everybody(speed),
      ratios((rival) => rival.throughput),
      everybody(milliseconds),
    ),
  ]
  return `${table(costs)}\n\n${table(speeds)}`
}

/** Formats rows as a Markdown table with aligned columns. The first row is the head. */
export function table([head, ...rows]: string[][]): string {
  const widths = head!.map((_, column) => Math.max(...[head!, ...rows].map((row) => row[column]!.length)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [line(head!), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
    '\n',
  )
}

/** One sentence for each server and route with a failed request. */
export function troublesOf(results: Result[]): string[] {
  return results.flatMap(({ route, scenario, service, rivals }) =>
    [{ name: 'service', sample: service }, ...rivals]
      .filter(({ sample }) => sample.errors + sample.non2xx > 0)
      .map(
        ({ name, sample: { errors, non2xx } }) =>
          `!!! ${scenario} ${route}, ${name}: ${errors} errors, ${non2xx} answers other than 2xx`,
      ),
  )
}
