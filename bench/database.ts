import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../src/local/embedded-postgres.ts'
import { createServiceRole } from '../src/database/service-role.ts'
import { applyMigrations } from '../src/local/start.ts'
import { createPerson, PEOPLE, type Person } from './people.ts'

export const ROOT = join(import.meta.dirname, '..')

/** A new, migrated database, and a client that is connected to it. */
export interface BenchDatabase {
  /** URL for the owner of the tables. The baselines and the code that prepares the data use it. */
  url: string
  /** URL for the role of the service, to which row-level security applies. */
  serviceUrl: string
  client: pg.Client
  close(): Promise<void>
}

/** Creates a database on the server of DATABASE_URL, or on a PostgreSQL that the benchmark starts. */
export async function openDatabase(): Promise<BenchDatabase> {
  const serverUrl = process.env.DATABASE_URL || (await startOwnServer())
  const name = `task_api_bench_${randomBytes(5).toString('hex')}`
  await runSql(serverUrl, `CREATE DATABASE ${name}`)
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
  await applyMigrations(ROOT, { DATABASE_URL: url, DIRECT_URL: url })
  const client = new pg.Client(url)
  await client.connect()
  const serviceUrl = await createServiceRole(url, `${name}_service`)
  const close = async () => {
    await client.query(`DROP OWNED BY ${name}_service`)
    await client.end()
    await runSql(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`)
    await runSql(serverUrl, `DROP ROLE ${name}_service`)
  }
  return { url, serviceUrl, client, close }
}

let ownServer: string | undefined

/** Starts a PostgreSQL once, and stops it when the process ends. Drops the databases of benchmarks that were killed. */
async function startOwnServer(): Promise<string> {
  if (ownServer !== undefined) return ownServer
  const folder = join(ROOT, '.local/bench')
  mkdirSync(folder, { recursive: true })
  const { url, stop } = startEmbeddedPostgres(folder)
  process.once('exit', stop)
  const left = await runSql(
    url,
    `SELECT datname AS name FROM pg_database WHERE datname LIKE 'task\\_api\\_bench\\_%'`,
  )
  for (const { name } of left) {
    await runSql(url, `DROP DATABASE ${name} WITH (FORCE)`)
    await runSql(url, `DROP ROLE IF EXISTS ${name}_service`)
  }
  return (ownServer = url)
}

async function runSql(url: string, sql: string) {
  const client = new pg.Client(url)
  await client.connect()
  return (await client.query<{ name: string }>(sql).finally(() => client.end())).rows
}

/**
 * SQL that inserts `count` tasks for each user of `users (id, number)`. Titles and descriptions have usual lengths. Some
 * tasks are completed, half of them have a due date, and they were created in order over the last weeks.
 */
export const insertTasks = (users: string, count: string) => `
  INSERT INTO tasks (user_id, title, description, completed, due_at, due_all_day, priority, tags, created_at, updated_at)
  SELECT id, 'Task ' || n || ' about ' || left(md5((number * 7919 + n)::text), 6 + (n * 7 + number) % 20),
    CASE WHEN n % 5 < 3 THEN repeat('Call back first. ', 1 + (n + number) % 6) END,
    n % 5 < 2,
    CASE WHEN n % 4 = 0 THEN date_trunc('day', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '30 days'
      WHEN n % 4 = 1 THEN at + interval '20 days' END,
    n % 4 = 0, (ARRAY['none', 'none', 'low', 'medium', 'high', 'urgent']::task_priority[])[1 + (n + number) % 6],
    CASE WHEN n % 2 = 0 THEN (ARRAY['home', 'Garden', 'work', 'Errands'])[1 + n % 4:3] ELSE '{}' END,
    at, at + interval '5 minutes'
  FROM (${users}) AS u (id, number)
  CROSS JOIN LATERAL generate_series(1, ${count}) AS n
  CROSS JOIN LATERAL (SELECT date_trunc('milliseconds',
    now() - interval '60 days' + (n + number % 97 / 97.0) * interval '50 days' / ${count})) AS made (at)
  ORDER BY at`

/** People have 20 tasks. Those who read further pages have 60. */
export const PAGERS = { first: 1000, end: 1200 }

export async function seedPeople({ client }: BenchDatabase): Promise<Person[]> {
  const people = Array.from({ length: PEOPLE }, (_, index) => createPerson(`person-${index}`))
  const names = `SELECT md5(name), name FROM (SELECT 'person-' || n FROM generate_series(0, ${PEOPLE - 1}) AS n) AS p (name)`
  await client.query(`INSERT INTO users (id, email, name)
    SELECT id, name || '@example.com', 'Person ' || name FROM (${names}) AS p (id, name)`)
  const users = `SELECT md5('person-' || n), n FROM generate_series(0, ${PEOPLE - 1}) AS n`
  const count = `CASE WHEN number >= ${PAGERS.first} AND number < ${PAGERS.end} THEN 60 ELSE 20 END`
  await client.query(insertTasks(users, count))
  await client.query('VACUUM ANALYZE')
  const byId = new Map(people.map((person) => [person.id, person]))
  const { rows } = await client.query<{ id: string; user_id: string }>(
    'SELECT id, user_id FROM tasks ORDER BY created_at, id',
  )
  for (const row of rows) byId.get(row.user_id)!.tasks.push(Number(row.id))
  return people
}

/** Inserts the tasks that a run deletes. */
export async function addTasks(
  { client }: BenchDatabase,
  owners: Person[],
  each: number,
): Promise<number[][]> {
  const { rows } = await client.query<{ id: string; user_id: string }>(
    `INSERT INTO tasks (user_id, title) SELECT id, 'Delete me' FROM unnest($1::text[]) AS id, generate_series(1, $2::int)
    RETURNING id, user_id`,
    [owners.map(({ id }) => id), each],
  )
  const ids = new Map(owners.map(({ id }) => [id, [] as number[]]))
  for (const row of rows) ids.get(row.user_id)!.push(Number(row.id))
  return [...ids.values()]
}

/** Removes the tasks that a run created, because they would lengthen the lists of the next route. */
export async function removeCreated({ client }: BenchDatabase) {
  await client.query(`DELETE FROM tasks WHERE title LIKE 'Created task %'`)
  await client.query('VACUUM ANALYZE')
}
