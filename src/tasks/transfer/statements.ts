import { Prisma } from '../../generated/prisma/client.ts'
import { column, valuesOfNew } from '../fields.ts'
import type { NewTask } from '../schemas.ts'
import { changedNow } from '../statements.ts'

const { sql, raw, join } = Prisma
type Sql = Prisma.Sql

/*
 * The statements of imports. All tasks of a file are sent as one JSON text. A row of a file and a task are the same if
 * they have the same id and the same time of creation, or if an import created the task from that row (`origin`).
 */

/** A task of a file, after it was checked. */
export interface Row {
  /** Identifies the row in every file that contains it. A row without it is always new. */
  origin: string | undefined
  id: number | undefined
  createdAt: string | undefined
  updatedAt: string | undefined
  task: NewTask
}

/** What new tasks store, by column: the SQL type and the expression of a value come from fields.ts. */
const stored = valuesOfNew({ title: '' }).map(([name, { strings }]) => {
  const type = /^::([\w[\]]+)/.exec(strings[1]!)![1]!
  return {
    name: `given_${name}`,
    type: type.endsWith('[]') ? type : 'text',
    column: name,
    read: strings.join(`given_${name}`),
  }
})
const given = raw(
  [
    'place int',
    'own_id bigint',
    'own_created timestamptz(3)',
    'own_updated timestamptz(3)',
    'own_origin text',
    ...stored.map(({ name, type }) => `${name} ${type}`),
  ].join(', '),
)

/** The row as the statements read it, as JSON. */
export const rowJson = ({ origin, id, createdAt, updatedAt, task }: Row, place: number): string =>
  JSON.stringify({
    place,
    own_id: id,
    own_created: createdAt,
    own_updated: updatedAt,
    own_origin: origin,
    ...Object.fromEntries(valuesOfNew(task).map(([name, { values }]) => [`given_${name}`, values[0]])),
  })

/** Imports of one user run one after the other. Other writes of the user do not wait for them. */
export const lockOwner = (owner: string): Sql =>
  sql`SELECT 1 FROM users WHERE id = ${owner} FOR NO KEY UPDATE`

/** The rows of the file that do not exist as tasks of the user yet. Parts of WITH. */
const freshRows = (owner: string, rows: string): Sql => sql`
  given AS MATERIALIZED (SELECT * FROM json_to_recordset(${rows}::json) AS given (${given})),
  mine AS MATERIALIZED (SELECT id, created_at, origin FROM tasks WHERE user_id = ${owner}),
  fresh AS MATERIALIZED (SELECT * FROM given
    WHERE ((own_id, own_created) IN (SELECT id, created_at FROM mine)) IS NOT TRUE
      AND (own_origin IN (SELECT origin FROM mine WHERE origin IS NOT NULL)) IS NOT TRUE)`

/** Returns the number of rows that an import would create. */
export const countFresh = (owner: string, rows: string): Sql =>
  sql`WITH ${freshRows(owner, rows)} SELECT count(*) FROM fresh`

/**
 * Creates the tasks of a file that do not exist. A task in the trash comes back with its id and the content of the file.
 * Times in the future become now: `updated_at` has to grow with every change. Returns the number of new tasks.
 */
export const insertRows = (owner: string, rows: string): Sql => {
  const columns = raw(stored.map((one) => one.column).join(', '))
  const values = raw(stored.map(({ read }) => read).join(', '))
  return sql`WITH ${freshRows(owner, rows)},
  trash AS MATERIALIZED (SELECT id, created_at, updated_at, origin FROM deleted_tasks WHERE user_id = ${owner}),
  found AS (
    SELECT place, id, updated_at FROM fresh JOIN trash ON id = own_id AND created_at = own_created
    UNION ALL SELECT place, id, updated_at FROM fresh JOIN trash ON origin = own_origin),
  back AS MATERIALIZED (
    SELECT DISTINCT ON (id) * FROM (SELECT DISTINCT ON (place) * FROM found ORDER BY place, id) AS one
    ORDER BY id, place),
  emptied AS (DELETE FROM deleted_tasks WHERE user_id = ${owner} AND id IN (SELECT id FROM back)),
  added AS (
    INSERT INTO tasks (user_id, id, origin, created_at, updated_at, ${columns})
    SELECT ${owner}, coalesce(back.id, nextval(pg_get_serial_sequence('tasks', 'id'))), own_origin, created,
      CASE WHEN back.id IS NULL THEN GREATEST(created, LEAST(coalesce(own_updated, now()), now()))
        ELSE GREATEST(now(), back.updated_at + interval '1 millisecond') END, ${values}
    FROM (SELECT *, LEAST(coalesce(own_created, now()), now()) AS created FROM fresh) AS fresh
      LEFT JOIN back USING (place)
    ORDER BY place RETURNING 1)
  SELECT collect_result(count(*)::text) FROM added`
}

/** A task and its next occurrence, both from one file. */
export interface Link {
  origin: string
  next: Pick<Row, 'origin' | 'id' | 'createdAt'>
}

/** Sets `next_task_id` of imported tasks. The new tasks do not have the ids of the file. */
export const linkRows = (owner: string, links: readonly Link[]): Sql => {
  const rows = links.map(({ origin, next }) => ({
    of: origin,
    next_origin: next.origin,
    next_id: next.id,
    next_created: next.createdAt,
  }))
  const isNext = [
    sql`origin = next_origin`,
    sql`(${column.id} = next_id AND ${column.created_at} = next_created)`,
  ]
  return sql`WITH links AS MATERIALIZED (
    SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS link (of text, next_origin text, next_id bigint, next_created timestamptz(3))),
  mine AS MATERIALIZED (SELECT id, created_at, origin FROM tasks WHERE user_id = ${owner}),
  known AS (${join(
    isNext.map((condition) => sql`SELECT of, id AS next_task FROM links JOIN mine ON ${condition}`),
    ' UNION ALL ',
  )})
  UPDATE tasks SET next_task_id = next_task, ${changedNow} FROM known
  WHERE user_id = ${owner} AND origin = known.of AND next_task_id IS NULL AND changed_xid = pg_current_xact_id()
  RETURNING 1`
}
