import type { Config } from '../config/config.ts'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { connectPrisma, type OnQuery } from './by-prisma.ts'
import { createLanes } from './lanes.ts'
import { type Owner, withDeadline } from './owner.ts'

export type Database = ReturnType<typeof createDatabase>
/** The generated client, with `$queryJson`, `$queryJsonAll` and `$asOwner`. */
export type Client = Database['prisma']

export interface SendOptions {
  /** Whether the cost grows with what the owner has stored: such statements have connections of their own. */
  isHeavy?: boolean
  /** Whether PostgreSQL keeps the plan, under a name. Only for texts that are few and frequent. */
  isPrepared?: boolean
  /** Whether a write does the same if it is sent twice: then it is repeated if its connection ends, as every read is. */
  isIdempotent?: boolean
  /** Whether the answer may have hundreds of rows: an owner has one such statement running at a time. */
  isLarge?: boolean
}
export interface OperationOptions {
  isHeavy?: boolean
  /** Whether the operation is idempotent: then it is repeated if its connection ends. */
  isIdempotent?: boolean
}

/** Told about a statement when it is asked for. The answer settles when the statement has succeeded or failed. */
export type WatchStatement = (text: string, answer: Promise<unknown>) => void

/** What watchers are told in place of a text: Prisma writes the statements of the model API itself. */
export const MODEL_API = 'Prisma model API'
/** What watchers are told in place of the texts of a batch. */
export const BATCH = 'BATCH'

/**
 * Prisma's client with three more methods. README.md in this folder says which one is for what. Nothing is connected
 * before the first query. The owner is `request.user`, whose deadline holds for all statements of the request, or the id
 * of a user: then the statement has a deadline of its own.
 *
 * @param onQuery told about every statement, for tests and measurements
 */
export function createDatabase(config: Config['database'], onQuery?: OnQuery) {
  const lanes = createLanes(config)
  const { client, settingsOf, queryByPrisma } = connectPrisma(config, lanes.pool, onQuery)
  const within = (owner: Owner | string) => withDeadline(owner, config.queryTimeoutMs)
  const watchers: WatchStatement[] = []
  const watched = <Answer>(text: string, answer: Promise<Answer>) => {
    for (const watch of watchers) watch(text, answer)
    return answer
  }

  const prisma = client.$extends({
    client: {
      /**
       * The first column of each row, as text, of one statement that belongs to one user: in practice, JSON that
       * PostgreSQL wrote. Values travel as parameters. The statement is a transaction of its own, under row-level
       * security, and far cheaper than the model API (docs/performance-details.md).
       *
       * @throws Error of PostgreSQL, or DatabaseError if the database cannot be reached or did not answer in time
       */
      $queryJson(
        owner: Owner | string,
        { text, values }: Prisma.Sql,
        { isHeavy = false, isPrepared = !isHeavy, isIdempotent, isLarge }: SendOptions = {},
      ): Promise<string[]> {
        onQuery?.({ query: text, values })
        const request = { text, values, isPrepared, isHeavy, isIdempotent, isLarge }
        return watched(text, lanes.query(within(owner), request, queryByPrisma))
      },

      /**
       * Several statements that belong to one user, in order and in one transaction: all of them take effect, or none.
       * They cost one round trip. The time limit holds for all of them together. The answers are those of
       * `$queryJson`, a statement each. The text of each statement should be one of few.
       *
       * @throws Error of PostgreSQL for the first statement that failed, or DatabaseError if the database cannot be
       *   reached or did not answer in time: then it is not known whether they took effect
       */
      $queryJsonAll(
        owner: Owner | string,
        statements: readonly Prisma.Sql[],
        { isHeavy = false, isPrepared = true }: SendOptions = {},
      ): Promise<string[][]> {
        const sent = statements.map(({ text, values }) => ({ text, values }))
        for (const { text, values } of sent) onQuery?.({ query: text, values })
        const request = { statements: sent, isPrepared, isHeavy }
        return watched(BATCH, lanes.queryAll(within(owner), request, queryByPrisma))
      },

      /**
       * One operation of the model API on behalf of one user, in a transaction under row-level security.
       *
       * @throws Error of Prisma, or DatabaseError if the database cannot be reached or did not answer in time
       */
      $asOwner<Answer>(
        owner: Owner | string,
        operation: (client: PrismaClient) => Prisma.PrismaPromise<Answer>,
        { isHeavy = false, isIdempotent = false }: OperationOptions = {},
      ): Promise<Answer> {
        const inTime = within(owner)
        const send = async (limitMs: number) => {
          const [, answer] = await client.$transaction([settingsOf(inTime.id, limitMs), operation(client)])
          return answer
        }
        return watched(MODEL_API, lanes.runOnPrisma(inTime, { isHeavy, isRead: isIdempotent }, send))
      },
    },
  })

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

/** What a statement does, as one of six words: a label must not depend on clients. For WITH, its first part decides. */
export const operationOf = (text: string) =>
  /^\s*(?:WITH\s+\w+\s+AS\s+\(\s*)?(SELECT|INSERT|UPDATE|DELETE|BATCH)\b/.exec(text)?.[1] ?? 'OTHER'

/** SQL that reads a timestamptz as RFC 3339 in UTC with milliseconds, whatever the session's time zone. */
export const instantSql = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
