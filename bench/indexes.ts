import { openDatabase, type BenchDatabase, insertTasks } from './database.ts'
import { type CpuMeter, createCpuMeter } from './cpu.ts'
import type { Options } from './options.ts'
import { spread } from './pairs.ts'
import { machine, table } from './report.ts'

/** Indexes that some list could use: what does each cost those who write? */
const CANDIDATES: Record<string, string | undefined> = {
  'none more': undefined,
  updated: '(user_id, updated_at DESC, id DESC)',
  title: '(user_id, title COLLATE task_title, id)',
  due: '(user_id, due_at, id)',
  'due, pending only': '(user_id, due_at, id) WHERE NOT completed',
  'created, pending only': '(user_id, created_at DESC, id DESC) WHERE NOT completed',
  'completed, created': '(user_id, completed, created_at DESC, id DESC)',
  'summary, covering': '(user_id) INCLUDE (completed, due_at, due_all_day)',
}
const ROWS = 50_000
const USERS = 1000

/** What each index adds to an insert, and how many updates stay within their page (HOT). */
export async function measureIndexes({ quick }: Options) {
  const database = await openDatabase()
  const rounds = quick ? 1 : 3
  try {
    const people = `SELECT md5('person-' || n), n FROM generate_series(1, ${USERS}) AS n`
    await database.client.query(`INSERT INTO users (id) SELECT id FROM (${people}) AS u (id, number)`)
    await database.client.query(insertTasks(people, '100'))
    const clock = createClock(await createCpuMeter(database))
    const samples = Object.keys(CANDIDATES).map((name) => ({ name, costs: [] as IndexCost[] }))
    for (let round = 0; round <= rounds; round += 1) {
      console.log(round === 0 ? 'warming up …' : `round ${round} of ${rounds} …`)
      for (const { name, costs } of samples) {
        const cost = await measureIndex(database, CANDIDATES[name], clock)
        if (round > 0) costs.push(cost)
      }
    }
    const results = samples.map(({ name, costs }) => ({
      name,
      definition: CANDIDATES[name],
      ...medians(costs),
    }))
    console.log(`\n${tableOfIndexes(results)}`)
    return { machine: machine(), rows: ROWS, results }
  } finally {
    await database.close()
  }
}

interface IndexCost {
  insertUs: number
  toggleHot: number
  titleHot: number
  megabytes: number
}

function medians(costs: IndexCost[]): IndexCost {
  const median = (name: keyof IndexCost) => spread(costs.map((cost) => cost[name])).median
  return {
    insertUs: median('insertUs'),
    toggleHot: median('toggleHot'),
    titleHot: median('titleHot'),
    megabytes: median('megabytes'),
  }
}

function tableOfIndexes(results: (IndexCost & { name: string; definition: string | undefined })[]): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`
  const rows = results.map(({ name, definition = '', insertUs, toggleHot, titleHot, megabytes }) => {
    const [toggles, titles] = [percent(toggleHot), percent(titleHot)]
    return [name, insertUs.toFixed(1), toggles, titles, megabytes.toFixed(1), definition]
  })
  return table([['index', 'insert µs', 'HOT toggles', 'HOT new titles', 'MB', 'on tasks'], ...rows])
}

/** CPU of PostgreSQL in microseconds; the wall clock where it cannot be read. */
const createClock = (meter: CpuMeter) => () => meter?.(process.pid).postgres ?? performance.now() * 1000

async function measureIndex({ client }: BenchDatabase, definition: string | undefined, clock: () => number) {
  if (definition) await client.query(`CREATE INDEX candidate ON tasks ${definition}`)
  await settle(client)
  const insertUs = await measureInsert(client, clock)
  const toggleHot = await hotShare(client, 'completed = NOT completed')
  const titleHot = await hotShare(client, 'title = md5(random()::text)')
  const { rows } = await client.query<{ size: number }>(
    `SELECT coalesce(pg_relation_size(to_regclass('candidate')), 0)::float8 AS size`,
  )
  await client.query('DROP INDEX IF EXISTS candidate')
  return { insertUs, toggleHot, titleHot, megabytes: rows[0]!.size / 2 ** 20 }
}

type Client = BenchDatabase['client']

/** Pages as they are after some life: with room left by rows that changed. */
async function settle(client: Client) {
  await client.query('UPDATE tasks SET description = description WHERE id % 3 = 0')
  await client.query('VACUUM (FREEZE, ANALYZE) tasks')
}

/** Microseconds per row: newest tasks of everybody, in turn. */
async function measureInsert(client: Client, clock: () => number): Promise<number> {
  const start = clock()
  await client.query(`INSERT INTO tasks (user_id, title, due_at)
    SELECT md5('person-' || (1 + n % ${USERS})), 'Bench ' || md5(n::text), now() + n * interval '1 minute'
    FROM generate_series(1, ${ROWS}) AS n`)
  const elapsed = clock() - start
  await client.query(`DELETE FROM tasks WHERE title LIKE 'Bench %'`)
  await client.query('VACUUM tasks')
  return elapsed / ROWS
}

/** Share of updates that touched no index, when rows change a few at a time. */
async function hotShare(client: Client, assignment: string): Promise<number> {
  const before = await updates(client)
  for (let part = 0; part < 50; part += 1) {
    const change = `${assignment}, updated_at = GREATEST(now(), updated_at + interval '1 millisecond')`
    await client.query(`UPDATE tasks SET ${change} WHERE id % 500 = ${part * 7}`)
  }
  const after = await updates(client)
  return (after.hot - before.hot) / (after.all - before.all)
}

async function updates(client: Client) {
  await client.query('SELECT pg_stat_force_next_flush()')
  const { rows } = await client.query<{ all: number; hot: number }>(
    `SELECT n_tup_upd::float8 AS all, n_tup_hot_upd::float8 AS hot FROM pg_stat_user_tables WHERE relname = 'tasks'`,
  )
  return rows[0]!
}
