import { sqlState } from '../database/errors.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { insertTask } from './statements.ts'
import type { NewTask } from './schemas.ts'

const { sql } = Prisma
type Sql = Prisma.Sql

/*
 * Requests with an Idempotency-Key. The key and the answer are written in the transaction of the tasks. A second request
 * with the same key waits for the first at the primary key; then its transaction is undone, and it reads the answer.
 */

/** A request that is made at most once. */
export interface Once {
  key: string
  /** Tells whether another request with this key is the same. */
  fingerprint: string
}

/** How long a key is remembered. */
const MEMORY = sql`interval '24 hours'`
/** Separates the results of a batch. No JSON contains it: there it is written as an escape sequence. */
const SEPARATOR = '\x1e'

/** Writes the key with the answer. An old key can be used again. Returns a row if the key is new. */
const writeKey = (owner: string, { key, fingerprint }: Once, answers: Sql) =>
  sql`INSERT INTO idempotency_keys AS known (user_id, key, fingerprint, answer)
    SELECT ${owner}, ${key}, ${fingerprint}, answer FROM ${answers}
    ON CONFLICT (user_id, key) DO UPDATE
    SET fingerprint = EXCLUDED.fingerprint, answer = EXCLUDED.answer, created_at = now()
    WHERE known.created_at <= now() - ${MEMORY} RETURNING 1`

/** Creates a task. PostgreSQL refuses it with an error (`isUsedKey`) if the key was used before. */
export const insertTaskOnce = (owner: string, task: NewTask, once: Once): Sql =>
  sql`WITH task (answer) AS (${insertTask(owner, task)}),
    written AS (${writeKey(owner, once, sql`task`)})
    SELECT require_new_key((SELECT answer::text FROM task), EXISTS (SELECT FROM written))`

/** The last statement of a batch whose results were collected. */
export const writeBatchKey = (owner: string, once: Once): Sql =>
  sql`WITH written AS (${writeKey(owner, once, sql`(SELECT current_setting('app.results') AS answer) AS results`)})
    SELECT require_new_key('', EXISTS (SELECT FROM written))`

/** The results of a batch, from its answer in the table. */
export const splitResults = (answer: string) => answer.split(SEPARATOR).slice(0, -1)

/** Reads what is known of a key, as JSON (see `KnownKey`). */
export const findKey = (owner: string, key: string): Sql =>
  sql`SELECT row_to_json(known) FROM (SELECT fingerprint, answer FROM idempotency_keys
    WHERE user_id = ${owner} AND key = ${key} AND created_at > now() - ${MEMORY}) AS known`
export interface KnownKey {
  fingerprint: string
  answer: string
}

/** Whether PostgreSQL refused a request because its key was used before. */
export const isUsedKey = (error: unknown) => sqlState(error) === 'IK001'

/** Deletes at most `most` old keys of all users. Returns their number. */
export const purgeKeys = (most: number): Sql => sql`SELECT purge_idempotency_keys(${most}::int)`
