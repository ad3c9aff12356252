import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import type { Config } from '../config/config.ts'
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { createLanes } from './lanes.ts'

export type Database = ReturnType<typeof createDatabase>
/** The generated client, with `$queryJson` and `$asOwner`. */
export type Client = Database['prisma']

export interface SendOptions {
  /** Whether the cost grows with what the owner has stored: such statements have connections of their own. */
  isHeavy?: boolean
  /** Whether PostgreSQL keeps the plan, under a name. Only for texts that are few and frequent. */
  isPrepared?: boolean
}
export interface OperationOptions {
  isHeavy?: boolean
  /** Whether doing it twice is the same as doing it once: it is repeated if its connection ends. */
  isIdempotent?: boolean
}

/** Told about a statement when it is asked for. The answer settles when the statement has succeeded or failed. */
export type WatchStatement = (text: string, answer: Promise<unknown>) => void

type OnQuery = (event: { query: string; values?: unknown[] }) => void

/** What watchers are told in place of a text: Prisma writes the statements of the model API itself. */
export const MODEL_API = 'Prisma model API'

/** Longer than any limit that the server enforces: a transaction of Prisma ends through statement_timeout. */
const PRISMA_GRACE_MS = 5000

/**
 * Prisma's client with two more methods. README.md in this folder says which one is for what. Nothing is connected
 * before the first query.
 *
 * @param onQuery told about every statement, for tests and measurements
 */
export function createDatabase(config: Config['database'], onQuery?: OnQuery) {
  const lanes = createLanes(config)
  const client = createClient(config, lanes.pool, onQuery)
  const watchers: WatchStatement[] = []
  const watched = <Answer>(text: string, answer: Promise<Answer>) => {
    for (const watch of watchers) watch(text, answer)
    return answer
  }
  const settingsOf = (owner: string, limitMs: number) =>
    client.$queryRaw`SELECT set_config('app.user_id', ${owner}, true),
      set_config('statement_timeout', ${String(limitMs)}, true)`

  const prisma = client.$extends({
    client: {
      /**
       * The first column of each row, as text, of one statement that belongs to one user: in practice, JSON that
       * PostgreSQL wrote. Values travel as parameters. The statement is a transaction of its own, under row-level
       * security, and far cheaper than the model API (docs/performance.md).
       *
       * @throws Error of PostgreSQL, or DatabaseError if the database cannot be reached or did not answer in time
       */
      $queryJson(owner: string, { text, values }: Prisma.Sql, options: SendOptions = {}): Promise<string[]> {
        onQuery?.({ query: text, values })
        const { isHeavy = false, isPrepared = !isHeavy } = options
        const request = { owner, text, values, isPrepared }
        return watched(
          text,
          lanes.query(request, isHeavy, (limitMs) => queryByPrisma(request, limitMs)),
        )
      },

      /**
       * One operation of the model API on behalf of one user, in a transaction under row-level security.
       *
       * @throws Error of Prisma, or DatabaseError if the database cannot be reached or did not answer in time
       */
      $asOwner<Answer>(
        owner: string,
        operation: (client: PrismaClient) => Prisma.PrismaPromise<Answer>,
        { isHeavy = false, isIdempotent = false }: OperationOptions = {},
      ): Promise<Answer> {
        const send = async (limitMs: number) => {
          const [, answer] = await client.$transaction([settingsOf(owner, limitMs), operation(client)])
          return answer
        }
        return watched(MODEL_API, lanes.runOnPrisma(owner, { isHeavy, isRead: isIdempotent }, send))
      },
    },
  })

  /** The same statement over Prisma's public API alone: the specification of the fast path, and its fallback. */
  async function queryByPrisma(
    { owner, text, values }: { owner: string; text: string; values: unknown[] },
    limitMs: number,
  ) {
    const statement = client.$queryRawUnsafe<Record<string, unknown>[]>(text, ...values)
    const [, rows] = await client.$transaction([settingsOf(owner, limitMs), statement])
    return rows.map((row) => asText(Object.values(row)[0]))
  }

  let closing: Promise<void> | undefined
  const closeAll = async () => {
    await lanes.close()
    await client.$disconnect()
    await lanes.pool.end()
  }
  /** May be called more than once. */
  const close = () => (closing ??= closeAll())
  const watchStatements = (watch: WatchStatement) => void watchers.push(watch)
  const { pool, statementsInFlight, connections } = lanes
  return { prisma, pool, statementsInFlight, connections, watchStatements, close }
}

/** JSON comes parsed from Prisma: written again, it has the bytes that PostgreSQL wrote with row_to_json. */
const asText = (value: unknown) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

/** Prisma describes each of its statements to a listener, which costs time. */
function createClient(config: Config['database'], pool: pg.Pool, onQuery?: OnQuery): PrismaClient {
  const adapter = new PrismaPg(pool)
  const transactionOptions = {
    maxWait: config.connectTimeoutMs + PRISMA_GRACE_MS,
    timeout: config.queryTimeoutMs + PRISMA_GRACE_MS,
  }
  if (onQuery === undefined) return new PrismaClient({ adapter, transactionOptions })
  const client = new PrismaClient({ adapter, transactionOptions, log: [{ emit: 'event', level: 'query' }] })
  client.$on('query', onQuery)
  return client
}

/** What a statement does: one of five words, whatever clients send. Of WITH, what its first part does. */
export const operationOf = (text: string) =>
  /^\s*(?:WITH\s+\w+\s+AS\s+\(\s*)?(SELECT|INSERT|UPDATE|DELETE)\b/.exec(text)?.[1] ?? 'OTHER'

/** SQL that reads a timestamptz as RFC 3339 in UTC with milliseconds, whatever the session's time zone. */
export const instantSql = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
