import { Prisma } from '../generated/prisma/client.ts'
import {
  findMatching,
  type IfMatch,
  ifMatching,
  ownTask,
  type Steps,
  taskJson,
} from './conditional-statements.ts'
import { type Column, column, taskFields, valuesOf, valuesOfNew } from './fields.ts'
import type { NewTask, TaskChanges } from './schemas.ts'

const { sql, raw, join, empty } = Prisma
type Sql = Prisma.Sql

/*
 * The statements on single tasks. Each names the owner: a task of another user is treated as not found. Each returns
 * the task as JSON, or no row if there is no such task. A statement is built here and sent elsewhere, by itself or
 * with others in one transaction.
 */

/** Grows with every change, also within a millisecond and when the clock is set back. */
export const nextUpdate = sql`GREATEST(now(), ${column.updated_at} + interval '1 millisecond')`

/** For the change feed: every UPDATE of tasks says which transaction it belongs to. */
export const changedNow = sql`changed_xid = pg_current_xact_id()`

/** Reads the tasks of a subquery as JSON. */
export const tasksFrom = (rows: Sql) =>
  sql`SELECT row_to_json(task) FROM (SELECT ${taskFields} FROM (${rows}) AS tasks) AS task`

export const findTask = (owner: string, id: bigint) =>
  tasksFrom(sql`SELECT * FROM tasks ${ownTask(owner, id)}`)

/** PostgreSQL refuses it with a foreign key violation (23503) if the owner does not exist. */
export function insertTask(owner: string, task: NewTask): Sql {
  const values = valuesOfNew(task)
  return sql`INSERT INTO tasks (user_id, ${namesOf(values)})
    VALUES (${owner}, ${join(values.map(([, value]) => value))}) RETURNING ${taskJson}`
}

/**
 * Completing a recurring task, or changing its due date, takes more than one statement (recurrence/statements.ts). These
 * statements do not find such a task.
 */
const doesNotRepeat = sql`AND ${column.recurrence} IS NULL`

/** A change of fields, or a toggle of the state. */
export type Change = TaskChanges | 'toggle'

/** Whether a change may complete the task, or may affect its next date. */
export function concernsSeries(change: Change): boolean {
  if (change === 'toggle') return true
  const { completed, due_date, recurrence } = change
  // Without a recurrence there is no next date.
  return recurrence !== null && (completed === true || due_date !== undefined || recurrence !== undefined)
}

/** Changes the given fields. If they all have these values already, updated_at stays as it is. */
export function updateTask(owner: string, id: bigint, changes: TaskChanges, ifMatch?: IfMatch): Steps {
  const values = valuesOf(changes)
  if (values.length === 0) return ifMatch ? findMatching(owner, id, ifMatch) : { last: findTask(owner, id) }
  const and = concernsSeries(changes) ? doesNotRepeat : empty
  return ifMatching(owner, id, ifMatch, (where) => ({ last: update(values, where) }), { and })
}

/** Sets columns. If they all have these values already, updated_at stays as it is. */
export function update(values: readonly (readonly [Column, Sql])[], where: Sql): Sql {
  const names = namesOf(values)
  const row = join(values.map(([, value]) => value))
  return sql`UPDATE tasks SET (${names}, ${column.updated_at}) = ROW(${row},
      CASE WHEN ROW(${names}) IS DISTINCT FROM ROW(${row}) THEN ${nextUpdate} ELSE ${column.updated_at} END),
      ${changedNow}
    ${where} RETURNING ${taskJson}`
}

/** Toggles the state in one statement, so two toggles at the same time toggle it twice. */
export const toggleTask = (owner: string, id: bigint, ifMatch?: IfMatch) =>
  ifMatching(
    owner,
    id,
    ifMatch,
    (where) => ({
      last: sql`UPDATE tasks SET ${column.completed} = NOT ${column.completed}, ${column.updated_at} = ${nextUpdate},
    ${changedNow} ${where} RETURNING ${taskJson}`,
    }),
    { and: doesNotRepeat },
  )

/** The column names of values, as a list in SQL. */
export const namesOf = (values: readonly (readonly [string, Sql])[]) =>
  raw(values.map(([name]) => name).join(', '))
