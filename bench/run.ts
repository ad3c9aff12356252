import { writeFileSync } from 'node:fs'
import { measureBatch } from './batch.ts'
import { chartOf } from './chart.ts'
import { measureCold } from './cold.ts'
import { measureCommits } from './commits.ts'
import { compareRoutes } from './compare.ts'
import { measureFeed } from './feed.ts'
import { measureGrowth } from './growth.ts'
import { measureIndexes } from './indexes.ts'
import { measureNeighbours } from './neighbours.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { measureOverload } from './overload.ts'
import { profileRoutes } from './profile.ts'
import { measureRecurrence } from './recurrence.ts'
import { soak } from './soak.ts'
import { measureStart } from './start.ts'
import { measureStreams } from './streams.ts'
import { measureTail } from './tail.ts'

/** `npm run bench -- [what] [flags]`: see `--help`. */
const options = readOptions(process.argv.slice(2))
// Servers have sessions of their own, so Ctrl-C does not reach them. They are killed when this process exits. `on`, because a
// second signal would end it before that.
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))
const parts: Record<string, (options: Options) => Promise<unknown>> = {
  routes,
  tail: measureTail,
  profile: profileRoutes,
  growth: measureGrowth,
  indexes: measureIndexes,
  feed: measureFeed,
  overload: measureOverload,
  soak,
  neighbours: measureNeighbours,
  start: measureStart,
  cold: measureCold,
  batch: measureBatch,
  recurrence: measureRecurrence,
  streams: measureStreams,
  commits: measureCommits,
}
const part = parts[options.what]
if (options.help || part === undefined) console.log(USAGE)
else {
  const figures = await part(options)
  if (options.json && figures !== undefined)
    writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`)
}

async function routes({ svg }: Options) {
  const report = await compareRoutes(options)
  if (svg) writeFileSync(svg, chartOf(report.results))
  return report
}
