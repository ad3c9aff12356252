import { compareRoutes } from './compare.ts'
import type { Options } from './options.ts'
import { table } from './report.ts'

const ROUTES = ['list', 'get', 'update', 'create']

/**
 * Measures latencies when 1000 clients connect at once and send as fast as they can. Each run begins with the first
 * connection, because the clients that are accepted last wait longest. The figures are medians of the runs.
 */
export async function measureTail(options: Options) {
  const report = await compareRoutes({ ...options, scenarios: ['closed-1000'], only: options.only ?? ROUTES })
  const names = report.results[0]?.rivals.map(({ name }) => name) ?? []
  const rows = report.results.map(({ route, service, rivals }) => [
    route,
    ...[service, ...rivals.map(({ sample }) => sample)].map(({ p50, p99, max }) =>
      [p50, p99, max].map((value) => value.toFixed(0)).join(' / '),
    ),
  ])
  console.log(`\n${table([['route', 'p50/99/max ms', ...names], ...rows])}`)
  return report
}
