import { Prisma } from '../../generated/prisma/client.ts'
import { type IfMatch, ifMatching, ownTask, type Steps, userExists } from '../conditional-statements.ts'
import { type Column, column, copiedColumns, taskFields, valuesOf } from '../fields.ts'
import { nextOf, type Series } from './series.ts'
import { requireSeries } from './check.ts'
import { completeRecurrence } from './rule.ts'
import type { Task } from '../schemas.ts'
import { type Change, concernsSeries, namesOf, toggleTask, update, updateTask } from '../statements.ts'

const { sql, raw, join, empty } = Prisma
type Sql = Prisma.Sql

/*
 * Changes of recurring tasks. Node computes the next date from the rule in the row, so the task is read first. The
 * statement that changes the task has a condition: the series is still the one that was read.
 */

/** The fields of a read task on which its series depends. */
export interface Seen extends Pick<Task, 'due_date' | 'recurrence'> {
  /** The next task, if it has been deleted: completing the task again creates another one. */
  deletedNext: number | null
}

const TABLES = ['tasks', 'deleted_tasks'] as const

/** Reads tasks as JSON, with one more field: `next_is_deleted`. A batch can restore tasks, so it also reads the trash. */
export const readSeries = (owner: string, ids: readonly bigint[], tables: readonly string[] = TABLES): Sql =>
  sql`SELECT row_to_json(task) FROM (${join(
    tables.map(
      (table) => sql`SELECT ${taskFields}, next_task_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM tasks AS next WHERE next.user_id = ${owner} AND next.id = mine.next_task_id) AS next_is_deleted
      FROM ${raw(table)} AS mine WHERE user_id = ${owner} AND ${column.id} = ANY(${`{${ids.join()}}`}::bigint[])`,
    ),
    ' UNION ALL ',
  )}) AS task`

export type SeriesRow = Task & { next_is_deleted: boolean }

/** The fields of a row on which its series depends. */
export const seenIn = ({ due_date, recurrence, next_task_id, next_is_deleted }: SeriesRow): Seen => ({
  due_date,
  recurrence,
  deletedNext: next_is_deleted ? next_task_id : null,
})

/** The read fields as they are after a change. */
export function afterChange(seen: Seen, change: Change): Seen {
  if (change === 'toggle') return seen
  const { due_date = seen.due_date, recurrence } = change
  if (recurrence === undefined) return { ...seen, due_date }
  return { ...seen, due_date, recurrence: recurrence && completeRecurrence(recurrence) }
}

/**
 * The statement of a change. Without `seen`, a change that concerns the series does not find a recurring task.
 *
 * @param at path of the change in the body, for error messages: `operations/3/`
 * @throws problem 400 `validation_failed` if the task would have a rule that does not fit its due date
 */
export function changeTask(
  owner: string,
  id: bigint,
  change: Change,
  { ifMatch, seen, at = '' }: { ifMatch?: IfMatch; seen?: Seen | undefined; at?: string },
): Steps {
  const isToggle = change === 'toggle'
  const usual = () => (isToggle ? toggleTask(owner, id, ifMatch) : updateTask(owner, id, change, ifMatch))
  if (seen === undefined || !concernsSeries(change)) return usual()
  const after = afterChange(seen, change)
  if (seen.recurrence === null && after.recurrence === null) return usual()
  if (JSON.stringify(after) !== JSON.stringify(seen)) requireSeries(after, at)
  const { due_date, recurrence } = after
  const completes = isToggle || change.completed === true
  const next = completes && recurrence && due_date ? nextOf({ due_date, recurrence }, Date.now()) : undefined
  return changeSeries(owner, id, { change, seen, next, ifMatch })
}

interface SeriesChange {
  change: Change
  seen: Seen
  /** The next occurrence, which is created if the change completes the task. */
  next?: Series | undefined
  ifMatch: IfMatch
  /** Whether the statement changes the task only if it is pending. */
  isPending?: boolean
}

/**
 * One statement that locks the task, creates the next occurrence if the task is pending and has none, and changes the
 * task. Because of the lock, only the first of several concurrent statements that complete a task finds it pending.
 */
export function changeSeries(
  owner: string,
  id: bigint,
  { change, seen, next, ifMatch, isPending }: SeriesChange,
): Steps {
  const [names, values] = columnsOf(valuesOf({ due_date: seen.due_date, recurrence: seen.recurrence }))
  const isSeen = sql`AND ROW(${names}) IS NOT DISTINCT FROM ROW(${values})
    ${isPending ? sql`AND NOT ${column.completed}` : empty} AND ${userExists(owner)}`
  const sent: [Column, Sql][] =
    change === 'toggle' ? [['completed', sql`NOT ${column.completed}`]] : valuesOf(change)
  const nextId = sql`COALESCE((SELECT id FROM created), ${column.next_task_id})`
  const created = next ? sql`, created AS (${insertNext(next, sent, seen.deletedNext)})` : empty
  return ifMatching(
    owner,
    id,
    ifMatch,
    (where) => ({
      first: sql`locked AS MATERIALIZED (SELECT * FROM tasks ${where} FOR UPDATE)${created}`,
      last: update(
        next ? [...sent, ['next_task_id', nextId]] : sent,
        ownTask(owner, sql`(SELECT id FROM locked)`),
      ),
    }),
    { and: isSeen },
  )
}

/** Creates the next occurrence of the locked task. It has the fields of the task as the change leaves them. */
function insertNext(next: Series, sent: readonly [Column, Sql][], deletedNext: number | null): Sql {
  const given = new Map(sent)
  const [columns, fields] = columnsOf([
    ...copiedColumns.map((name) => [name, given.get(name) ?? column[name]] as const),
    ...valuesOf(next),
  ])
  return sql`INSERT INTO tasks (user_id, ${columns}) SELECT user_id, ${fields} FROM locked
    WHERE NOT ${column.completed} AND (${column.next_task_id} IS NULL OR ${column.next_task_id} = ${deletedNext}::bigint)
    RETURNING id`
}

const columnsOf = (values: readonly (readonly [string, Sql])[]) =>
  [namesOf(values), join(values.map(([, value]) => value))] as const
