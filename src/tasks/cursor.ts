import { hash } from 'node:crypto'
import { isStorable } from './formats.ts'
import type { ListQuery, Task } from './schemas.ts'
import { parseDueDate } from './due-date.ts'
import { wordsOf } from './search.ts'

/** The last task of a page, as the order sees it: the next page begins behind it. */
export interface Position {
  /** Text of the sorted column; null where the task has no due date. */
  key: string | null
  id: bigint
}

export type Sort = 'created' | 'title' | 'due_date' | 'updated'

const keys: Record<Sort, { of: (task: Task) => string | null; isValid: (key: unknown) => boolean }> = {
  created: { of: (task) => task.created_at, isValid: isInstant },
  updated: { of: (task) => task.updated_at, isValid: isInstant },
  title: { of: (task) => task.title, isValid: isTitle },
  due_date: {
    of: ({ due_date }) => (due_date === null ? null : parseDueDate(due_date)!.at),
    isValid: (key) => key === null || isInstant(key),
  },
}

/** In the form in which tasks carry it: PostgreSQL does not take all others that due dates may have. */
function isInstant(key: unknown): boolean {
  return typeof key === 'string' && parseDueDate(key)?.at === key
}

function isTitle(key: unknown): boolean {
  return typeof key === 'string' && key.length <= 400 && isStorable(key)
}

/** What a cursor is tied to: everything that decides which tasks a list holds, and in which order. */
function fingerprint(query: ListQuery): string {
  const { sort, order, status, overdue, due_from, due_before, time_zone } = query
  const filters = [status, overdue, due_from, due_before, time_zone, wordsOf(query)]
  return hash('sha1', JSON.stringify([sort, order, ...filters]), 'base64url').slice(0, 8)
}

/** Where the list goes on behind a task. */
export const positionBehind = (task: Task, sort: Sort): Position => ({
  key: keys[sort].of(task),
  id: BigInt(task.id),
})

/** The cursor of the page behind `last`; base64url of `[fingerprint, key, id]`. */
export function encodeCursor(query: ListQuery, sort: Sort, last: Task): string {
  return Buffer.from(JSON.stringify([fingerprint(query), keys[sort].of(last), String(last.id)])).toString(
    'base64url',
  )
}

/** Undefined for text that is no cursor, or one of a list with another order or other filters. */
export function decodeCursor(query: ListQuery, sort: Sort, cursor: string): Position | undefined {
  try {
    const [tie, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const isValid = tie === fingerprint(query) && keys[sort].isValid(key) && /^\d{1,18}$/.test(String(id))
    return isValid ? { key: key as string | null, id: BigInt(id as string) } : undefined
  } catch {
    return undefined
  }
}
