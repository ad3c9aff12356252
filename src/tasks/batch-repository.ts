import type { Client } from '../database/client.ts'
import { sqlState } from '../database/errors.ts'
import type { Owner } from '../database/owner.ts'
import type { Operation } from './batch-schemas.ts'
import { batchStatements } from './batch-statements.ts'

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
   * @throws Error of which `operationWithoutTask` tells the operation, if one finds no task; nothing was changed
   * @throws a foreign key violation (23503) if the owner does not exist
   */
  async run(owner: Owner, operations: readonly Operation[]): Promise<string[]> {
    const statements = batchStatements(owner.id, operations, trashDays)
    const isHeavy = operations.length > LIGHT_OPERATIONS
    const answers = await prisma.$queryJsonAll(owner, statements, { isHeavy })
    return answers.slice(-operations.length).map(([text]) => text!)
  },
})

/** The index of the operation that found no task; undefined if the batch failed in another way. */
export function operationWithoutTask(error: unknown): number | undefined {
  const index = /^NF(\d{3})$/.exec(sqlState(error) ?? '')?.[1]
  return index === undefined ? undefined : Number(index)
}
