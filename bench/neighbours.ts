import { insertTasks, openDatabase } from './database.ts'
import { startNeighbour, type Statuses } from './neighbours-load.ts'
import type { Options } from './options.ts'
import { spread } from './pairs.ts'
import { createPerson, type Person, SECRET } from './people.ts'
import { table } from './report.ts'
import { type Server, startService } from './servers.ts'

const FAT_TASKS = 300_000
const BURST = 600
const PER_SECOND = 10
const THIN_EVERY_MS = 20

/** Calls whose cost grows with the user's tasks. The cost of a page does not: it shows the cost of the requests alone. */
const HEAVY: Readonly<Record<string, string>> = {
  page: '/api/tasks?limit=20',
  summary: '/api/tasks/summary',
  count: '/api/tasks?limit=1&count=true',
  search: '/api/tasks?search=nothing+like+this&limit=20',
  'deep offset': `/api/tasks?limit=20&offset=${FAT_TASKS - 10}`,
  'due filter': '/api/tasks?limit=20&sort=title&due_before=1990-01-01',
  'complete list': '/api/tasks',
  'account deletion': '/api/me',
}
const DELETION = 'account deletion'

interface Figures {
  median: number
  p99: number
}

/**
 * Measures how much a user with 300 000 tasks delays a user with three. The user with three tasks reads their list every
 * 20 ms. The other one sends an expensive request ten times a second, and then 600 of them at once.
 */
export async function measureNeighbours({ seconds, only }: Options) {
  const database = await openDatabase()
  try {
    const [thin, fat] = [createPerson('thin'), createPerson('fat')]
    await database.client.query('INSERT INTO users (id) SELECT unnest($1::text[])', [[thin.id, fat.id]])
    await database.client.query(insertTasks(`VALUES ('${thin.id}', 1)`, '3'))
    const fill = async () => {
      await database.client.query('INSERT INTO users (id) VALUES ($1) ON CONFLICT DO NOTHING', [fat.id])
      await database.client.query('DELETE FROM tasks WHERE user_id = $1', [fat.id])
      await database.client.query(insertTasks(`VALUES ('${fat.id}', 2)`, String(FAT_TASKS)))
      await database.client.query('VACUUM ANALYZE')
    }
    await fill()
    const service = await startService(database.serviceUrl, { METRICS_TOKEN: SECRET })
    const rows = [['the other user', 'median ms', 'p99 ms', 'median ×', 'p99 ×', 'answers of the other user']]
    await watch(service, thin, seconds)
    for (const [name, path] of Object.entries(HEAVY)) {
      if (only !== undefined && !only.includes(name)) continue
      for (const load of ['alone', 'each', 'burst'] as const) {
        rows.push(await measure(service, { thin, fat, name, path, load, seconds }))
        if (name === DELETION && load !== 'alone') await fill()
      }
    }
    await service.stop()
    console.log(table(rows))
  } finally {
    await database.close()
  }
}

let alone: Figures = { median: NaN, p99: NaN }

interface Measurement {
  thin: Person
  fat: Person
  name: string
  path: string
  load: 'alone' | 'each' | 'burst'
  seconds: number
}

async function measure(service: Server, { thin, fat, name, path, load, seconds }: Measurement) {
  const order = { url: service.url + path, method: name === DELETION ? 'DELETE' : 'GET', token: fat.token }
  const amount = load === 'each' ? { perSecond: PER_SECOND } : { atOnce: BURST }
  const end = load === 'alone' ? undefined : await startNeighbour({ ...order, ...amount })
  const figures = await watch(service, thin, seconds)
  const statuses: Statuses = (await end?.()) ?? {}
  await untilIdle(service)
  if (load === 'alone') alone = figures
  const what = {
    alone: 'does nothing',
    each: `${name}, ${PER_SECOND}/s`,
    burst: `${name}, ${BURST} at once`,
  }[load]
  const answers = Object.entries(statuses)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ')
  const ratio = (of: keyof Figures) => (figures[of] / alone[of]).toFixed(2)
  return [what, figures.median.toFixed(1), figures.p99.toFixed(1), ratio('median'), ratio('p99'), answers]
}

/** Waits until no statement is in flight. Statements of aborted requests may go on until their time limit. */
async function untilIdle({ url }: Server) {
  for (let tries = 0; tries < 60; tries += 1) {
    const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } })
    if (/^database_statements_in_flight 0$/m.test(await response.text())) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

const headers = ({ token }: Person) => ({ headers: { authorization: `Bearer ${token}` } })

/** Latencies of the thin user's list. Requests are sent at even intervals, even if the last one has no answer yet. */
async function watch(service: Server, thin: Person, seconds: number): Promise<Figures> {
  const times: number[] = []
  const ask = async () => {
    const start = performance.now()
    const response = await fetch(`${service.url}/api/tasks`, headers(thin))
    await response.arrayBuffer()
    times.push(performance.now() - start)
  }
  const pending: Promise<void>[] = []
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => pending.push(ask()), THIN_EVERY_MS)
    setTimeout(() => {
      clearInterval(timer)
      resolve()
    }, seconds * 1000)
  })
  await Promise.all(pending)
  const sorted = times.toSorted((a, b) => a - b)
  return { median: spread(sorted).median, p99: sorted[Math.floor(sorted.length * 0.99)]! }
}
