import { Prisma } from '../generated/prisma/client.ts'
import type { Operation } from './batch-schemas.ts'
import { column } from './fields.ts'
import { insertTask, type Steps, toggleTask, updateTask } from './statements.ts'
import { deleteForGood, moveFromTrash, moveToTrash } from './trash-statements.ts'

const { sql, empty } = Prisma
type Sql = Prisma.Sql

/** The operations that name a task, by their `op`. */
type Changing = Exclude<Operation, { op: 'create' }>
type ChangingBy<Op> = Extract<Changing, { op: Op }>
interface Context {
  owner: string
  id: bigint
  /** How long the trash keeps a task; 0 means that there is no trash. */
  trashDays: number
}

/**
 * The statement of each operation: that of the single call. What else an operation can demand of its task, such as a
 * version, belongs into these statements.
 */
const changes: {
  readonly [Op in Changing['op']]: (context: Context, operation: ChangingBy<Op>) => Sql | Steps
} = {
  update: ({ owner, id }, operation) => updateTask(owner, id, operation),
  complete: ({ owner, id }, { completed }) =>
    completed === undefined ? toggleTask(owner, id) : updateTask(owner, id, { completed }),
  delete: ({ owner, id, trashDays }) => (trashDays === 0 ? deleteForGood : moveToTrash)(owner, id),
  restore: ({ owner, id, trashDays }) => moveFromTrash(owner, id, trashDays),
}

/** The statements of a batch: first the locks, then one statement for each operation. */
export function batchStatements(owner: string, operations: readonly Operation[], trashDays: number): Sql[] {
  const changing = operations.filter((operation) => operation.op !== 'create')
  const statements = operations.map((operation, index) =>
    operation.op === 'create'
      ? insertTask(owner, operation)
      : requiringTask(changeOf({ owner, id: idOf(operation), trashDays }, operation), index),
  )
  return [...locksOf(owner, changing.map(idOf)), ...statements]
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
const idOf = ({ id }: Changing) => (Number.isSafeInteger(id) ? BigInt(id) : 0n)

/**
 * Returns what the statement returns, as text. Without a row PostgreSQL raises an error that names the operation, and
 * undoes the batch.
 */
function requiringTask(change: Sql | Steps, index: number): Sql {
  const { first, last } = 'last' in change ? change : { first: undefined, last: change }
  return sql`WITH ${first ? sql`${first},` : empty} changed(task) AS (${last})
    SELECT require_task((SELECT task::text FROM changed), ${index}::int)`
}
