import { Prisma } from '../../generated/prisma/client.ts'
import { type Snapshot, snapshotText, type Walk } from './cursor.ts'
import { changedNow } from '../statements.ts'
import { taskJson } from '../conditional-statements.ts'

const { sql, raw, join, empty } = Prisma
type Sql = Prisma.Sql

/*
 * The statements of the change feed. `changed_xid` is the transaction that last wrote a row. docs/sync.md explains how
 * the feed works.
 */

/** The tables with tasks, with tasks in the trash, and with the ids of tasks that were deleted permanently. */
const GONE = ['deleted_tasks', 'deleted_task_ids'].map((name) => raw(name))
const TABLES = [raw('tasks'), ...GONE]

/** True for rows of a restored dump: no visible row was written by a transaction with such an id on this server. */
const isFromElsewhere = sql`changed_xid >= pg_snapshot_xmax(pg_current_snapshot())`

/** The first line of a page, as JSON (see `PageState`). */
const stateFor = (owner: string) => sql`json_build_object(
    'identity', change_feed_identity(${owner}),
    'snapshot', pg_current_snapshot()::text,
    'at', floor(extract(epoch FROM now())),
    'needs_repair', ${join(
      TABLES.map(
        (table) => sql`EXISTS (SELECT FROM ${table} WHERE user_id = ${owner} AND ${isFromElsewhere})`,
      ),
      ' OR ',
    )})`

const changedIn = (owner: string, { from, to, xid, id }: Walk) => sql`user_id = ${owner}
    AND (changed_xid, id) > (${String(xid)}::xid8, ${id}::bigint)
    ${from === undefined ? empty : sql`AND NOT ${isVisibleIn(from)}`}
    ${to === undefined ? empty : sql`AND changed_xid < ${String(to.xmax)}::xid8 AND ${isVisibleIn(to)}`}`

const isVisibleIn = (snapshot: Snapshot) =>
  sql`pg_visible_in_snapshot(changed_xid, ${snapshotText(snapshot)}::pg_snapshot)`

/**
 * Reads a page of the walk, as lines of text. The first line is the state. The others are the first `limit` changes
 * after the walk's position: `<changed_xid> <id> <task>`, and of a deleted task `<changed_xid> <id>`. A walk from the
 * beginning needs no deleted tasks.
 */
export const readChanges = (owner: string, walk: Walk, limit: number): Sql => sql`SELECT line FROM (
    SELECT NULL::xid8 AS changed_xid, NULL::bigint AS id, ${stateFor(owner)}::text AS line
    UNION ALL (
      SELECT changed_xid, id, concat(changed_xid, ' ', id, ' ', ${taskJson}) FROM tasks
      WHERE ${changedIn(owner, walk)} ORDER BY changed_xid, id LIMIT ${limit})
    ${
      walk.from === undefined
        ? empty
        : join(
            GONE.map((table) => deletedTasks(owner, walk, limit, table)),
            ' ',
          )
    }
  ) AS lines ORDER BY changed_xid NULLS FIRST, id LIMIT ${limit} + 1`

/** A task that exists again, perhaps inserted by hand, does not count as deleted. */
const deletedTasks = (owner: string, walk: Walk, limit: number, table: Sql) => sql`UNION ALL (
    SELECT changed_xid, id, concat(changed_xid, ' ', id) FROM ${table} AS gone
    WHERE ${changedIn(owner, walk)}
      AND NOT EXISTS (SELECT FROM tasks WHERE user_id = ${owner} AND tasks.id = gone.id)
    ORDER BY changed_xid, id LIMIT ${limit})`

/**
 * Gives at most `most` tasks of a restored dump a transaction id of this server. Returns their number. Cursors of the
 * other server are refused, so the ids of tasks that were deleted there are not needed.
 */
export const repairChanges = (owner: string, most: number): Sql => sql`WITH deleted AS (
    DELETE FROM deleted_task_ids WHERE user_id = ${owner} AND ${isFromElsewhere}),
  trash AS (
    UPDATE deleted_tasks SET ${changedNow} WHERE user_id = ${owner} AND ${isFromElsewhere}),
  repaired AS (
    UPDATE tasks SET ${changedNow} WHERE user_id = ${owner} AND id IN (
      SELECT id FROM tasks WHERE user_id = ${owner} AND ${isFromElsewhere} ORDER BY id LIMIT ${most}
      FOR UPDATE)
    RETURNING id)
  SELECT count(*) FROM repaired`

/** Deletes at most `most` old ids of all users. Returns their number. */
export const purgeDeletedIds = (most: number): Sql => sql`SELECT purge_deleted_task_ids(${most}::int)`
