import { Prisma } from '../generated/prisma/client.ts'
import type { Position, Sort } from './cursor.ts'
import type { DueBound } from './due-date.ts'
import { containsAll } from './search.ts'

const { sql, raw, join } = Prisma
type Sql = Prisma.Sql

/** Which of the owner's tasks, in which order. */
export interface Selection {
  completed?: boolean | undefined
  /** Pending tasks that were due before this moment, or everything but them. */
  overdue?: { is: boolean; now: DueBound } | undefined
  dueFrom?: DueBound | undefined
  dueBefore?: DueBound | undefined
  /** Each occurs in the title or the description. */
  words?: string[] | undefined
  sort: Sort
  order: 'asc' | 'desc'
  after?: Position | undefined
}

export const isDueBefore = ({ day, at }: DueBound) =>
  sql`due_at < CASE WHEN due_all_day THEN ${day}::timestamptz ELSE ${at}::timestamptz END`

export function conditions(
  owner: string,
  { completed, overdue, dueFrom, dueBefore, words = [], after, sort, order }: Selection,
): Sql {
  const isOverdue = overdue && sql`(NOT completed AND due_at IS NOT NULL AND ${isDueBefore(overdue.now)})`
  const all = [
    sql`user_id = ${owner}`,
    completed === undefined ? undefined : sql`completed = ${completed}`,
    overdue && (overdue.is ? isOverdue : sql`NOT ${isOverdue}`),
    dueFrom && sql`NOT (${isDueBefore(dueFrom)})`,
    dueBefore && isDueBefore(dueBefore),
    after && isBehind(after, sort, order),
    words.length > 0 ? containsAll(words) : undefined,
  ]
  return join(
    all.filter((condition) => condition !== undefined),
    ' AND ',
  )
}

const sortedColumns: Record<Sort, string> = {
  created: 'created_at',
  updated: 'updated_at',
  due_date: 'due_at',
  title: 'title COLLATE task_title',
}

const orderBy = ({ sort, order }: Selection) =>
  raw(`${sortedColumns[sort]} ${order} ${sort === 'due_date' ? 'NULLS LAST' : ''}, id ${order}`)

/** The page's tasks, whose fields are read by nothing that skips them. */
export const pageOf = (owner: string, selection: Selection, limit: number, offset: number) =>
  sql`SELECT * FROM ${candidates(owner, selection, limit + offset)}
    ORDER BY ${orderBy(selection)} LIMIT ${limit} OFFSET ${offset}`

/**
 * The tasks among which a page is found, of which it needs no more than the first `most`. The index of due dates
 * ends with the tasks that have none, which is their place in one direction only, and what lies behind a due date
 * are two of its ranges. So the dated tasks and the others are read apart, each along the index, the others only
 * as far as the dated leave room.
 */
function candidates(owner: string, selection: Selection, most: number): Sql {
  const { sort, order, after } = selection
  if (sort !== 'due_date' || (order === 'asc' && after === undefined))
    return sql`tasks WHERE ${conditions(owner, selection)}`
  const undated = { ...selection, after: after?.key === null ? after : undefined }
  const alongIndex = raw(`due_at ${order}, id ${order}`)
  return sql`(
    WITH dated AS (
      SELECT * FROM tasks WHERE ${conditions(owner, selection)} AND due_at IS NOT NULL
      ORDER BY ${alongIndex} LIMIT ${most}),
    undated AS (
      SELECT * FROM tasks WHERE ${conditions(owner, undated)} AND due_at IS NULL
      ORDER BY ${alongIndex} LIMIT ${most} - (SELECT count(*) FROM dated))
    SELECT * FROM dated UNION ALL SELECT * FROM undated) AS tasks`
}

/** Keyset condition. Ties go by id, so every order is total and pages never overlap. */
function isBehind({ key, id }: Position, sort: Sort, order: 'asc' | 'desc'): Sql {
  const beyond = raw(order === 'asc' ? '>' : '<')
  if (key === null) return sql`due_at IS NULL AND id ${beyond} ${id}`
  const value = sort === 'title' ? sql`${key} COLLATE task_title` : sql`${key}::timestamptz`
  return sql`(${raw(sortedColumns[sort])}, id) ${beyond} (${value}, ${id})`
}
