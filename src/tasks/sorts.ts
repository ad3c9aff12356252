import { Prisma, type Task as TaskRow } from '../generated/prisma/client.ts'
import { parseDueDate } from './due-date.ts'
import { type Column, column } from './fields.ts'
import { isStorable } from './formats.ts'
import { PRIORITIES, rankOf } from './priorities.ts'
import type { Task } from './schemas.ts'

const { sql, raw } = Prisma

export type Order = 'asc' | 'desc'

/** The position of the last task of a page in its sort: the next page begins after it. */
export interface Position {
  /** The text of the sorted column; null if the column is null. */
  key: string | null
  id: bigint
}

/** How a list is sorted by one column. Ties are sorted by id, so every order is total. */
interface SortBy<Name extends Column> {
  /** The words for it in `sort`. */
  readonly names: readonly string[]
  readonly column: Name
  /** The column that PostgreSQL generates from it, if that one is sorted. */
  readonly generated?: string
  /** SQL type of the sorted column. */
  readonly type: string
  readonly collation?: string
  /** The order if the client does not ask for one. */
  readonly order: Order
  /** Whether the column can be null. Tasks without a value come last in either order. */
  readonly isNullable: null extends TaskRow[Name] ? true : false
  /** The text of the sorted column, from the task as clients see it. */
  readonly keyOf: (task: Task) => string | (null extends TaskRow[Name] ? null : never)
  /** Whether a text can be a key. Cursors come from clients, so PostgreSQL must accept every text that passes. */
  readonly isKey: (key: string) => boolean
}

/** Whether a text is a timestamp as answers write it. PostgreSQL does not accept every form that clients can send. */
export const isInstant = (key: string) => parseDueDate(key)?.at === key
const isTitle = (key: string) => key.length <= 400 && isStorable(key)

/** Every sort of a list, the default first. The words of `sort`, the keys of cursors and the SQL come from here. */
const sorts = {
  created: {
    names: ['created', 'created_at'],
    column: 'created_at',
    type: 'timestamptz',
    order: 'desc',
    isNullable: false,
    keyOf: (task: Task) => task.created_at,
    isKey: isInstant,
  },
  title: {
    names: ['title'],
    column: 'title',
    type: 'text',
    collation: 'task_title',
    order: 'asc',
    isNullable: false,
    keyOf: (task: Task) => task.title,
    isKey: isTitle,
  },
  due_date: {
    names: ['due_date'],
    column: 'due_at',
    type: 'timestamptz',
    order: 'asc',
    isNullable: true,
    keyOf: ({ due_date }: Task) => (due_date === null ? null : parseDueDate(due_date)!.at),
    isKey: isInstant,
  },
  updated: {
    names: ['updated', 'updated_at'],
    column: 'updated_at',
    type: 'timestamptz',
    order: 'desc',
    isNullable: false,
    keyOf: (task: Task) => task.updated_at,
    isKey: isInstant,
  },
  priority: {
    names: ['priority'],
    column: 'priority',
    generated: 'priority_rank',
    type: 'smallint',
    order: 'desc',
    isNullable: false,
    keyOf: (task: Task) => String(rankOf(task.priority)),
    isKey: (key: string) => PRIORITIES.some((word) => key === String(rankOf(word))),
  },
} as const satisfies Record<string, { [Name in Column]: SortBy<Name> }[Column]>

export type Sort = keyof typeof sorts
/** The words that `sort` accepts. */
export type SortName = (typeof sorts)[Sort]['names'][number]

const all = Object.entries(sorts) as [Sort, SortBy<Column>][]
const byName = new Map(all.flatMap(([sort, { names }]) => names.map((name) => [name, sort] as const)))

export const SORTS = all.map(([sort]) => sort)
export const SORT_NAMES = [...byName.keys()] as SortName[]
export const DEFAULT_SORT: Sort = SORTS[0]!

/** The sort that a word means; undefined for another word. */
export const sortNamed = (name: string): Sort | undefined => byName.get(name)
export const defaultOrder = (sort: Sort): Order => sorts[sort].order
export const isNullable = (sort: Sort): boolean => sorts[sort].isNullable
/** The sorts that have this order by default. */
export const sortsByDefault = (order: Order): Sort[] => SORTS.filter((sort) => defaultOrder(sort) === order)

/** The position of a task in a sort. */
export const positionOf = (task: Task, sort: Sort): Position => ({
  key: sorts[sort].keyOf(task),
  id: BigInt(task.id),
})

/** Whether a value can be the key of a position of this sort. */
export const isKeyOf = (sort: Sort, key: unknown): key is string | null =>
  key === null ? isNullable(sort) : typeof key === 'string' && sorts[sort].isKey(key)

/** The sorted column, with its collation. */
export function sortedColumn(sort: Sort): Prisma.Sql {
  const {
    column: name,
    generated,
    collation,
  }: Pick<SortBy<Column>, 'column' | 'generated' | 'collation'> = sorts[sort]
  if (generated !== undefined) return raw(generated)
  return collation === undefined ? column[name] : raw(`${name} COLLATE ${collation}`)
}

/** A key as a value that can be compared with the sorted column. */
export const keySql = (sort: Sort, key: string) => sql`${key}::${raw(sorts[sort].type)}`
