import { Prisma } from '../generated/prisma/client.ts'
import {
  containsAll,
  hasAllTags,
  hasAnyTag,
  hasPriority,
  isDueBeforeText,
  isOverdue,
  wordsOf,
} from './conditions.ts'
import { column } from './fields.ts'
import { sortPriorities } from './priorities.ts'
import type { ListQuery } from './query-schemas.ts'
import type { Selection } from './selection.ts'
import { DEFAULT_SORT, defaultOrder, type Order, type Sort, type SortName, sortNamed } from './sorts.ts'
import { identityOfTags, trimTags } from './tags/names.ts'

const { sql } = Prisma
type Sql = Prisma.Sql

type Parameter = keyof ListQuery
type Value<Name extends Parameter> = Exclude<ListQuery[Name], undefined>

/** Narrows the list. */
interface Filter<Name extends Parameter> {
  /** Returns undefined if the value excludes no task. */
  readonly condition: (value: Value<Name>, query: ListQuery) => Sql | undefined
  /** Whether PostgreSQL may have to read all tasks of the user for a page, because no index serves the condition. */
  readonly mayScan: boolean
  /** For a filter that may scan: whether the statement is prepared. Its SQL must be the same for all these values. */
  readonly isPrepared?: (value: Value<Name>) => boolean
  /** One spelling for values that mean the same. */
  readonly normalize?: (value: Value<Name>) => Value<Name> | undefined
  /** The text that cursors depend on, if several values mean the same. */
  readonly identity?: (value: Value<Name>) => string
}
/** Another name for a parameter. It is used if that parameter is not sent and `read` returns a value. */
type AliasOf<Target extends Parameter> = {
  readonly insteadOf: Target
  readonly read: (text: string) => ListQuery[Target]
}
/**
 * - `order`: the sort and its direction.
 * - `setting`: read by the conditions of filters.
 * - `position`: which part of the list is returned, and whether it is counted; not which tasks are in the list.
 */
type Role<Name extends Parameter> =
  Filter<Name> | { [Target in Parameter]: AliasOf<Target> }[Parameter] | 'order' | 'setting' | 'position'

const always = () => true
const byTags = { mayScan: true, isPrepared: always, normalize: trimTags, identity: identityOfTags }

/** What each query parameter of a list does. A parameter of the schema without a row does not compile. */
const parameters: { readonly [Name in Parameter]-?: Role<Name> } = {
  search: {
    condition: (search) => containsAll(wordsOf(search)),
    mayScan: true,
    isPrepared: (search: string) => !search.includes(' '),
    normalize: (search: string) => wordsOf(search).join(' ') || undefined,
  },
  q: { insteadOf: 'search', read: (text) => text },
  status: {
    condition: (status) => sql`${column.completed} = ${status === 'completed'}`,
    mayScan: false,
    normalize: (status: ListQuery['status']) =>
      status === 'all' ? undefined : status === 'completed' ? status : 'pending',
  },
  priority: { condition: hasPriority, mayScan: true, isPrepared: always, normalize: sortPriorities },
  tags: { condition: hasAllTags, ...byTags },
  any_tags: { condition: hasAnyTag, ...byTags },
  overdue: {
    condition: (overdue, query) => (overdue ? isOverdue(query) : sql`NOT ${isOverdue(query)}`),
    mayScan: true,
  },
  due_from: { condition: (text, query) => sql`NOT (${isDueBeforeText(text, query)})`, mayScan: true },
  due_before: { condition: isDueBeforeText, mayScan: true },
  time_zone: 'setting',
  completed: {
    insteadOf: 'status',
    read: (text) => (text === 'true' ? 'completed' : text === 'false' ? 'pending' : undefined),
  },
  sort: 'order',
  sort_by: { insteadOf: 'sort', read: (text) => (sortNamed(text) ? (text as SortName) : undefined) },
  order: 'order',
  sort_order: { insteadOf: 'order', read: (text) => text as Order },
  limit: 'position',
  offset: 'position',
  cursor: 'position',
  count: 'position',
}

const rows = Object.entries(parameters) as [Parameter, Role<'search'>][]
const names = new Set<string>(rows.map(([name]) => name))
const isFilter = (role: Role<'search'>): role is Filter<'search'> =>
  typeof role === 'object' && 'condition' in role
const filters = rows.flatMap(([name, role]) => (isFilter(role) ? [{ name, ...role }] : []))
const aliases = rows.flatMap(([name, role]) =>
  typeof role === 'object' && 'insteadOf' in role ? [{ name, ...(role as AliasOf<'search'>) }] : [],
)
const positions = new Set(rows.flatMap(([name, role]) => (role === 'position' ? [name] : [])))

/** A query with aliases resolved and each value in one spelling. */
export type ResolvedQuery = Omit<ListQuery, 'sort' | 'order'> & { sort: Sort; order: Order }

/** Resolves the query that a client sent, and drops unknown parameters. */
export function resolve(query: ListQuery): ResolvedQuery {
  const sent = query as Readonly<Record<string, string | undefined>>
  const own: Record<string, string | undefined> = {}
  for (const name in sent) if (names.has(name)) own[name] = sent[name]
  for (const { name, insteadOf, read } of aliases) {
    if (own[name] === undefined) continue
    own[insteadOf] ||= read(own[name])
    delete own[name]
  }
  for (const { name, normalize } of filters)
    if (normalize && own[name] !== undefined) own[name] = normalize(own[name])
  const sort = sortNamed(own.sort ?? '') ?? DEFAULT_SORT
  return Object.assign(own, { sort, order: (own as ListQuery).order ?? defaultOrder(sort) })
}

/** The SQL conditions of a resolved query, and whether a page with them may scan and is prepared. */
export function filtersOf(query: ResolvedQuery): Pick<Selection, 'conditions' | 'mayScan' | 'isPrepared'> {
  const sent = query as Readonly<Record<string, unknown>>
  const conditions: Sql[] = []
  let [scans, prepared] = [0, 0]
  for (const filter of filters) {
    const value = sent[filter.name]
    const condition = value === undefined ? undefined : filter.condition(value as string, query)
    if (condition === undefined) continue
    conditions.push(condition)
    if (filter.mayScan) scans += 1
    if (filter.isPrepared?.(value as string)) prepared += 1
  }
  return { conditions, mayScan: scans > 0, isPrepared: scans === 0 || (scans === 1 && prepared === 1) }
}

/** The parameters that cursors depend on: all except those of the role `position`. */
export const listIdentity = (query: ResolvedQuery): [name: string, value: unknown][] =>
  rows.flatMap(([name, role]) => {
    const value = query[name]
    if (value === undefined || positions.has(name)) return []
    const identity = isFilter(role) ? role.identity : undefined
    return [[name, identity ? identity(value as string) : value]]
  })
