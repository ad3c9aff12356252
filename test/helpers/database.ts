import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** The database of this run; every test makes its own users in it. */
export const databaseUrl = () => {
  const url = process.env.TEST_DATABASE_URL
  if (url === undefined) throw new Error('run the tests with: npm test [-- test/some.test.ts]')
  return url
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
