import { instantSql } from '../../database/client.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import {
  type IfMatch,
  ifMatching,
  ownTask,
  type Steps,
  taskJson,
  userExists,
} from '../conditional-statements.ts'
import { type Column, column, taskFields } from '../fields.ts'
import type { Position } from '../sorts.ts'
import { nextUpdate, tasksFrom } from '../statements.ts'

const { sql, raw, empty } = Prisma
type Sql = Prisma.Sql

/*
 * The statements that move tasks into the trash and back. Each move is one statement, so that a task is in exactly
 * one of the two tables. `trashDays` is how long the trash keeps a task, in days; 0 means that there is no trash.
 */

/** The columns of a task in the trash. A column of `tasks` that `deleted_tasks` lacks does not compile. */
const moved: Readonly<Record<Column, Prisma.DeletedTaskScalarFieldEnum>> = Prisma.TaskScalarFieldEnum
const columns = raw(Object.values(moved).join(', '))
const columnsOfRestored = raw(
  Object.values(moved)
    .map((name) => (name === 'updated_at' ? nextUpdate.sql : name))
    .join(', '),
)
const deletedAt = raw(Prisma.DeletedTaskScalarFieldEnum.deleted_at)

/** A task that has been in the trash for longer counts as deleted, even if it has not been purged yet. */
const isKept = (trashDays: number) => sql`${deletedAt} > now() - ${trashDays}::int * interval '24 hours'`

/** What is kept of tasks that are `gone`: without a trash only their ids, for the change feed. */
const keepTasks = sql`INSERT INTO deleted_tasks (${columns}) SELECT ${columns} FROM gone RETURNING ${column.id}`
const keepIds = sql`INSERT INTO deleted_task_ids (user_id, id) SELECT user_id, id FROM gone RETURNING id`

/** Moves a task to the trash, or deletes it permanently if there is no trash. Returns its id. */
export const deleteTask = (owner: string, id: bigint, trashDays: number, ifMatch?: IfMatch): Steps =>
  ifMatching(
    owner,
    id,
    ifMatch,
    (where) => ({
      first: sql`gone AS (DELETE FROM tasks ${where} RETURNING ${columns})`,
      last: trashDays === 0 ? keepIds : keepTasks,
    }),
    { and: sql`AND ${userExists(owner)}` },
  )

/** The same with all completed tasks. Returns their number. */
export const deleteCompletedTasks = (owner: string, trashDays: number): Sql =>
  sql`WITH gone AS (
      DELETE FROM tasks WHERE user_id = ${owner} AND ${column.completed} AND ${userExists(owner)}
      RETURNING ${columns}),
    kept AS (${trashDays === 0 ? keepIds : keepTasks})
    SELECT count(*) FROM kept`

/** Moves a task back from the trash, under its old id. Returns the task as JSON. */
export const restoreTask = (owner: string, id: bigint, trashDays: number, ifMatch?: IfMatch): Steps =>
  ifMatching(
    owner,
    id,
    ifMatch,
    (where) => ({
      first: sql`back AS (DELETE FROM deleted_tasks ${where} RETURNING ${columns})`,
      last: sql`INSERT INTO tasks (${columns}) SELECT ${columnsOfRestored} FROM back RETURNING ${taskJson}`,
    }),
    { table: raw('deleted_tasks'), and: sql`AND ${isKept(trashDays)} AND ${userExists(owner)}` },
  )

/** Permanently deletes a task in the trash. Returns its id. */
export const purgeTask = (owner: string, id: bigint, trashDays: number, ifMatch?: IfMatch): Steps =>
  ifMatching(
    owner,
    id,
    ifMatch,
    (where) => ({ last: sql`DELETE FROM deleted_tasks ${where} RETURNING ${column.id}` }),
    { table: raw('deleted_tasks'), and: sql`AND ${isKept(trashDays)} AND ${userExists(owner)}` },
  )

/** The same with every task of the trash. Returns their number. */
export const purgeAllTasks = (owner: string, trashDays: number): Sql =>
  sql`WITH gone AS (
      DELETE FROM deleted_tasks WHERE user_id = ${owner} AND ${isKept(trashDays)} AND ${userExists(owner)}
      RETURNING 1)
    SELECT count(*) FROM gone`

/** Reads a task of the trash as JSON. */
export const findTrashedTask = (owner: string, id: bigint, trashDays: number): Sql =>
  tasksFrom(sql`SELECT * FROM deleted_tasks ${ownTask(owner, id)} AND ${isKept(trashDays)}`)

/** Reads a page of the trash, newest deletion first: the tasks after a position. */
export function trashedTasks(owner: string, trashDays: number, limit: number, after?: Position): Sql {
  const isAfter = after
    ? sql`AND (${deletedAt}, ${column.id}) < (${after.key}::timestamptz, ${after.id})`
    : empty
  return sql`SELECT row_to_json(task) FROM (
    SELECT ${taskFields}, ${raw(instantSql(deletedAt.sql))} AS "deleted_at" FROM (
      SELECT * FROM deleted_tasks WHERE user_id = ${owner} AND ${isKept(trashDays)} ${isAfter}
      ORDER BY ${deletedAt} DESC, ${column.id} DESC LIMIT ${limit}) AS tasks) AS task`
}
