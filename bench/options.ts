import { parseArgs } from 'node:util'

export const SCENARIOS = ['closed-64', 'open-1000', 'open-2000', 'closed-1000'] as const
export type Scenario = (typeof SCENARIOS)[number]
export type Options = ReturnType<typeof readOptions>

export const USAGE = `npm run bench -- [what] [flags]

  what        routes (default), tail, profile, growth, indexes, feed, neighbours, overload, soak, start, cold,
              batch, recurrence, streams or commits
  --quick     takes about three minutes instead of forty
  --only      routes, comma-separated: list,page,tag,get,create,update,toggle,summary,delete,first,mixed
  --scenario  scenarios, comma-separated: ${SCENARIOS.join(',')}
  --seconds   length of one run
  --pairs     rounds per route; in each round, each server runs once
  --minutes   length of the soak (default 10)
  --against   folder of another checkout, built to dist/: compares with its service instead of the baselines
  --peer      folder with an executable "peer" and schema.sql: compares with this service in another language instead
  --rivals    which servers take turns with the service, comma-separated: handwritten,textbook,peer,other (of --against)
  --flags     flags of Node for the service, but not for its rivals: --flags=--max-semi-space-size=32
  --wrk       closed loops with wrk, which must be installed, instead of autocannon: it leaves more CPU to the servers
  --commit-ms for commits: milliseconds that a commit takes longer, comma-separated (default 0,2,5,10)
  --pools     for commits: values of DATABASE_POOL_MAX, comma-separated (default 10,20,30)
  --json      writes the figures to this file
  --svg       writes a chart to this file

With DATABASE_URL the benchmark creates a database on that server and drops it at the end. Otherwise it starts
its own PostgreSQL in .local/bench.`

const text = { type: 'string' } as const
const flags = {
  only: text,
  scenario: text,
  seconds: text,
  pairs: text,
  minutes: text,
  against: text,
  peer: text,
  rivals: text,
  flags: text,
  'commit-ms': text,
  pools: text,
  json: text,
  svg: text,
  wrk: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** @throws Error if an argument is not valid */
export function readOptions(args: string[]) {
  const { values, positionals } = parseArgs({ args, options: flags, allowPositionals: true })
  const scenarios = list(values.scenario) ?? [...SCENARIOS]
  const what = positionals[0] ?? 'routes'
  const unknown = scenarios.find((name) => !(SCENARIOS as readonly string[]).includes(name))
  if (unknown !== undefined) throw new Error(`There is no scenario ${unknown}.`)
  return {
    what,
    help: values.help,
    quick: values.quick,
    only: list(values.only),
    scenarios: scenarios as Scenario[],
    seconds: positive('seconds', values.seconds) ?? (values.quick ? 1 : 8),
    pairs: positive('pairs', values.pairs) ?? (values.quick ? 2 : what === 'tail' ? 5 : 4),
    minutes: positive('minutes', values.minutes) ?? 10,
    against: values.against,
    peer: values.peer,
    rivals: list(values.rivals) ?? defaultRivals(what, values),
    flags: values.flags?.split(' ') ?? [],
    wrk: values.wrk,
    commitMs: numbers(values['commit-ms']) ?? [0, 2, 5, 10],
    pools: numbers(values.pools) ?? [10, 20, 30],
    json: values.json,
    svg: values.svg,
  }
}

function defaultRivals(
  what: string,
  { against, peer }: { against?: string | undefined; peer?: string | undefined },
) {
  if (peer !== undefined) return ['peer']
  if (what === 'commits' && against === undefined) return []
  return against === undefined ? ['handwritten', 'textbook'] : ['other']
}

const list = (value: string | undefined) => value?.split(',').filter(Boolean)

const numbers = (value: string | undefined) =>
  list(value)?.map((item) => {
    if (Number(item) >= 0 && Number(item) <= 1000) return Number(item)
    throw new Error(`${item} must be a number from 0 to 1000.`)
  })

function positive(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (number > 0 && number <= 600) return number
  throw new Error(`--${name} must be a number from 1 to 600.`)
}
