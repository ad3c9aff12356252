import { openDatabase, type BenchDatabase, insertTasks } from './database.ts'
import { type CpuMeter, createCpuMeter } from './cpu.ts'
import type { Options } from './options.ts'
import { spread } from './pairs.ts'
import { machine, table } from './report.ts'

const OURS = [
  '(user_id, created_at DESC, id DESC, completed)',
  '(user_id, updated_at DESC, id DESC, completed)',
  '(user_id, title COLLATE task_title, id, completed)',
  '(user_id, due_at, id, completed, due_all_day)',
  '(user_id, priority_rank DESC, id DESC, completed)',
]
/** Indexes that a list could use. Each set is measured with only the primary key beside it, for its cost to writes. */
const CANDIDATES: Record<string, string[]> = {
  none: [],
  'created, bare': ['(user_id, created_at DESC, id DESC)'],
  created: [OURS[0]!],
  'updated, bare': ['(user_id, updated_at DESC, id DESC)'],
  updated: [OURS[1]!],
  'title, bare': ['(user_id, title COLLATE task_title, id)'],
  title: [OURS[2]!],
  'due, bare': ['(user_id, due_at, id)'],
  due: [OURS[3]!],
  'created, due, bare': ['(user_id, created_at DESC, id DESC)', '(user_id, due_at, id)'],
  'all of them': OURS,
  priority: [OURS[4]!],
  tags: ['USING gin (tag_keys)'],
  'all of them, tags': [...OURS, 'USING gin (tag_keys)'],
  'completed, created': ['(user_id, completed, created_at DESC, id DESC)'],
}
const ROWS = 50_000
const USERS = 1000

/** Measures what each index adds to an insert and to a toggle, and how many updates are HOT (change no index). */
export async function measureIndexes({ quick }: Options) {
  const database = await openDatabase()
  const rounds = quick ? 1 : 3
  try {
    const people = `SELECT md5('person-' || n), n FROM generate_series(1, ${USERS}) AS n`
    await database.client.query(`INSERT INTO users (id) SELECT id FROM (${people}) AS u (id, number)`)
    await database.client.query(insertTasks(people, '100'))
    await dropIndexes(database.client)
    const clock = createClock(await createCpuMeter(database))
    const samples = Object.keys(CANDIDATES).map((name) => ({ name, costs: [] as IndexCost[] }))
    for (let round = 0; round <= rounds; round += 1) {
      console.log(round === 0 ? 'warming up …' : `round ${round} of ${rounds} …`)
      for (const { name, costs } of samples) {
        const cost = await measureIndex(database, CANDIDATES[name]!, clock)
        if (round > 0) costs.push(cost)
      }
    }
    const results = samples.map(({ name, costs }) => {
      return { name, definition: CANDIDATES[name]!.join(', '), ...medians(costs) }
    })
    console.log(`\n${tableOfIndexes(results)}`)
    return { machine: machine(), rows: ROWS, results }
  } finally {
    await database.close()
  }
}

interface IndexCost {
  insertUs: number
  toggleUs: number
  toggleHot: number
  titleHot: number
  megabytes: number
}

function medians(costs: IndexCost[]): IndexCost {
  const names = Object.keys(costs[0]!) as (keyof IndexCost)[]
  const entries = names.map((name) => [name, spread(costs.map((cost) => cost[name])).median])
  return Object.fromEntries(entries) as IndexCost
}

function tableOfIndexes(results: (IndexCost & { name: string; definition: string })[]): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`
  const rows = results.map(({ name, definition, insertUs, toggleUs, toggleHot, titleHot, megabytes }) => {
    const figures = [insertUs.toFixed(1), toggleUs.toFixed(1), percent(toggleHot), percent(titleHot)]
    return [name, ...figures, megabytes.toFixed(1), name === 'all of them' ? '' : definition]
  })
  const head = ['index', 'insert µs', 'toggle µs', 'HOT toggles', 'HOT new titles', 'MB', 'on tasks']
  return table([head, ...rows])
}

/** CPU time of PostgreSQL in microseconds, or elapsed time if the CPU time cannot be read. */
const createClock = (meter: CpuMeter) => () => meter?.(process.pid).postgres ?? performance.now() * 1000

async function measureIndex({ client }: BenchDatabase, definitions: string[], clock: () => number) {
  for (const [index, definition] of definitions.entries())
    await client.query(`CREATE INDEX candidate_${index} ON tasks ${definition}`)
  await settle(client)
  const insertUs = await measureInsert(client, clock)
  const toggles = await measureUpdates(client, 'completed = NOT completed', clock)
  const titles = await measureUpdates(client, 'title = md5(random()::text)', clock)
  const { rows } = await client.query<{ size: number }>(
    `SELECT coalesce(sum(pg_relation_size(oid)), 0)::float8 AS size FROM pg_class WHERE relname LIKE 'candidate%'`,
  )
  for (const index of definitions.keys()) await client.query(`DROP INDEX candidate_${index}`)
  const megabytes = rows[0]!.size / 2 ** 20
  return { insertUs, toggleUs: toggles.us, toggleHot: toggles.hot, titleHot: titles.hot, megabytes }
}

type Client = BenchDatabase['client']

/** Drops the indexes that the migrations created. */
async function dropIndexes(client: Client) {
  const { rows } = await client.query<{ name: string }>(
    `SELECT indexname AS name FROM pg_indexes WHERE tablename = 'tasks' AND indexname LIKE '%\\_idx'`,
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
}

/** Brings pages into the state of a used database: changed rows have left free space in them. */
async function settle(client: Client) {
  await client.query('UPDATE tasks SET description = description WHERE id % 3 = 0')
  await client.query('VACUUM (FREEZE, ANALYZE) tasks')
}

/** Microseconds per inserted row. The rows belong to all users in turn. */
async function measureInsert(client: Client, clock: () => number): Promise<number> {
  const start = clock()
  await client.query(`INSERT INTO tasks (user_id, title, due_at, tags)
    SELECT md5('person-' || (1 + n % ${USERS})), 'Bench ' || md5(n::text), now() + n * interval '1 minute',
      CASE WHEN n % 2 = 0 THEN ARRAY['home', 'Garden ' || n % 50] ELSE '{}' END
    FROM generate_series(1, ${ROWS}) AS n`)
  const elapsed = clock() - start
  await client.query(`DELETE FROM tasks WHERE title LIKE 'Bench %'`)
  await client.query('VACUUM tasks')
  return elapsed / ROWS
}

/** Microseconds per row, and the share of updates that changed no index. Each statement updates some rows. */
async function measureUpdates(client: Client, assignment: string, clock: () => number) {
  const before = await updates(client)
  const start = clock()
  for (let part = 0; part < 100; part += 1) {
    const change = `${assignment}, updated_at = GREATEST(now(), updated_at + interval '1 millisecond')`
    const ids = `SELECT ${part * 7} + 500 * n FROM generate_series(1, 190) AS n`
    await client.query(`UPDATE tasks SET ${change} WHERE id = ANY (ARRAY(${ids}))`)
  }
  const elapsed = clock() - start
  const after = await updates(client)
  const all = after.all - before.all
  return { us: elapsed / all, hot: (after.hot - before.hot) / all }
}

async function updates(client: Client) {
  await client.query('SELECT pg_stat_force_next_flush()')
  const { rows } = await client.query<{ all: number; hot: number }>(
    `SELECT n_tup_upd::float8 AS all, n_tup_hot_upd::float8 AS hot FROM pg_stat_user_tables WHERE relname = 'tasks'`,
  )
  return rows[0]!
}
