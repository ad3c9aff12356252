import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Config } from './config.ts'
import { type Prisma, PrismaClient } from './generated/prisma/client.ts'

export type Database = ReturnType<typeof createDatabase>
/** The generated client, with `$rows`. */
export type Client = Database['prisma']

/** Statement texts are few, but a bug that made them many must not fill PostgreSQL's memory. */
const MAX_STATEMENT_NAMES = 500

/**
 * Prisma over a pool of our own, which we can watch and which survives connections that end.
 * Nothing is connected before the first query.
 *
 * The client has one method more than the generated one: `$rows` sends a statement made with `Prisma.sql`
 * straight to the pool of the driver adapter. `$queryRaw` would answer the same, but asks for twice the CPU
 * of the service, most of it in layers that only the model API needs (docs/performance.md).
 *
 * @param onQuery told about every statement, for tests and measurements
 */
export function createDatabase(config: Config['database'], onQuery?: (event: { query: string }) => void) {
  const pool = createPool(config)
  const nameOf = config.prepared ? createStatementNames() : () => undefined
  const adapter = new PrismaPg(pool, {
    // pg's types say string, but it takes "no name" for a statement that is not kept.
    statementNameGenerator: ({ sql }) => nameOf(sql) as string,
  })
  const client = onQuery === undefined ? new PrismaClient({ adapter }) : createWatchedClient(adapter, onQuery)
  const prisma = client.$extends({
    client: {
      /** The rows of one statement. Its values travel as parameters, never as text. */
      async $rows<Row extends pg.QueryResultRow>({ text, values }: Prisma.Sql): Promise<Row[]> {
        onQuery?.({ query: text })
        return (await pool.query<Row>({ name: nameOf(text), text, values })).rows
      },
    },
  })
  const close = async () => {
    await prisma.$disconnect()
    await pool.end()
  }
  return { prisma, pool, close }
}

function createPool(config: Config['database']): pg.Pool {
  const pool = new pg.Pool({
    connectionString: config.url,
    max: config.poolMax,
    connectionTimeoutMillis: config.connectTimeoutMs,
    // The pooler in front of Neon refuses PostgreSQL's own statement_timeout as a start-up parameter.
    query_timeout: config.queryTimeoutMs,
    keepAlive: true,
  })
  // A connection that ends while nobody uses it is no news: the next query makes another.
  pool.on('error', () => {})
  return pool
}

/** Prisma describes each of its statements to whoever listens, which costs. */
function createWatchedClient(adapter: PrismaPg, onQuery: (event: { query: string }) => void) {
  const client = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] })
  client.$on('query', onQuery)
  return client as PrismaClient
}

/** Named statements are parsed and planned once per connection: a third of all CPU. */
function createStatementNames() {
  const names = new Map<string, string>()
  return (sql: string) => {
    let name = names.get(sql)
    if (name === undefined && names.size < MAX_STATEMENT_NAMES) names.set(sql, (name = `s${names.size}`))
    return name
  }
}

/** SQL that reads a timestamptz as RFC 3339 in UTC with milliseconds, whatever the session's time zone. */
export const instantSql = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
