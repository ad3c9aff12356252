import { callAsEverybody } from './check.ts'
import { compareLoad, type Stage } from './compare.ts'
import { createCpuMeter } from './cpu.ts'
import { type BenchDatabase, openDatabase, seedPeople } from './database.ts'
import type { Options, Scenario } from './options.ts'
import type { Comparison, Sample } from './pairs.ts'
import { machine, table } from './report.ts'
import { rivalsOf } from './rivals.ts'
import { type Cast, routes } from './routes.ts'
import { type Server, startService } from './servers.ts'

const WRITES = ['update', 'create']
const CLOSED: Scenario[] = ['closed-64', 'closed-1000']

interface Row {
  commitMs: number
  scenario: Scenario
  route: string
  server: string
  sample: Sample
  /** CPU and requests per second of the first server, divided by those of this one: the medians of the rounds. */
  cpu: number
  throughput: number
}

/**
 * Measures writes with slow commits, for several sizes of the service's pool. Before each flush of the log PostgreSQL
 * sleeps for `commit_delay`, and all commits that arrive meanwhile are part of that flush. So a commit takes at most
 * this much longer, and commits on other connections do not lengthen it. A synchronous replica and storage in the network
 * behave like this. A disk on which flushes wait for each other, or whose times vary, is not modelled.
 */
export async function measureCommits(options: Options) {
  const database = await openDatabase()
  const rows: Row[] = []
  try {
    const people = await seedPeople(database)
    for (const ms of options.commitMs) {
      console.log(`\ncommits that take ${ms} ms more: ${options.pairs} rounds of ${options.seconds} s`)
      rows.push(...(await measureWith(ms, { people, database }, options)))
    }
    return { machine: machine(), rows }
  } finally {
    await database.close()
  }
}

async function measureWith(commitMs: number, cast: Cast, options: Options): Promise<Row[]> {
  const { database } = cast
  const rivals = options.rivals.length > 0 ? rivalsOf(options) : []
  const starts = options.pools.map(
    (size) => () => startService(database.serviceUrl, poolOf(size), options.flags),
  )
  const labels = [...options.pools.map((size) => `service, ${size}`), ...options.rivals]
  const servers: Server[] = []
  try {
    await delayCommits(database, commitMs)
    for (const start of [...starts, ...rivals]) servers.push(await start(database))
    // A peer has created a database of its own.
    await delayCommits(database, commitMs)
    for (const server of servers) await callAsEverybody(server, cast.people)
    const [service, ...others] = servers as [Server, ...Server[]]
    const stage: Stage = { cast, service, rivals: others, meter: await createCpuMeter(database) }
    const rows: Row[] = []
    for (const scenario of options.scenarios.filter((name) => CLOSED.includes(name)))
      for (const route of routes.filter(({ name }) => (options.only ?? WRITES).includes(name))) {
        const found = rowsOf(await compareLoad(stage, route, scenario, options), labels)
        rows.push(...found.map((row) => ({ ...row, commitMs, scenario, route: route.name })))
      }
    console.log(tableOf(rows))
    return rows
  } finally {
    for (const server of servers) await server.stop()
  }
}

const poolOf = (size: number) => ({ DATABASE_POOL_MAX: String(size) })

/** Applies to connections that are opened later. */
async function delayCommits({ client, url }: BenchDatabase, ms: number) {
  const name = new URL(url).pathname.slice(1)
  const { rows } = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [name],
  )
  for (const { name } of rows) {
    await client.query(`ALTER DATABASE ${name} SET commit_delay = ${ms * 1000}`)
    await client.query(`ALTER DATABASE ${name} SET commit_siblings = 0`)
  }
}

const rowsOf = ({ service, rivals }: Comparison, labels: string[]) =>
  [
    { sample: service, cpu: 1, throughput: 1 },
    ...rivals.map(({ sample, cpu, throughput }) => ({
      sample,
      cpu: cpu.median,
      throughput: throughput.median,
    })),
  ].map((row, index) => ({ ...row, server: labels[index]! }))

function tableOf(rows: Row[]): string {
  const head = [
    'commit ms',
    'load',
    'request',
    'server, pool',
    'req/s',
    'p50 / p99 / max ms',
    'CPU µs',
    'first ÷ this: CPU, req/s',
    'failed',
  ]
  return table([
    head,
    ...rows.map(({ commitMs, scenario, route, server, sample, cpu, throughput }) => [
      String(commitMs),
      scenario,
      route,
      server,
      sample.rps.toFixed(0),
      [sample.p50, sample.p99, sample.max].map((ms) => ms.toFixed(0)).join(' / '),
      `${sample.cpuService.toFixed(0)} + ${sample.cpuPostgres.toFixed(0)}`,
      `${cpu.toFixed(2)}, ${throughput.toFixed(2)}`,
      String(sample.errors + sample.non2xx),
    ]),
  ])
}
