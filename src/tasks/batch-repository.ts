import type { Client } from '../database/client.ts'
import { sqlState } from '../database/errors.ts'
import type { Owner } from '../database/owner.ts'
import type { Operation } from './batch-schemas.ts'
import { batchStatements } from './batch-statements.ts'
import type { Once } from './idempotency-statements.ts'
import { findTask } from './statements.ts'
import { findTrashedTask } from './trash-statements.ts'

/** A batch of so many operations costs about as much as a list. A larger one must not keep single calls waiting. */
const LIGHT_OPERATIONS = 10

export type BatchRepository = ReturnType<typeof createBatchRepository>

/**
 * Runs batches. The owner is the first argument and part of every statement: a task of another user is treated as not
 * found.
 *
 * @param trashDays how long the trash keeps a task; 0 deletes it at once
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
    const statements = batchStatements(owner.id, operations, trashDays, once)
    const isHeavy = operations.length > LIGHT_OPERATIONS
    const answers = await prisma.$queryJsonAll(owner, statements, { isHeavy })
    const results = once === undefined ? answers : answers.slice(0, -1)
    return results.slice(-operations.length).map(([text]) => text!)
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

/** The operation that made a batch fail, and why; undefined if the batch failed in another way. */
export function failedOperation(error: unknown): { index: number; isMissing: boolean } | undefined {
  const [, reason, index] = /^(NF|PF)(\d{3})$/.exec(sqlState(error) ?? '') ?? []
  return index === undefined ? undefined : { index: Number(index), isMissing: reason === 'NF' }
}
