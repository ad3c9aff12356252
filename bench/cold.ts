import http from 'node:http'
import { once } from 'node:events'
import { createCpuMeter } from './cpu.ts'
import { openDatabase, PAGERS, seedPeople } from './database.ts'
import type { Options } from './options.ts'
import { createStrangers, type Person } from './people.ts'
import { table } from './report.ts'
import { type Server, startService } from './servers.ts'

/**
 * Measures what a restart costs the users. 1000 users send one list request each to a new process, at once and on 1000
 * connections. The first call of each user reads or creates the user's row, and the code is not compiled yet. In the
 * second round the users are known.
 */
export async function measureCold(options: Options) {
  const database = await openDatabase()
  const rows: string[][] = [['users', 'calls', 'CPU µs (Node + PostgreSQL)', 'p50 / p99 / max ms', 'refused']]
  try {
    const known = (await seedPeople(database)).slice(0, PAGERS.first)
    const meter = await createCpuMeter(database)
    for (let pair = 0; pair < options.pairs; pair += 1)
      for (const [users, people] of [
        ['known', known],
        ['new', createStrangers(known.length)],
      ] as const) {
        const service = await startService(database.serviceUrl)
        for (const calls of ['first', 'second']) {
          const before = meter?.(service.pid)
          const { times, refused } = await callAtOnce(service, people)
          const after = meter?.(service.pid)
          const cpu = (['service', 'postgres'] as const).map((part) =>
            before && after ? ((after[part] - before[part]) / people.length).toFixed(0) : '?',
          )
          const spread = [0.5, 0.99, 1].map((share) => times[Math.ceil(times.length * share) - 1]!.toFixed(0))
          rows.push([users, calls, cpu.join(' + '), spread.join(' / '), String(refused)])
        }
        await service.stop()
      }
    console.log(table(rows))
  } finally {
    await database.close()
  }
}

/** @returns milliseconds from the start to each answer, sorted, and the number of answers other than 200 */
async function callAtOnce({ port }: Server, people: Person[]) {
  const agent = new http.Agent({ maxSockets: people.length })
  const start = performance.now()
  let refused = 0
  const call = async ({ token }: Person) => {
    const headers = { authorization: `Bearer ${token}` }
    const request = http.get({ host: '127.0.0.1', port, path: '/api/tasks', agent, headers })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    response.resume()
    await once(response, 'end')
    if (response.statusCode !== 200) refused += 1
    return performance.now() - start
  }
  const times = await Promise.all(people.map(call))
  agent.destroy()
  return { times: times.sort((one, other) => one - other), refused }
}
