import type { Client, SendOptions } from '../../database/client.ts'
import { NOBODY, type Owner } from '../../database/owner.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { accepted, type IfMatch, inOneStatement } from '../conditional-statements.ts'
import type { Position } from '../sorts.ts'
import {
  deleteCompletedTasks,
  deleteTask,
  purgeAllTasks,
  purgeTask,
  restoreTask,
  trashedTasks,
} from './statements.ts'

const { sql } = Prisma

export type TrashRepository = ReturnType<typeof createTrashRepository>

/**
 * Every query that deletes or restores tasks. The owner is the first argument and part of every statement: a task of
 * another user is treated as not found.
 *
 * @param trashDays how long the trash keeps a task, in days; 0 means that there is no trash
 */
export function createTrashRepository(prisma: Client, trashDays: number) {
  const one = async (owner: Owner, statement: Prisma.Sql, options?: SendOptions) =>
    (await prisma.$queryJson(owner, statement, options))[0]

  return {
    /**
     * Moves a task into the trash. Returns whether it existed.
     *
     * @throws problem 412 `precondition_failed` if the task has none of the tags of `ifMatch`
     */
    delete: async (owner: Owner, id: bigint, ifMatch?: IfMatch): Promise<boolean> =>
      accepted(await one(owner, inOneStatement(deleteTask(owner.id, id, trashDays, ifMatch)))) !== undefined,

    /** Moves the completed tasks into the trash. Returns their number. */
    deleteCompleted: async (owner: Owner): Promise<number> =>
      Number(await one(owner, deleteCompletedTasks(owner.id, trashDays), { isHeavy: true })),

    /**
     * Moves a task back from the trash.
     *
     * @throws problem 412 `precondition_failed` if the task has none of the tags of `ifMatch`
     */
    restore: async (owner: Owner, id: bigint, ifMatch?: IfMatch) =>
      accepted(await one(owner, inOneStatement(restoreTask(owner.id, id, trashDays, ifMatch)))),

    /** The first `limit` tasks of the trash after a position, newest deletion first. */
    list: (owner: Owner, limit: number, after?: Position): Promise<string[]> =>
      prisma.$queryJson(owner, trashedTasks(owner.id, trashDays, limit, after)),

    /**
     * Permanently deletes a task in the trash. Returns whether it was there.
     *
     * @throws problem 412 `precondition_failed` if the task has none of the tags of `ifMatch`
     */
    remove: async (owner: Owner, id: bigint, ifMatch?: IfMatch): Promise<boolean> =>
      accepted(await one(owner, inOneStatement(purgeTask(owner.id, id, trashDays, ifMatch)))) !== undefined,

    /** Permanently deletes every task in the trash. Returns their number. */
    empty: async (owner: Owner): Promise<number> =>
      Number(await one(owner, purgeAllTasks(owner.id, trashDays), { isHeavy: true })),

    /** Deletes at most `most` tasks, of all users, that the trash does not keep any more. Returns their number. */
    purge: async (most: number): Promise<number> =>
      Number(
        await one(NOBODY, sql`SELECT purge_deleted_tasks(${trashDays}::int, ${most}::int)`, {
          isHeavy: true,
        }),
      ),
  }
}
