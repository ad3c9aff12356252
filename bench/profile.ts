import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runClosedLoop } from './closed-loop.ts'
import { openDatabase, seedPeople } from './database.ts'
import type { Options } from './options.ts'
import { type Costs, costsOf, type CpuProfile } from './profile-costs.ts'
import { table } from './report.ts'
import { type Cast, callsOf, type Route, routes } from './routes.ts'
import { type Server, startRival, startService } from './servers.ts'

const CONNECTIONS = 64
const TOP = 25

/** Shows where the service and the hand-written baseline spend CPU time, for each route: by library and by function. */
export async function profileRoutes({ only = ['list', 'get', 'toggle'], seconds, against }: Options) {
  const database = await openDatabase()
  try {
    const cast = { people: await seedPeople(database), database }
    for (const route of routes.filter(({ name, call }) => only.includes(name) && call !== undefined)) {
      const service = await profileRoute(route, cast, seconds, (flags) =>
        startService(database.serviceUrl, {}, flags),
      )
      const baseline = await profileRoute(route, cast, seconds, (flags) =>
        startRival(database, against, {}, flags),
      )
      console.log(`\n${route.name}: µs per request, without idle time\n`)
      console.log(`${byLibrary(service, baseline)}\n\n${byFunction(service)}\n\n${byFunction(baseline)}`)
    }
  } finally {
    await database.close()
  }
}

type Start = (nodeFlags: string[]) => Promise<Server>

async function profileRoute(route: Route, cast: Cast, seconds: number, start: Start): Promise<Costs> {
  const folder = mkdtempSync(join(tmpdir(), 'task-api-profile-'))
  const server = await start(['--cpu-prof', `--cpu-prof-dir=${folder}`])
  const load = {
    connections: CONNECTIONS,
    callsOf: (client: number) => callsOf(route, cast, server.name, client, CONNECTIONS),
  }
  await runClosedLoop(server, { ...load, seconds: 4 })
  // The same clock as in the profile.
  const warm = Number(process.hrtime.bigint() / 1000n)
  const { requests } = await runClosedLoop(server, { ...load, seconds })
  await server.stop()
  // Each thread writes a profile. That of the main thread is the largest.
  const files = readdirSync(folder).map((name) => join(folder, name))
  const [largest] = files.toSorted((a, b) => statSync(b).size - statSync(a).size)
  const profile = JSON.parse(readFileSync(largest!, 'utf8')) as CpuProfile
  rmSync(folder, { recursive: true })
  return costsOf(profile, warm, requests)
}

const sum = (costs: Map<string, number>) => [...costs.values()].reduce((total, cost) => total + cost, 0)
const sorted = (costs: Map<string, number>) => [...costs].sort(([, a], [, b]) => b - a).slice(0, TOP)

function byLibrary(service: Costs, baseline: Costs): string {
  const rows = sorted(service.libraries).map(([name, cost]) => {
    const below = baseline.libraries.get(name) ?? 0
    return [cost.toFixed(1), below.toFixed(1), (cost - below).toFixed(1), name]
  })
  const [all, allBelow] = [sum(service.libraries), sum(baseline.libraries)]
  const total = [all.toFixed(1), allBelow.toFixed(1), (all - allBelow).toFixed(1), 'all']
  return table([
    ['service', 'baseline', 'difference', 'library, with the parts of Node that it calls'],
    total,
    ...rows,
  ])
}

function byFunction({ functions }: Costs): string {
  const total = sum(functions)
  const rows = sorted(functions).map(([name, cost]) => [
    cost.toFixed(1),
    `${((cost / total) * 100).toFixed(1)} %`,
    name,
  ])
  return table([['µs', 'share', 'function, without those that it calls'], ...rows])
}
