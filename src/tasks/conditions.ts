import { Prisma } from '../generated/prisma/client.ts'
import { type DueBound, dueBound, parseDueDate } from './due-date.ts'
import { column } from './fields.ts'
import { ranksOf } from './priorities.ts'
import type { ListQuery } from './query-schemas.ts'
import { namesOfTags } from './tags/names.ts'

const { sql, join } = Prisma

/* The SQL conditions of filters. */

/** What separates words: Unicode's White_Space. `fold_text` leaves no other white space in a text. */
const SEPARATOR = /\p{White_Space}+/u

/** The words of a search, without duplicates. */
export const wordsOf = (search: string): string[] => [
  ...new Set(search.split(SEPARATOR).filter((word) => word !== '')),
]

/**
 * Every word occurs in the title, the description or a tag. PostgreSQL folds both sides with the same function.
 * A word that folds to nothing, such as a lone accent, matches every text.
 * strpos has no wildcards. Unlike LIKE it lets the planner expect many matches, so a page is read along its
 * index until it is full. The subquery lets a prepared plan fold the word once, not for each task.
 */
export const containsAll = (words: string[]): Prisma.Sql =>
  join(
    words.map((word) => sql`strpos(search_text, (SELECT fold_text(${word}))) > 0`),
    ' AND ',
  )

const keysOf = (names: string) => sql`(SELECT fold_tags(${namesOfTags(names)}::text[]))`

/*
 * Conditions on tags. PostgreSQL folds both sides with the same function. Like strpos, and unlike the operators @> and
 * &&, these functions let the planner expect many matches.
 */

/** The task has all of these tags. */
export const hasAllTags = (names: string): Prisma.Sql => sql`arraycontains(tag_keys, ${keysOf(names)})`

/** The task has at least one of these tags. */
export const hasAnyTag = (names: string): Prisma.Sql => sql`arrayoverlap(tag_keys, ${keysOf(names)})`

/** The task has one of these priorities. */
export const hasPriority = (words: string): Prisma.Sql =>
  sql`priority_rank = ANY(${ranksOf(words)}::smallint[])`

/** Whether a task is due before a moment. Null for a task without a due date. */
export const isDueBefore = ({ day, at }: DueBound): Prisma.Sql =>
  sql`${column.due_at} < CASE WHEN ${column.due_all_day} THEN ${day}::timestamptz ELSE ${at}::timestamptz END`

/** The same for a moment in a query: a day or a timestamp. A day begins in the client's time zone. */
export const isDueBeforeText = (text: string, { time_zone }: ListQuery): Prisma.Sql =>
  isDueBefore(dueBound(parseDueDate(text)!, time_zone))

/** Pending, and due before now. Never null. */
export function isOverdue({ time_zone }: ListQuery): Prisma.Sql {
  const now = dueBound({ at: new Date().toISOString(), allDay: false }, time_zone)
  return sql`(NOT ${column.completed} AND ${column.due_at} IS NOT NULL AND ${isDueBefore(now)})`
}
