import type { Client, SendOptions } from '../database/client.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { DueBound } from './due-date.ts'
import { column, summaryFields } from './fields.ts'
import { isDueBefore } from './filters.ts'
import type { NewTask, TaskChanges } from './schemas.ts'
import { idsOf, matching, pageOf, type Selection, tasksOf } from './selection.ts'
import { findTask, insertTask, tasksFrom, toggleTask, updateTask } from './statements.ts'

const { sql } = Prisma
type Sql = Prisma.Sql

/** The cost of these statements grows with the number of the owner's tasks. */
const HEAVY: SendOptions = { isHeavy: true }
/** Skipping a task costs about 2 µs. Below this offset a page costs little more than the first one. */
const LIGHT_OFFSET = 1000

export type TaskRepository = ReturnType<typeof createTaskRepository>

/**
 * Every query on tasks, except those that delete and restore them (trash-repository.ts). The owner is the first argument and part of every statement: a task of another user is
 * treated as not found. Tasks are returned as JSON texts.
 */
export function createTaskRepository(prisma: Client) {
  const one = async (owner: string, statement: Sql, options?: SendOptions) =>
    (await prisma.$queryJson(owner, statement, options))[0]

  return {
    find: (owner: string, id: bigint) => one(owner, findTask(owner, id)),

    /** @throws a foreign key violation (23503) if the owner does not exist */
    create: async (owner: string, task: NewTask): Promise<string> =>
      (await one(owner, insertTask(owner, task)))!,

    /** Changes the given fields. If they all have these values already, updated_at stays as it is. */
    update: (owner: string, id: bigint, changes: TaskChanges) => one(owner, updateTask(owner, id, changes)),

    /** Flips the state. */
    toggle: (owner: string, id: bigint) => one(owner, toggleTask(owner, id)),

    /** The first `limit` tasks of a selection after `offset` others. */
    list: (owner: string, selection: Selection, limit: number, offset = 0): Promise<string[]> =>
      prisma.$queryJson(owner, tasksFrom(pageOf(owner, selection, limit, offset)), {
        isHeavy: selection.mayScan || offset > LIGHT_OFFSET,
      }),

    /** The ids of a selection, in its order, as one text: `3,1,2`. Those in `without`, such a text, are left out. */
    listIds: async (owner: string, selection: Selection, without: string): Promise<string> =>
      (await one(owner, idsOf(owner, selection, without), HEAVY)) ?? '',

    /** Those of these tasks that are in the selection, in the order of `ids` (`3,1,2`). */
    listByIds: (owner: string, selection: Selection, ids: string): Promise<string[]> =>
      prisma.$queryJson(owner, tasksFrom(tasksOf(owner, selection, ids)), HEAVY),

    /** The number of tasks in a selection, wherever a page of it begins. */
    async count(owner: string, selection: Selection): Promise<number> {
      const where = matching(owner, { ...selection, after: undefined })
      const options = { ...HEAVY, isPrepared: !selection.mayScan }
      return Number(await one(owner, sql`SELECT count(*) FROM tasks WHERE ${where}`, options))
    },

    /** The counts, as a JSON text. */
    async summarize(owner: string, now: DueBound): Promise<string> {
      const json = await one(
        owner,
        sql`SELECT row_to_json(summary) FROM (SELECT ${summaryFields} FROM (
          SELECT count(*) AS total,
            count(*) FILTER (WHERE NOT ${column.completed}) AS pending,
            count(*) FILTER (WHERE ${column.completed}) AS completed,
            count(*) FILTER (WHERE NOT ${column.completed} AND ${isDueBefore(now)}) AS overdue
          FROM tasks WHERE user_id = ${owner}) AS counts) AS summary`,
        { ...HEAVY, isPrepared: true },
      )
      return json!
    },
  }
}
