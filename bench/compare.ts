import { setTimeout as sleep } from 'node:timers/promises'
import { assertSameAnswers, callAsEverybody, readCursors } from './check.ts'
import { runClosedLoop } from './closed-loop.ts'
import { createCpuMeter, type CpuMeter, residentMb } from './cpu.ts'
import { type BenchDatabase, openDatabase, PAGERS, removeCreated, seedPeople } from './database.ts'
import { runOpenLoop } from './open-loop.ts'
import type { Options, Scenario } from './options.ts'
import { compareInTurn, type Run } from './pairs.ts'
import { machine, type Result, tablesOf, troublesOf } from './report.ts'
import { type Call, type Cast, callsOf, type Route, routes } from './routes.ts'
import { PEER_ROUTES } from './peer.ts'
import { rivalsOf } from './rivals.ts'
import { type Server, startService } from './servers.ts'
import { runWrk } from './wrk.ts'

export interface Stage {
  cast: Cast
  service: Server
  rivals: Server[]
  meter: CpuMeter
}

/** Number of one-time calls that are prepared per second of a run. The run ends when they are used up. */
const ONCE_PER_SECOND = 1000
/** Routes for scenarios with 1000 connections: the call of a simple load test, and a mix like real traffic. */
const CROWDED = ['list', 'mixed']

/** After this time without requests, the service has returned unused memory. */
const IDLE_MS = 25_000

/** A peer answers some calls only, and its answers may differ. */
const hasAllRoutes = ({ name }: Server) => name !== 'peer'

/** Compares the service with its rivals under the same load, route by route. */
export async function compareRoutes(options: Options) {
  const starts = rivalsOf(options)
  console.log('creating the database and its users, starting the servers …')
  const database = await openDatabase()
  const servers: Server[] = []
  try {
    const people = await seedPeople(database)
    const service = await startService(database.serviceUrl, {}, options.flags)
    servers.push(service)
    for (const start of starts) servers.push(await start(database))
    const rivals = servers.slice(1)
    const stage = { cast: { people, database }, service, rivals, meter: await createCpuMeter(database) }
    if (stage.meter === undefined)
      console.log(
        'CPU time cannot be measured, because there is no /proc or PostgreSQL is not on this machine',
      )
    for (const server of servers) await callAsEverybody(server, people)
    for (const server of servers.filter(hasAllRoutes))
      await readCursors(server, people.slice(PAGERS.first, PAGERS.end))
    const results = await runAll(stage, options)
    const memory = () => Object.fromEntries(servers.map(({ name, pid }) => [name, residentMb(pid) ?? NaN]))
    const rssMb = memory()
    await sleep(IDLE_MS)
    const idleMb = memory()
    console.log(
      `\nmemory in MB, after the runs and after ${IDLE_MS / 1000} s without requests:`,
      rssMb,
      idleMb,
    )
    return { machine: machine(), postgres: await versionOf(database), results, rssMb, idleMb }
  } finally {
    for (const server of servers) await server.stop()
    await database.close()
  }
}

async function runAll(stage: Stage, options: Options): Promise<Result[]> {
  const results: Result[] = []
  for (const scenario of options.scenarios) {
    const names =
      options.only ??
      (stage.rivals.every(hasAllRoutes) ? undefined : PEER_ROUTES) ??
      (scenario === 'closed-64' ? undefined : CROWDED)
    const chosen = routes.filter(({ name }) => names?.includes(name) ?? true)
    console.log(`\n${scenario}: ${options.pairs} rounds, ${options.seconds} s per server and round`)
    for (const route of chosen) {
      process.stdout.write(`  ${route.name} … `)
      const result = { route: route.name, scenario, ...(await compareRoute(stage, route, scenario, options)) }
      console.log(result.rivals.map(({ name, cpu }) => `CPU ${cpu.median.toFixed(2)} × ${name}`).join(', '))
      results.push(result)
    }
    console.log(`\n${tablesOf(results.filter((result) => result.scenario === scenario))}`)
  }
  for (const trouble of troublesOf(results)) console.error(trouble)
  return results
}

async function compareRoute(stage: Stage, route: Route, scenario: Scenario, options: Options) {
  const { cast, service, rivals } = stage
  for (const rival of rivals) {
    await assertSameAnswers(route, cast, service, rival).catch((error: unknown) => {
      if (hasAllRoutes(rival)) throw error
      process.stdout.write('(the peer answers differently) ')
    })
  }
  return compareLoad(stage, route, scenario, options)
}

/** Warms the servers up, and then lets them take turns under the load of one route. */
export async function compareLoad(
  { cast, service, rivals, meter }: Stage,
  route: Route,
  scenario: Scenario,
  options: Options,
) {
  const run = runnerOf(scenario, route, cast, options.seconds, options.wrk)
  const warmUp = runnerOf(scenario, route, cast, Math.min(2, options.seconds), options.wrk)
  for (const server of [service, ...rivals]) await warmUp(server)
  const result = await compareInTurn(service, rivals, options.pairs, meter, run)
  await removeCreated(cast.database)
  return result
}

/** How to put one server under the load of a scenario. */
export function runnerOf(scenario: Scenario, route: Route, cast: Cast, seconds: number, hasWrk = false): Run {
  const [kind, size] = scenario.split('-') as ['open' | 'closed', string]
  const connections = kind === 'open' ? 1000 : Number(size)
  return async (server) => {
    const amount = route.once && Math.ceil((seconds * ONCE_PER_SECOND) / connections) * connections
    const made = amount === undefined ? undefined : await route.once!(cast, amount)
    const each = (client: number) =>
      made ? dealt(made, client, connections) : callsOf(route, cast, server.name, client, connections)
    if (kind === 'open')
      return runOpenLoop(server, { connections, rate: Number(size), seconds, callsOf: each })
    // wrk repeats its calls, so it cannot make calls that work only once.
    const runLoop = hasWrk && amount === undefined ? runWrk : runClosedLoop
    return runLoop(server, { connections, seconds, amount, callsOf: each })
  }
}

const dealt = (calls: Call[], client: number, clients: number) =>
  calls.filter((_, index) => index % clients === client)

async function versionOf({ client }: BenchDatabase) {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  return rows[0]!.server_version
}
