import { writeFileSync } from 'node:fs'
import { chartOf } from './chart.ts'
import { compareRoutes } from './compare.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { profileRoutes } from './profile.ts'

/** `npm run bench -- [what] [flags]`: see `--help`. */
const options = readOptions(process.argv.slice(2))
process.once('SIGINT', () => process.exit(130))
const parts: Record<string, (options: Options) => Promise<unknown>> = { routes, profile: profileRoutes }
const part = parts[options.what]
if (options.help || part === undefined) console.log(USAGE)
else await part(options)

async function routes({ json, svg }: Options) {
  const report = await compareRoutes(options)
  if (json) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`)
  if (svg) writeFileSync(svg, chartOf(report))
}
