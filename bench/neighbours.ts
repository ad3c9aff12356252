import { insertTasks, openDatabase } from './database.ts'
import { startNeighbour } from './neighbours-load.ts'
import type { Options } from './options.ts'
import { percentiles, spread } from './pairs.ts'
import { createPerson, type Person, SECRET } from './people.ts'
import { table } from './report.ts'
import { type Server, startService } from './servers.ts'

const FAT_TASKS = 300_000
const BURST = 600
const PER_SECOND = 10
const THIN_EVERY_MS = 20

/** What grows with the tasks of the user who asks, and a page, which does not: what the number of requests costs. */
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

const LOADS = ['alone', 'each', 'burst'] as const

/** Milliseconds, and how many calls took longer than twice the p99 of this user alone. */
interface Figures {
  median: number
  p99: number
  worst: number
  slow: number
}
/** One round of a load. */
interface Round extends Figures {
  calls: number
  medianRatio: number
  p99Ratio: number
  answers: string
}

/**
 * What a user with three tasks notices of one with 300 000: the list of three, every 20 ms, while the other one
 * asks for something expensive ten times a second, and while 600 such requests arrive at once. The figures are medians of
 * the rounds.
 */
export async function measureNeighbours({ seconds, only, pairs: rounds }: Options) {
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
    const rows = [HEAD]
    await watch(service, thin, seconds)
    for (const [name, path] of Object.entries(HEAVY)) {
      if (only !== undefined && !only.includes(name)) continue
      const taken = LOADS.map((): Round[] => [])
      for (let round = 0; round < rounds; round += 1) {
        let alone: Figures | undefined
        for (const [index, load] of LOADS.entries()) {
          const figures = await measure(service, { thin, fat, name, path, load, seconds, alone })
          alone ??= figures
          taken[index]!.push(figures)
          if (name === DELETION && load !== 'alone') await fill()
        }
      }
      rows.push(...LOADS.map((load, index) => rowOf(name, load, taken[index]!)))
    }
    await service.stop()
    console.log(table(rows))
  } finally {
    await database.close()
  }
}

const HEAD = [
  'the other user',
  'median ms',
  'p99 ms',
  'worst ms',
  'median ×',
  'p99 ×',
  'slow',
  'their answers',
]

function rowOf(name: string, load: (typeof LOADS)[number], rounds: Round[]) {
  const what = {
    alone: 'does nothing',
    each: `${name}, ${PER_SECOND}/s`,
    burst: `${name}, ${BURST} at once`,
  }[load]
  const middle = (of: (round: Round) => number) => spread(rounds.map(of)).median
  return [
    what,
    middle((round) => round.median).toFixed(1),
    middle((round) => round.p99).toFixed(1),
    middle((round) => round.worst).toFixed(1),
    middle((round) => round.medianRatio).toFixed(2),
    middle((round) => round.p99Ratio).toFixed(2),
    `${Math.round(middle((round) => round.slow))} of ${Math.round(middle((round) => round.calls))}`,
    rounds.at(-1)!.answers,
  ]
}

interface Measurement {
  thin: Person
  fat: Person
  name: string
  path: string
  load: (typeof LOADS)[number]
  seconds: number
  alone: Figures | undefined
}

async function measure(service: Server, { thin, fat, name, path, load, seconds, alone }: Measurement) {
  const order = { url: service.url + path, method: name === DELETION ? 'DELETE' : 'GET', token: fat.token }
  const amount = load === 'each' ? { perSecond: PER_SECOND } : { atOnce: BURST }
  const neighbour = load === 'alone' ? undefined : await startNeighbour({ ...order, ...amount })
  neighbour?.begin()
  const times = await watch(service, thin, seconds)
  const statuses = Object.entries((await neighbour?.end()) ?? {})
  await untilIdle(service)
  const { median } = spread(times)
  const { p99, max: worst } = percentiles(times)
  const limit = 2 * (alone?.p99 ?? p99)
  return {
    median,
    p99,
    worst,
    slow: times.filter((time) => time > limit).length,
    calls: times.length,
    medianRatio: median / (alone?.median ?? median),
    p99Ratio: p99 / (alone?.p99 ?? p99),
    answers: statuses.map(([status, count]) => `${count} × ${status}`).join(', '),
  }
}

/** Statements of requests that were given up are still running, or waiting, for up to their time limit. */
async function untilIdle({ url }: Server) {
  for (let tries = 0; tries < 60; tries += 1) {
    const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } })
    if (/^database_statements_in_flight 0$/m.test(await response.text())) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

const headers = ({ token }: Person) => ({ headers: { authorization: `Bearer ${token}` } })

/** Latencies of the thin user's list. Requests are sent at even intervals, even if the last one has no answer yet. */
async function watch(service: Server, thin: Person, seconds: number): Promise<number[]> {
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
  return times
}
