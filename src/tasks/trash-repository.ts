import type { Client, SendOptions } from '../database/client.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { Position } from './sorts.ts'
import { deleteCompletedTasks, deleteTask, restoreTask, trashedTasks } from './trash-statements.ts'

const { sql } = Prisma
const HOUR_MS = 3_600_000
/** The owner of statements that belong to no user: row-level security shows them no row. */
const NOBODY = ''

export type TrashRepository = ReturnType<typeof createTrashRepository>

/**
 * Every query that deletes or restores tasks. The owner is the first argument and part of every statement: a task of
 * another user is treated as not found.
 *
 * @param trashDays how long the trash keeps a task; 0 deletes it at once
 */
export function createTrashRepository(prisma: Client, trashDays: number) {
  const one = async (owner: string, statement: Prisma.Sql, options?: SendOptions) =>
    (await prisma.$queryJson(owner, statement, options))[0]

  /** What the trash still keeps. Older tasks do not exist any more, whether or not they have been purged. */
  const kept = (owner: string) => ({
    user_id: owner,
    deleted_at: { gt: new Date(Date.now() - trashDays * 24 * HOUR_MS) },
  })

  return {
    /** Moves a task into the trash. Returns whether it existed. */
    delete: async (owner: string, id: bigint): Promise<boolean> =>
      (await one(owner, deleteTask(owner, id, trashDays))) !== undefined,

    /** Moves the completed tasks into the trash. Returns their number. */
    deleteCompleted: async (owner: string): Promise<number> =>
      Number(await one(owner, deleteCompletedTasks(owner, trashDays), { isHeavy: true })),

    /** Moves a task back from the trash. */
    restore: (owner: string, id: bigint) => one(owner, restoreTask(owner, id, trashDays)),

    /** The first `limit` tasks of the trash after a position, newest deletion first. */
    list: (owner: string, limit: number, after?: Position): Promise<string[]> =>
      prisma.$queryJson(owner, trashedTasks(owner, trashDays, limit, after)),

    /** Deletes a task of the trash for good. Returns whether it was there. */
    async remove(owner: string, id: bigint): Promise<boolean> {
      const where = { ...kept(owner), id }
      const { count } = await prisma.$asOwner(owner, ({ deletedTask }) => deletedTask.deleteMany({ where }))
      return count > 0
    },

    /** Deletes every task of the trash for good. Returns their number. */
    async empty(owner: string): Promise<number> {
      const where = kept(owner)
      const remove = prisma.$asOwner(owner, ({ deletedTask }) => deletedTask.deleteMany({ where }), {
        isHeavy: true,
      })
      return (await remove).count
    },

    /** Deletes at most `most` tasks, of all users, that the trash does not keep any more. Returns their number. */
    purge: async (most: number): Promise<number> =>
      Number(
        await one(NOBODY, sql`SELECT purge_deleted_tasks(${trashDays}::int, ${most}::int)`, {
          isHeavy: true,
        }),
      ),
  }
}
