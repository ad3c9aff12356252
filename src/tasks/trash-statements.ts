import { instantSql } from '../database/client.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { type Column, column, taskFields } from './fields.ts'
import type { Position } from './sorts.ts'
import { changedTask, nextUpdate, ownTask } from './statements.ts'

const { sql, raw, empty } = Prisma
type Sql = Prisma.Sql

/*
 * The statements that move tasks into the trash and back. Each move is one statement, so that a task is in exactly
 * one of the two tables. `trashDays` is how long the trash keeps a task; 0 means that there is no trash.
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

/**
 * Locks the user's row before those of tasks, in the same order as the statement that deletes the user. The foreign key
 * would lock it afterwards, and one of the two statements could end in a deadlock.
 */
const userExists = (owner: string) => sql`EXISTS (SELECT FROM users WHERE id = ${owner} FOR KEY SHARE)`

/** A task that has been in the trash for longer does not exist any more, whether or not it has been purged. */
const isKept = (trashDays: number) => sql`${deletedAt} > now() - ${trashDays}::int * interval '24 hours'`

/** Moves a task into the trash. Returns its id. */
export const deleteTask = (owner: string, id: bigint, trashDays: number): Sql =>
  trashDays === 0
    ? sql`DELETE FROM tasks ${ownTask(owner, id)} RETURNING ${column.id}`
    : sql`WITH gone AS (
        DELETE FROM tasks ${ownTask(owner, id)} AND ${userExists(owner)} RETURNING ${columns})
      INSERT INTO deleted_tasks (${columns}) SELECT ${columns} FROM gone RETURNING ${column.id}`

/** Moves the completed tasks into the trash. Returns their number. */
export const deleteCompletedTasks = (owner: string, trashDays: number): Sql =>
  trashDays === 0
    ? sql`WITH gone AS (DELETE FROM tasks WHERE user_id = ${owner} AND ${column.completed} RETURNING ${column.id})
      SELECT count(*) FROM gone`
    : sql`WITH gone AS (
        DELETE FROM tasks WHERE user_id = ${owner} AND ${column.completed} AND ${userExists(owner)}
        RETURNING ${columns}),
      trash AS (INSERT INTO deleted_tasks (${columns}) SELECT ${columns} FROM gone RETURNING ${column.id})
      SELECT count(*) FROM trash`

/** Moves a task back from the trash, under its old id. Returns the task as JSON. */
export const restoreTask = (owner: string, id: bigint, trashDays: number): Sql =>
  sql`WITH back AS (
      DELETE FROM deleted_tasks ${ownTask(owner, id)} AND ${isKept(trashDays)} AND ${userExists(owner)}
      RETURNING ${columns})
    INSERT INTO tasks (${columns}) SELECT ${columnsOfRestored} FROM back RETURNING ${changedTask}`

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
