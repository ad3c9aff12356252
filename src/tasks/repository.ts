import type { Client, SendOptions } from '../database/client.ts'
import type { Owner } from '../database/owner.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { isDueBefore } from './conditions.ts'
import type { DueBound } from './due-date.ts'
import { column, summaryFields } from './fields.ts'
import { insertTaskOnce, type Once } from './idempotency-statements.ts'
import { createSeriesQueries } from './recurrence/repository.ts'
import { requireSeries } from './recurrence/check.ts'
import type { NewTask } from './schemas.ts'
import { idsOf, matching, pageOf, type Selection, tasksOf } from './selection.ts'
import { deleteTag, listTags, renameTag } from './tags/statements.ts'
import { findTask, insertTask, tasksFrom } from './statements.ts'

const { sql } = Prisma
type Sql = Prisma.Sql

/** The cost of these statements grows with the number of the owner's tasks. */
const HEAVY: SendOptions = { isHeavy: true }
/** Skipping a task costs about 2 µs. Below this offset a page costs little more than the first one. */
const LIGHT_OFFSET = 1000
/** Rows of a large answer, which keeps the event loop busy for a millisecond or more. */
const LARGE = 100

export type TaskRepository = ReturnType<typeof createTaskRepository>

/**
 * Every query on tasks, except those that delete and restore them (trash/repository.ts). The owner is the first argument
 * and part of every statement: a task of another user is treated as not found. Tasks are returned as JSON texts.
 */
export function createTaskRepository(prisma: Client) {
  const one = async (owner: Owner, statement: Sql, options?: SendOptions) =>
    (await prisma.$queryJson(owner, statement, options))[0]

  return {
    find: (owner: Owner, id: bigint) => one(owner, findTask(owner.id, id)),

    /**
     * @param once makes it an error (`isUsedKey`) to create it twice
     * @throws a foreign key violation (23503) if the owner does not exist
     * @throws problem 400 `validation_failed` if its recurrence does not fit its due date
     */
    async create(owner: Owner, task: NewTask, once?: Once): Promise<string> {
      requireSeries(task)
      return (await one(owner, once ? insertTaskOnce(owner.id, task, once) : insertTask(owner.id, task)))!
    },

    ...createSeriesQueries(prisma),

    /** The first `limit` tasks of a selection after `offset` others. */
    list: (owner: Owner, selection: Selection, limit: number, offset = 0): Promise<string[]> =>
      prisma.$queryJson(owner, tasksFrom(pageOf(owner.id, selection, limit, offset)), {
        isHeavy: selection.mayScan || offset > LIGHT_OFFSET,
        isPrepared: selection.isPrepared && offset <= LIGHT_OFFSET,
        isLarge: limit > LARGE,
      }),

    /** The ids of a selection, in its order, `size` in each text: `3,1,2`. The ids in `without` (`4,5`) are left out. */
    listIds: (owner: Owner, selection: Selection, without: string, size: number): Promise<string[]> =>
      prisma.$queryJson(owner, idsOf(owner.id, selection, without, size), HEAVY),

    /** The tasks of `ids` (`3,1,2`) that are in the selection, in the order of `ids`. */
    listByIds: (owner: Owner, selection: Selection, ids: string): Promise<string[]> =>
      prisma.$queryJson(owner, tasksFrom(tasksOf(owner.id, selection, ids)), { ...HEAVY, isLarge: true }),

    /** The number of tasks in a selection, wherever a page of it begins. */
    async count(owner: Owner, selection: Selection): Promise<number> {
      const where = matching(owner.id, { ...selection, after: undefined })
      const options = { ...HEAVY, isPrepared: !selection.mayScan }
      return Number(await one(owner, sql`SELECT count(*) FROM tasks WHERE ${where}`, options))
    },

    /** The tags by name, each as a JSON text. */
    listTags: (owner: Owner): Promise<string[]> => prisma.$queryJson(owner, listTags(owner.id), HEAVY),

    /** Returns the number of changed tasks, as a JSON text. */
    renameTag: async (owner: Owner, name: string, newName: string): Promise<string> =>
      (await one(owner, renameTag(owner.id, name, newName), HEAVY))!,

    /** Returns the number of changed tasks, as a JSON text. */
    deleteTag: async (owner: Owner, name: string): Promise<string> =>
      (await one(owner, deleteTag(owner.id, name), HEAVY))!,

    /** The counts, as a JSON text. */
    async summarize(owner: Owner, now: DueBound): Promise<string> {
      const json = await one(
        owner,
        sql`SELECT row_to_json(summary) FROM (SELECT ${summaryFields} FROM (
          SELECT count(*) AS total,
            count(*) FILTER (WHERE NOT ${column.completed}) AS pending,
            count(*) FILTER (WHERE ${column.completed}) AS completed,
            count(*) FILTER (WHERE NOT ${column.completed} AND ${isDueBefore(now)}) AS overdue
          FROM tasks WHERE user_id = ${owner.id}) AS counts) AS summary`,
        { ...HEAVY, isPrepared: true },
      )
      return json!
    },
  }
}
