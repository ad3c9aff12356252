import { randomUUID } from 'node:crypto'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import type { Client } from './client.ts'
import { classify, sqlState } from './errors.ts'

type Reader = { findFirst(query: object): Prisma.PrismaPromise<unknown> }

/** Names every column and reads no row: WHERE 1=0. */
const NO_ROW = { where: { OR: [] } }

/** The model API of each model, by name: a new model is checked without a change here. */
const readers = (client: PrismaClient) =>
  Object.keys(Prisma.ModelName).map((name) => {
    const property = name.charAt(0).toLowerCase() + name.slice(1)
    return (client as unknown as Record<string, Reader>)[property]!
  })

/**
 * Checks that the database answers and has the tables and columns that this version needs. After the first success,
 * later calls only check that it answers.
 *
 * @returns a function that rejects with the reason why requests cannot be served
 */
export function createReadinessCheck(prisma: Client): () => Promise<void> {
  let isMigrated = false
  return async () => {
    if (isMigrated) {
      await prisma.$queryRaw`SELECT 1`
      return
    }
    for (let index = 0; index < Object.keys(Prisma.ModelName).length; index += 1)
      await prisma.$asOwner('', (client) => readers(client)[index]!.findFirst(NO_ROW), { isIdempotent: true })
    isMigrated = true
  }
}

/** The installed driver does not work as wire.ts expects. */
export class BrokenDriverError extends Error {
  constructor(options?: ErrorOptions) {
    super(
      'src/database/wire.ts does not work with the installed version of pg: install the version of package-lock.json, or set DATABASE_PIPELINE=off.',
      options,
    )
  }
}

/**
 * A round trip that checks what wire.ts relies on. The owner, the time limit and the statement reach the server as
 * intended. Statements that are sent together get their own answers, and one that fails does not affect the others. The
 * statements of a batch share a transaction, which ends at the first error.
 *
 * @throws BrokenDriverError if an update of the driver broke it
 * @throws Error if the database cannot be reached
 */
export async function checkPipeline(prisma: Client): Promise<void> {
  const owner = `self-check ${randomUUID()}`
  const settings = (number: number) => Prisma.sql`SELECT concat_ws(' ', current_setting('app.user_id'),
    ${number}::int, current_setting('statement_timeout') <> '0')`
  const division = (divisor: number) => Prisma.sql`SELECT 1 / ${divisor}::int`
  const ask = (statement: Prisma.Sql) => prisma.$queryJson(owner, statement)
  // The settings end with their transaction: the last statement sees them only if it is in the same one.
  const batch = (divisor: number) =>
    prisma.$queryJsonAll(owner, [settings(4), division(divisor), settings(5)])
  const expected = [
    [`${owner} 1 t`],
    DIVISION_BY_ZERO,
    [`${owner} 2 t`],
    DIVISION_BY_ZERO,
    [[`${owner} 4 t`], ['1'], [`${owner} 5 t`]],
    [`${owner} 3 t`],
  ]
  const answers = await Promise.all([
    ask(settings(1)),
    failureOf(ask(division(0))),
    ask(settings(2)),
    failureOf(batch(0)),
    batch(1),
    ask(settings(3)),
  ]).catch((error: Error) => {
    throw classify(error) === 'other' ? new BrokenDriverError({ cause: error }) : error
  })
  if (JSON.stringify(answers) !== JSON.stringify(expected)) throw new BrokenDriverError()
}

const DIVISION_BY_ZERO = '22012'

/** The SQLSTATE with which a statement fails because it divides by zero. Any other failure is thrown. */
const failureOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'none',
    (error: Error) => {
      if (sqlState(error) !== DIVISION_BY_ZERO) throw error
      return DIVISION_BY_ZERO
    },
  )
