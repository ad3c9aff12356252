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

/** The SQLSTATE behind an error that Prisma or pg threw. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function sqlState(error: unknown): string | undefined {
  const { meta, cause } = error as { meta?: { driverAdapterError?: unknown }; cause?: unknown }
  const { originalCode } = error as { originalCode?: string }
  const inner = originalCode === undefined ? (meta?.driverAdapterError ?? cause) : undefined
  return originalCode ?? (inner === undefined || inner === error ? undefined : sqlState(inner))
}

/** SQL that reads a timestamptz as RFC 3339 in UTC with milliseconds, whatever the session's time zone. */
export const instantSql = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** SQLSTATE classes of a server that is away, full, starting, stopping or read-only. */
const UNAVAILABLE_STATE = /^(08|53|57|58|25006)/
const UNAVAILABLE_CODE = /^(P1001|P1002|P1008|P1017|P2024|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/
/** pg reports these without any code. */
const UNAVAILABLE_MESSAGE = /connection (terminated|timeout)|timeout exceeded when trying to connect|query read timeout|not queryable|closed the connection/i

/** Whether an error says that the database could not be reached or could not serve, rather than that a query is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const state = sqlState(error) ?? ''
  return UNAVAILABLE_STATE.test(state) || UNAVAILABLE_CODE.test(code) || UNAVAILABLE_MESSAGE.test(message)
}
