import type { Client } from '../../database/client.ts'
import { sqlState } from '../../database/errors.ts'
import type { Owner } from '../../database/owner.ts'
import type { Operation } from './schemas.ts'
import { batchStatements, idOf, seriesChangeOf } from './statements.ts'
import type { Once } from '../idempotency-statements.ts'
import { MAX_TRIES, tooManyConflicts } from '../recurrence/repository.ts'
import { readSeries, type SeriesRow } from '../recurrence/statements.ts'
import { findTask } from '../statements.ts'
import { findTrashedTask } from '../trash/statements.ts'

/** A batch of this size costs about as much as a list. Larger ones must not make single calls wait. */
const LIGHT_OPERATIONS = 10

export type BatchRepository = ReturnType<typeof createBatchRepository>

/**
 * Runs batches. The owner is the first argument and part of every statement: a task of another user is treated as not
 * found.
 *
 * @param trashDays how long the trash keeps a task, in days; 0 means that there is no trash
 */
export const createBatchRepository = (prisma: Client, trashDays: number) => ({
  /**
   * Runs operations in order, in one transaction. Returns a text for each: the task as JSON, or the id of a task that
   * was deleted.
   *
   * @param once makes it an error (`isUsedKey`) to run it twice
   * @throws Error of which `failedOperation` tells the operation, if one finds no task or one that has changed
   *   meanwhile; nothing was changed
   * @throws a foreign key violation (23503) if the owner does not exist
   */
  async run(owner: Owner, operations: readonly Operation[], once?: Once): Promise<string[]> {
    const isHeavy = operations.length > LIGHT_OPERATIONS
    const send = async (rows?: ReadonlyMap<number, SeriesRow>) => {
      const statements = await batchStatements(owner.id, operations, trashDays, once, rows)
      const answers = await prisma.$queryJsonAll(owner, statements, { isHeavy })
      const results = once === undefined ? answers : answers.slice(0, -1)
      return results.slice(-operations.length).map(([text]) => text!)
    }
    if (!operations.some(setsRecurrence)) {
      const results = await send().catch((error: unknown) => mayBeRecurring(error, operations))
      if (results !== undefined) return results
    }
    return changeSeries(prisma, owner, operations, send)
  },

  /** The task that an operation names, as JSON: of the trash, if it is restored. */
  async findTask(
    owner: Owner,
    { op, id }: Exclude<Operation, { op: 'create' }>,
  ): Promise<string | undefined> {
    const statement =
      op === 'restore' ? findTrashedTask(owner.id, BigInt(id), trashDays) : findTask(owner.id, BigInt(id))
    return (await prisma.$queryJson(owner, statement))[0]
  },
})

const setsRecurrence = (operation: Operation) => operation.op === 'update' && Boolean(operation.recurrence)

/** @throws the error, unless an operation may have failed because its task repeats */
function mayBeRecurring(error: unknown, operations: readonly Operation[]): undefined {
  const { index, isMissing } = failedOperation(error) ?? {}
  if (index === undefined || !isMissing || !seriesChangeOf(operations[index]!)) throw error
}

/** Reads the tasks of a batch and sends the batch. Repeats both if a series has changed in between. */
async function changeSeries(
  prisma: Client,
  owner: Owner,
  operations: readonly Operation[],
  send: (rows: ReadonlyMap<number, SeriesRow>) => Promise<string[]>,
): Promise<string[]> {
  const ids = operations.flatMap((operation) => (operation.op === 'create' ? [] : [idOf(operation)]))
  let failed: SeriesRow | undefined
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = (await prisma.$queryJson(owner, readSeries(owner.id, ids))).map(
      (json) => JSON.parse(json) as SeriesRow,
    )
    const rows = new Map(found.map((row) => [row.id, row]))
    try {
      return await send(rows)
    } catch (error) {
      mayBeRecurring(error, operations)
      const operation = operations[failedOperation(error)!.index] as Exclude<Operation, { op: 'create' }>
      // If the task has not changed, there is another reason: perhaps the batch deletes it first.
      const row = rows.get(operation.id)
      if (row === undefined || row.updated_at === failed?.updated_at) throw error
      failed = row
    }
  }
  throw tooManyConflicts()
}

/** The operation that made a batch fail, and why; undefined if the batch failed in another way. */
export function failedOperation(error: unknown): { index: number; isMissing: boolean } | undefined {
  const [, reason, index] = /^(NF|PF)(\d{3})$/.exec(sqlState(error) ?? '') ?? []
  return index === undefined ? undefined : { index: Number(index), isMissing: reason === 'NF' }
}
