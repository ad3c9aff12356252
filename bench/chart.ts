import type { Scenario } from './options.ts'
import type { Result } from './report.ts'

/** What the requests of every route may cost, relative to the floor. */
const TARGET = 1.5
const WIDTH = 760
const LEFT = 150
const ROW = 26
const PLOT = WIDTH - LEFT - 90
const BLUE = '#2b6cb0'
const GREY = '#a0aec0'

/** A chart of a comparison as SVG: cost per route against the floor, and latency per scenario. */
export function chartOf(results: Result[]): string {
  const routes = results.filter(({ scenario }) => scenario === 'closed-64')
  const crowds = results.filter(({ scenario }) => scenario !== 'closed-64')
  const ratios = ratioPanel(routes)
  const latencies = latencyPanel(crowds, ratios.height)
  const height = ratios.height + latencies.height
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${ratios.svg}
${latencies.svg}
</svg>
`
}

interface Panel {
  svg: string
  height: number
}

/** One bar per route, a line for the smallest and largest pair, rules at the floor and at the target. */
function ratioPanel(results: Result[]): Panel {
  if (results.length === 0) return { svg: '', height: 0 }
  const scale = PLOT / Math.max(2, ...results.map(({ cpu }) => cpu.max).filter(Number.isFinite))
  const bottom = 60 + results.length * ROW
  const bars = results.map(({ route, cpu: { median, min, max } }, index) => {
    const y = 50 + index * ROW
    const spread = line(LEFT + min * scale, y + 9, LEFT + max * scale, y + 9, '#1a365d')
    return [
      label(LEFT - 10, y + 14, route, 'end'),
      bar(y, median * scale, BLUE),
      spread,
      label(LEFT + max * scale + 6, y + 14, median.toFixed(2)),
    ].join('')
  })
  const rules = [1, TARGET].map((value) => {
    const x = LEFT + value * scale
    return (
      line(x, 44, x, bottom - 8, value === 1 ? '#4a5568' : '#c05621', '4 3') +
      label(x, 40, value === 1 ? 'floor' : `target ${value}`, 'middle')
    )
  })
  return {
    svg: [
      heading(20, 'CPU per request, service and PostgreSQL, relative to the floor (64 connections)'),
      ...bars,
      ...rules,
    ].join('\n'),
    height: bottom + 10,
  }
}

const TITLES: Record<Scenario, string> = {
  'closed-64': '64 connections',
  'open-1000': '1000 connections, 1000 requests/s, evenly spaced',
  'open-2000': '1000 connections, 2000 requests/s, evenly spaced',
  'closed-1000': '1000 connections, as fast as they can',
}

/** p50 inside p99 for service and floor, each scenario with a scale of its own. */
function latencyPanel(results: Result[], top: number): Panel {
  let y = top
  const parts: string[] = []
  for (const scenario of new Set(results.map((result) => result.scenario))) {
    const rows = results.filter((result) => result.scenario === scenario)
    const scale = PLOT / Math.max(...rows.flatMap(({ service, floor }) => [service.p99, floor.p99]))
    parts.push(heading(y + 20, `${TITLES[scenario]}: latency in ms, p50 (dark) and p99`))
    y += 32
    for (const { route, service, floor } of rows) {
      parts.push(
        latencyRow(y, `${route}, service`, service, scale, BLUE),
        latencyRow(y + ROW, `${route}, floor`, floor, scale, GREY),
      )
      y += 2 * ROW
    }
    y += 12
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
  return label(LEFT - 10, y + 14, name, 'end') + bars + label(LEFT + p99 * scale + 6, y + 14, text)
}

const format = (value: number) => value.toFixed(value < 10 ? 1 : 0)
const heading = (y: number, text: string) =>
  `<text x="16" y="${y}" font-weight="600" fill="#1a202c">${text}</text>`
const label = (x: number, y: number, text: string, anchor = 'start') =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}" fill="#2d3748">${text}</text>`
const bar = (y: number, width: number, colour: string, opacity = 1) =>
  `<rect x="${LEFT}" y="${y}" width="${Math.max(0, width || 0).toFixed(1)}" height="18" rx="2" fill="${colour}" opacity="${opacity}"/>`
const line = (x1: number, y1: number, x2: number, y2: number, colour: string, dashes = 'none') =>
  `<line x1="${x1.toFixed(1)}" y1="${y1}" x2="${x2.toFixed(1)}" y2="${y2}" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dashes}"/>`
