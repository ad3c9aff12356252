import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { createServiceRole } from '../../src/database/service-role.ts'

/** The database of this run, as its owner: with the rows of all users. Every test creates its own users in it. */
export const databaseUrl = () => fromRun('TEST_DATABASE_URL')

/** The same database for the role of the service, for which row-level security holds. */
export const serviceDatabaseUrl = () => fromRun('TEST_SERVICE_DATABASE_URL')

function fromRun(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error('run the tests with: npm test [-- test/some.test.ts]')
  return value
}

/** Makes an empty database beside the one of `serverUrl`, hands its URL to `use`, and drops it. */
export async function withDatabase<T>(serverUrl: string, use: (url: string) => Promise<T>): Promise<T> {
  const name = `task_api_test_${randomBytes(6).toString('hex')}`
  await query(serverUrl, `CREATE DATABASE ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  try {
    return await use(url.href)
  } finally {
    await query(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`)
  }
}

const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations')

/** Makes a database with the tables, for what would disturb other tests, hands its URL to `use`, and drops it. */
export const withMigratedDatabase = <T>(use: (url: string) => Promise<T>): Promise<T> =>
  withDatabase(databaseUrl(), async (url) => {
    for (const sql of migrations()) await query(url, sql)
    return use(url)
  })

/** The SQL of each migration, in order. */
export const migrations = () =>
  readdirSync(MIGRATIONS)
    .toSorted()
    .filter((name) => !name.endsWith('.toml'))
    .map((name) => readFileSync(join(MIGRATIONS, name, 'migration.sql'), 'utf8'))

/** Makes the role of the service in a database, hands its URL to `use`, and drops it. */
export async function withServiceRole<T>(ownerUrl: string, use: (url: string) => T | Promise<T>): Promise<T> {
  const name = `${new URL(ownerUrl).pathname.slice(1)}_service`
  try {
    return await use(await createServiceRole(ownerUrl, name))
  } finally {
    await query(ownerUrl, `DROP OWNED BY ${name}; DROP ROLE ${name}`)
  }
}

/** Runs one SQL text on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** An open transaction on a connection of its own. What is not committed is rolled back at the end of the test. */
export async function transaction(t: Pick<Test, 'teardown'>, url: string) {
  const client = new pg.Client(url)
  await client.connect()
  t.teardown(() => client.end())
  await client.query('BEGIN')
  const [{ pid }] = (await client.query('SELECT pg_backend_pid() AS pid')).rows as [{ pid: number }]
  return {
    query: (sql: string, values: unknown[] = []) => client.query(sql, values),
    /** Resolves when another session waits for a lock of this transaction. */
    async isWaitedFor() {
      const waiting = 'SELECT FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))'
      for (let tries = 0; tries < 2000; tries += 1) {
        if ((await query(url, waiting, [pid])).length > 0) return
        await sleep(5)
      }
      throw new Error('nobody waits for this transaction')
    },
  }
}

/** The titles of a user’s tasks, in the order of their ids. */
export const titles = async (owner: string) => {
  const rows = await query<{ title: string }>(
    databaseUrl(),
    'SELECT title FROM tasks WHERE user_id = $1 ORDER BY id',
    [owner],
  )
  return rows.map(({ title }) => title)
}
