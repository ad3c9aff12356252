import type { Scenario } from './options.ts'
import { type Sample, totalCpu } from './pairs.ts'
import type { Result } from './report.ts'
import type { Server } from './servers.ts'

const WIDTH = 760
const LEFT = 150
const ROW = 20
const GAP = 8
const PLOT = WIDTH - LEFT - 90
const COLOURS: Record<Server['name'], string> = {
  service: '#2b6cb0',
  handwritten: '#a0aec0',
  textbook: '#dd6b20',
  peer: '#8a2be2',
  other: '#a0aec0',
}

/** Draws a comparison as SVG: CPU cost per route and latency per scenario, for the service and the other servers. */
export function chartOf(results: Result[]): string {
  const routes = results.filter(({ scenario }) => scenario === 'closed-64')
  const crowds = results.filter(({ scenario }) => scenario !== 'closed-64')
  const costs = costPanel(routes)
  const latencies = latencyPanel(crowds, costs.height)
  const height = costs.height + latencies.height
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${costs.svg}
${latencies.svg}
</svg>
`
}

interface Panel {
  svg: string
  height: number
}

const serversOf = ({ service, rivals }: Result): { name: Server['name']; sample: Sample }[] => [
  { name: 'service', sample: service },
  ...rivals,
]

/** One bar for each server and route. */
function costPanel(results: Result[]): Panel {
  if (results.length === 0) return { svg: '', height: 0 }
  const rows = results.flatMap((result) =>
    serversOf(result).map(({ name, sample }) => ({ route: result.route, name, cost: totalCpu(sample) })),
  )
  const scale = PLOT / Math.max(...rows.map(({ cost }) => cost).filter(Number.isFinite))
  const each = rows.length / results.length
  const yOf = (index: number) => 36 + index * ROW + Math.floor(index / each) * GAP
  const bars = rows.map(({ route, name, cost }, index) => {
    const y = yOf(index)
    return [
      label(LEFT - 10, y + 12, `${route}, ${name}`, 'end'),
      bar(y, cost * scale, COLOURS[name]),
      label(LEFT + cost * scale + 6, y + 12, cost.toFixed(0)),
    ].join('')
  })
  const title = 'CPU µs per request, server and PostgreSQL together, 64 connections'
  return { svg: [heading(20, title), ...bars].join('\n'), height: yOf(rows.length) + 10 }
}

const TITLES: Record<Scenario, string> = {
  'closed-64': '64 connections',
  'open-1000': '1000 connections, 1000 requests/s, evenly spaced',
  'open-2000': '1000 connections, 2000 requests/s, evenly spaced',
  'closed-1000': '1000 connections, as fast as they can',
}

/** Draws p50 inside p99 for each server. Each scenario has its own scale. */
function latencyPanel(results: Result[], top: number): Panel {
  let y = top
  const parts: string[] = []
  for (const scenario of new Set(results.map((result) => result.scenario))) {
    const chosen = results.filter((result) => result.scenario === scenario)
    const scale = PLOT / Math.max(...chosen.flatMap(serversOf).map(({ sample }) => sample.p99))
    parts.push(heading(y + 20, `${TITLES[scenario]}: latency in ms, p50 (dark) and p99`))
    y += 36
    for (const result of chosen) {
      for (const { name, sample } of serversOf(result)) {
        parts.push(latencyRow(y, `${result.route}, ${name}`, sample, scale, COLOURS[name]))
        y += ROW
      }
      y += GAP
    }
  }
  return { svg: parts.join('\n'), height: y - top }
}

function latencyRow(
  y: number,
  name: string,
  { p50, p99 }: { p50: number; p99: number },
  scale: number,
  colour: string,
): string {
  const text = `${format(p50)} / ${format(p99)}`
  const bars = bar(y, p99 * scale, colour, 0.35) + bar(y, p50 * scale, colour)
  return label(LEFT - 10, y + 12, name, 'end') + bars + label(LEFT + p99 * scale + 6, y + 12, text)
}

const format = (value: number) => value.toFixed(value < 10 ? 1 : 0)
const heading = (y: number, text: string) =>
  `<text x="16" y="${y}" font-weight="600" fill="#1a202c">${text}</text>`
const label = (x: number, y: number, text: string, anchor = 'start') =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}" fill="#2d3748">${text}</text>`
const bar = (y: number, width: number, colour: string, opacity = 1) =>
  `<rect x="${LEFT}" y="${y}" width="${Math.max(0, width || 0).toFixed(1)}" height="16" rx="2" fill="${colour}" opacity="${opacity}"/>`
