import { Prisma } from '../generated/prisma/client.ts'
import { column } from './fields.ts'
import { isNullable, keySql, type Order, type Position, type Sort, sortedColumn } from './sorts.ts'

const { sql, raw, join } = Prisma
type Sql = Prisma.Sql

/** Which tasks of the owner are selected, and in which order. */
export interface Selection {
  conditions: Sql[]
  /** Whether PostgreSQL may have to read all tasks of the owner for a page. */
  mayScan: boolean
  /** Whether the statement of a page is prepared. Combinations of filters have too many different texts. */
  isPrepared: boolean
  sort: Sort
  order: Order
  /** Only tasks after this position. */
  after?: Position | undefined
}

/** The condition of a selection. It begins with the owner. */
export const matching = (owner: string, selection: Selection): Sql =>
  join([sql`user_id = ${owner}`, ...selection.conditions, ...isAfter(selection)], ' AND ')

/** An array of the ids in a text such as `3,1,2`. */
const arrayOf = (ids: string) => sql`string_to_array(${ids}, ',')::bigint[]`

/** `nulls` is needed only where nulls and values are sorted together. */
const orderBy = ({ sort, order }: Selection, nulls = isNullable(sort) ? 'NULLS LAST' : '') =>
  sql`${sortedColumn(sort)} ${raw(`${order} ${nulls}`)}, ${column.id} ${raw(order)}`

/** Reads the first tasks of a selection. They are selected before their fields are computed: skipped ones cost less. */
export const pageOf = (owner: string, selection: Selection, limit: number, offset: number) =>
  sql`SELECT * FROM ${candidates(owner, selection, limit + offset)}
    ORDER BY ${orderBy(selection)} LIMIT ${limit} OFFSET ${offset}`

/**
 * Reads the ids of a selection in its order, `size` of them in each row: `3,1,2`. The ids in `without` (`4,5`) are left
 * out. One row with all ids would be large enough to make Node collect garbage each time.
 */
export const idsOf = (owner: string, selection: Selection, without: string, size: number) =>
  sql`SELECT array_to_string(ids[first:first + ${size} - 1], ',') FROM (
    SELECT array_agg(id) AS ids FROM (
      SELECT ${column.id} AS id FROM tasks WHERE ${matching(owner, selection)}
        AND ${column.id} NOT IN (SELECT unnest(${arrayOf(without)}))
      ORDER BY ${orderBy(selection)}) AS sorted) AS list,
    generate_series(1, cardinality(ids), ${size}) AS first`

/** Reads the tasks of these ids that are in the selection, in the order of the ids. */
export const tasksOf = (owner: string, selection: Selection, ids: string) =>
  sql`SELECT tasks.* FROM unnest(${arrayOf(ids)}) WITH ORDINALITY AS chosen (chosen_id, place)
    JOIN tasks ON ${column.id} = chosen_id WHERE ${matching(owner, selection)} ORDER BY place`

/**
 * The tasks from which a page is taken, which needs the first `most` of them. Tasks without a value come last in either
 * order, but an index on a nullable column has the nulls at the end for ascending order only. So tasks with a value and
 * tasks without one are read separately, each along the index. The latter are read only if the page has room for them.
 */
function candidates(owner: string, selection: Selection, most: number): Sql {
  const { sort, order, after } = selection
  if (!isNullable(sort) || (order === 'asc' && after === undefined))
    return sql`tasks WHERE ${matching(owner, selection)}`
  const sorted = sortedColumn(sort)
  const withoutValue = { ...selection, after: after?.key === null ? after : undefined }
  const alongIndex = orderBy(selection, '')
  return sql`(
    WITH valued AS (
      SELECT * FROM tasks WHERE ${matching(owner, selection)} AND ${sorted} IS NOT NULL
      ORDER BY ${alongIndex} LIMIT ${most}),
    others AS (
      SELECT * FROM tasks WHERE ${matching(owner, withoutValue)} AND ${sorted} IS NULL
      ORDER BY ${alongIndex} LIMIT ${most} - (SELECT count(*) FROM valued))
    SELECT * FROM valued UNION ALL SELECT * FROM others) AS tasks`
}

/** Keyset condition: the tasks after the position. */
function isAfter({ after, sort, order }: Selection): Sql[] {
  if (after === undefined) return []
  const { key, id } = after
  const sorted = sortedColumn(sort)
  const beyond = raw(order === 'asc' ? '>' : '<')
  return key === null
    ? [sql`${sorted} IS NULL AND ${column.id} ${beyond} ${id}`]
    : [sql`(${sorted}, ${column.id}) ${beyond} (${keySql(sort, key)}, ${id})`]
}
