import { writeFileSync } from 'node:fs'
import { chartOf } from './chart.ts'
import { compareRoutes } from './compare.ts'
import { readOptions, USAGE } from './options.ts'

/** `npm run bench -- [what] [flags]`: see `--help`. */
const options = readOptions(process.argv.slice(2))
process.once('SIGINT', () => process.exit(130))
if (options.help) console.log(USAGE)
else await start()

async function start() {
  const report = await compareRoutes(options)
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`)
  if (options.svg) writeFileSync(options.svg, chartOf(report.results))
}
