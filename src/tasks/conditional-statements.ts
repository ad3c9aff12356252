import { instantSql } from '../database/client.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { etagOf } from '../http/entity-tags.ts'
import { problem, type ProblemExtras } from '../http/problem.ts'
import { column, taskFields } from './fields.ts'
import type { Task } from './schemas.ts'

const { sql, raw, empty } = Prisma
type Sql = Prisma.Sql

/*
 * Changes of a task that happen only if the client has seen its newest version (If-Match, RFC 9110, 13.1.1). The
 * comparison is part of the statement that changes.
 */

/**
 * The tags (`updated_at`) that the task may have for a change: with another one nothing changes, and the statement
 * returns a refusal instead of the task. undefined: any tag. `accepted` reads the refusal.
 */
export type IfMatch = readonly string[] | undefined

/** A statement in two steps. The first one, if any, is a part of WITH. The last one returns the task, or no row. */
export interface Steps {
  first?: Sql | undefined
  last: Sql
}
/** The SQL of both steps. */
export const inOneStatement = ({ first, last }: Steps) =>
  first === undefined ? last : sql`WITH ${first} ${last}`

/** PostgreSQL writes the JSON. A single task and a list come from the same expression, so their bytes are the same. */
export const taskJson = sql`(SELECT row_to_json(task) FROM (SELECT ${taskFields}) AS task)`

/** The WHERE clause that finds a task of the owner. */
export const ownTask = (owner: string, id: bigint | Sql) =>
  sql`WHERE user_id = ${owner} AND ${column.id} = ${id}`

/**
 * Locks the user's row before those of tasks, in the same order as the statement that deletes the user. A foreign key
 * would lock it afterwards, and one of the two statements could end in a deadlock.
 */
export const userExists = (owner: string) => sql`EXISTS (SELECT FROM users WHERE id = ${owner} FOR KEY SHARE)`

const hasTagOf = (tags: readonly string[]) =>
  sql`${raw(instantSql(column.updated_at.sql))} = ANY(${tags}::text[])`

/**
 * A change that happens only if the task has one of the tags. It first locks the task, and waits for other changes of it.
 * From then on the row is the newest version, and no other statement can change it: the comparison, the change and the
 * task in the refusal all see the same version, also under READ COMMITTED.
 *
 * @param change makes the statement from the WHERE clause that finds the task
 * @param and further conditions of the WHERE clause: `AND …`
 */
export function ifMatching(
  owner: string,
  id: bigint,
  tags: IfMatch,
  change: (where: Sql) => Steps,
  { table = raw('tasks'), and = empty } = {},
): Steps {
  if (tags === undefined) return change(sql`${ownTask(owner, id)} ${and}`)
  const matching = sql`(SELECT ${column.id} FROM held WHERE ${hasTagOf(tags)})`
  const { first, last } = change(ownTask(owner, matching))
  return {
    first: sql`held AS MATERIALIZED (SELECT * FROM ${table} ${ownTask(owner, id)} ${and} FOR UPDATE),
      ${first === undefined ? empty : sql`${first},`} tried (answer) AS (${last})`,
    last: sql`SELECT answer::text FROM tried
      UNION ALL SELECT ${refusal}::text FROM held WHERE NOT EXISTS (SELECT FROM tried)`,
  }
}

/** Reads the task, if it has one of the tags. */
export const findMatching = (owner: string, id: bigint, tags: readonly string[]): Steps => ({
  last: sql`SELECT CASE WHEN ${hasTagOf(tags)} THEN ${taskJson}::text ELSE ${refusal}::text END
    FROM tasks ${ownTask(owner, id)}`,
})

/** What a statement returns in place of the task if its tag is not among those of `IfMatch`. */
const REFUSAL_START = '{"current":'
const refusal = sql`(SELECT row_to_json(refused) FROM (SELECT ${taskJson} AS current) AS refused)`

/**
 * The answer of a change.
 *
 * @throws problem 412 `precondition_failed` if the statement refused the change
 */
export function accepted(answer: string | undefined): string | undefined {
  if (!answer?.startsWith(REFUSAL_START)) return answer
  throw changedMeanwhile(JSON.parse(answer) as { current: Task })
}

/** Returns the problem 412 `precondition_failed` with the current task, its ETag and optionally the mistakes. */
export const changedMeanwhile = ({ current, errors }: { current: Task } & Pick<ProblemExtras, 'errors'>) =>
  problem('precondition_failed', {
    headers: { etag: etagOf(current.updated_at) },
    members: { current },
    ...(errors && { errors }),
  })
