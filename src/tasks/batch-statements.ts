import { Prisma } from '../generated/prisma/client.ts'
import { tagsThatMayChange } from '../http/entity-tags.ts'
import type { Operation } from './batch-schemas.ts'
import { column } from './fields.ts'
import { type Once, writeBatchKey } from './idempotency-statements.ts'
import type { IfMatch, Steps } from './conditional-statements.ts'
import { insertTask, toggleTask, updateTask } from './statements.ts'
import { deleteTask, restoreTask } from './trash-statements.ts'

const { sql, empty } = Prisma
type Sql = Prisma.Sql

/** The operations that name a task, by their `op`. */
type Changing = Exclude<Operation, { op: 'create' }>
type ChangingBy<Op> = Extract<Changing, { op: Op }>
interface Context {
  owner: string
  id: bigint
  /** The tags that the task may have; undefined: any. */
  ifMatch: IfMatch
  /** How long the trash keeps a task; 0 means that there is no trash. */
  trashDays: number
}

/** The statement of each operation: that of the single call. */
const changes: {
  readonly [Op in Changing['op']]: (context: Context, operation: ChangingBy<Op>) => Steps
} = {
  update: ({ owner, id, ifMatch }, operation) => updateTask(owner, id, operation, ifMatch),
  complete: ({ owner, id, ifMatch }, { completed }) =>
    completed === undefined ? toggleTask(owner, id, ifMatch) : updateTask(owner, id, { completed }, ifMatch),
  delete: ({ owner, id, trashDays, ifMatch }) => deleteTask(owner, id, trashDays, ifMatch),
  restore: ({ owner, id, trashDays, ifMatch }) => restoreTask(owner, id, trashDays, ifMatch),
}

/** The statements of a batch: first the locks, then one statement for each operation, last the idempotency key. */
export function batchStatements(
  owner: string,
  operations: readonly Operation[],
  trashDays: number,
  once?: Once,
): Sql[] {
  const changing = operations.filter((operation) => operation.op !== 'create')
  const statements = operations.map((operation, index) => {
    if (operation.op === 'create') {
      const insert = insertTask(owner, operation)
      return once === undefined ? insert : resultOf({ last: insert }, index, once)
    }
    const context = { owner, id: idOf(operation), trashDays, ifMatch: tagsThatMayChange(operation.if_match) }
    return resultOf(changeOf(context, operation), index, once)
  })
  const key = once === undefined ? [] : [writeBatchKey(owner, once)]
  return [...locksOf(owner, changing.map(idOf)), ...statements, ...key]
}

/**
 * Locks all rows of a batch in one fixed order, before any of them changes: two batches with the same tasks in
 * opposite order cannot wait for each other. The user's row comes first, as when the account is deleted.
 */
const locksOf = (owner: string, ids: bigint[]) => [
  sql`SELECT 1 FROM users WHERE id = ${owner} FOR KEY SHARE`,
  ...['tasks', 'deleted_tasks'].map(
    (table) => sql`SELECT 1 FROM ${Prisma.raw(table)} WHERE user_id = ${owner}
      AND ${column.id} = ANY(${`{${ids.join()}}`}::bigint[]) ORDER BY ${column.id} FOR UPDATE`,
  ),
]

const changeOf = <Op extends Changing['op']>(context: Context, operation: ChangingBy<Op> & { op: Op }) =>
  changes[operation.op](context, operation)

/** A JSON number beyond this range is not exact, and beyond the ids of any task: 0 is the id of none. */
export const idOf = ({ id }: Changing) => (Number.isSafeInteger(id) ? BigInt(id) : 0n)

/**
 * Returns what the statement returns, as text. Without a row, and if the task has changed meanwhile, PostgreSQL raises
 * an error that names the operation, and undoes the batch.
 */
function resultOf({ first, last }: Steps, index: number, once: Once | undefined): Sql {
  const result = sql`require_task((SELECT task::text FROM changed), ${index}::int)`
  return sql`WITH ${first ? sql`${first},` : empty} changed(task) AS (${last})
    SELECT ${once === undefined ? result : sql`collect_result(${result})`}`
}
