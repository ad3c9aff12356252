import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import type { Config } from '../config/config.ts'
import { LOCK_WAIT_MS } from './channel.ts'
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts'

export type OnQuery = (event: { query: string; values?: unknown[] }) => void

type Statement = Pick<Prisma.Sql, 'text' | 'values'>
type Row = Record<string, unknown>

/** Longer than any limit that the server enforces: a transaction of Prisma ends through statement_timeout. */
const GRACE_MS = 5000

/** Prisma's client on a pool, and the statements of the fast path sent over Prisma's public API alone. */
export function connectPrisma(config: Config['database'], pool: pg.Pool, onQuery?: OnQuery) {
  const client = createClient(config, pool, onQuery)

  /**
   * Settings of a transaction: the owner, whom row-level security reads, the time limits of each statement, and no
   * parallel workers, which would take more cores from the statements of others.
   */
  const settingsOf = (owner: string, limitMs: number) =>
    client.$queryRaw`SELECT set_config('app.user_id', ${owner}, true),
      set_config('statement_timeout', ${String(limitMs)}, true),
      set_config('lock_timeout', ${String(LOCK_WAIT_MS)}, true),
      set_config('max_parallel_workers_per_gather', '0', true)`

  /** Statements in one transaction: the fallback of the fast path, and what tests compare it with. */
  async function queryByPrisma(owner: string, statements: readonly Statement[], limitMs: number) {
    const queries = statements.map(({ text, values }) => client.$queryRawUnsafe<Row[]>(text, ...values))
    const [, ...answers] = await client.$transaction([settingsOf(owner, limitMs), ...queries])
    return answers.map((rows) => rows.map((row) => asText(Object.values(row)[0])))
  }

  return { client, settingsOf, queryByPrisma }
}

/** Prisma parses JSON. Serialized again, it has the same bytes that PostgreSQL wrote with row_to_json. */
const asText = (value: unknown) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

/** Prisma describes each of its statements to a listener, which costs time. */
function createClient(config: Config['database'], pool: pg.Pool, onQuery?: OnQuery): PrismaClient {
  const adapter = new PrismaPg(pool)
  const transactionOptions = {
    maxWait: config.connectTimeoutMs + GRACE_MS,
    timeout: config.queryTimeoutMs + GRACE_MS,
  }
  if (onQuery === undefined) return new PrismaClient({ adapter, transactionOptions })
  const client = new PrismaClient({ adapter, transactionOptions, log: [{ emit: 'event', level: 'query' }] })
  client.$on('query', onQuery)
  return client
}
