import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Config } from './config.ts'
import { PrismaClient } from './generated/prisma/client.ts'

export type Database = ReturnType<typeof createDatabase>

/** Statement texts are few, but a bug that made them many must not fill PostgreSQL's memory. */
const MAX_STATEMENT_NAMES = 500

/**
 * Prisma over a pool of our own, which we can watch and which survives connections that end.
 * Nothing is connected before the first query.
 *
 * @param onError told about connections that broke while nobody used them
 */
export function createDatabase(config: Config['database'], onError: (error: Error) => void = () => {}) {
  const pool = new pg.Pool({
    connectionString: config.url,
    max: config.poolMax,
    connectionTimeoutMillis: config.connectTimeoutMs,
    // The pooler in front of Neon refuses PostgreSQL's own statement_timeout as a start-up parameter.
    query_timeout: config.queryTimeoutMs,
    keepAlive: true,
  })
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    onPoolError: onError,
    onConnectionError: onError,
    ...(config.prepared && { statementNameGenerator: createStatementNames() }),
  })
  const prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] })
  return { prisma, pool }
}

/** Named statements are parsed and planned once per connection: a third of all CPU. */
function createStatementNames() {
  const names = new Map<string, string>()
  return ({ sql }: { sql: string }) => {
    let name = names.get(sql)
    if (name === undefined && names.size < MAX_STATEMENT_NAMES) names.set(sql, (name = `s${names.size}`))
    // pg's types say string, but it takes "no name" for a statement that is not kept.
    return name as string
  }
}

/** SQL that reads a timestamptz as RFC 3339 in UTC with milliseconds, whatever the session's time zone. */
export const instantSql = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
