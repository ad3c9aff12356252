import { sqlState } from '../database/errors.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { Operation } from './batch-schemas.ts'
import { column } from './fields.ts'
import { deleteTask, insertTask, toggleTask, updateTask } from './statements.ts'

const { sql } = Prisma
type Sql = Prisma.Sql

/** The operations that name a task, by their `op`. */
type Changing = Exclude<Operation, { op: 'create' }>
type ChangingBy<Op> = Extract<Changing, { op: Op }>

/**
 * The statement of each operation: that of the single call. What else an operation can demand of its task, such as a
 * version, belongs into these statements.
 */
const changes: {
  readonly [Op in Changing['op']]: (owner: string, id: bigint, operation: ChangingBy<Op>) => Sql
} = {
  update: updateTask,
  complete: (owner, id, { completed }) =>
    completed === undefined ? toggleTask(owner, id) : updateTask(owner, id, { completed }),
  delete: deleteTask,
}

/** The statements of a batch: a fixed number of locks, then one statement for each operation. */
export function batchStatements(owner: string, operations: readonly Operation[]): Sql[] {
  const ids = operations.flatMap((operation) => (operation.op === 'create' ? [] : [idOf(operation)]))
  return [
    ...locksOf(owner, ids),
    ...operations.map((operation, index) =>
      operation.op === 'create'
        ? insertTask(owner, operation)
        : requiringTask(changeOf(owner, operation), index),
    ),
  ]
}

/**
 * Locks all rows of a batch in one fixed order, before any of them changes: two batches with the same tasks in
 * opposite order cannot wait for each other. The user's row comes first, as when the account is deleted.
 */
const locksOf = (owner: string, ids: bigint[]) => [
  sql`SELECT 1 FROM users WHERE id = ${owner} FOR KEY SHARE`,
  sql`SELECT 1 FROM tasks WHERE user_id = ${owner} AND ${column.id} = ANY(${`{${ids.join()}}`}::bigint[])
    ORDER BY ${column.id} FOR UPDATE`,
]

function changeOf<Op extends Changing['op']>(owner: string, operation: ChangingBy<Op> & { op: Op }): Sql {
  return changes[operation.op](owner, idOf(operation), operation)
}

/** A JSON number beyond this range is not exact, and beyond the ids of any task: 0 is the id of none. */
const idOf = ({ id }: Changing) => (Number.isSafeInteger(id) ? BigInt(id) : 0n)

/** Returns what the statement returns, as text. Without a row PostgreSQL raises an error, and nothing of the batch stays. */
const requiringTask = (statement: Sql, index: number) =>
  sql`WITH changed(task) AS (${statement}) SELECT require_task((SELECT task::text FROM changed), ${index}::int)`

/** The index of the operation that found no task; undefined if a batch failed in another way. */
export function operationWithoutTask(error: unknown): number | undefined {
  const index = /^NF(\d{3})$/.exec(sqlState(error) ?? '')?.[1]
  return index === undefined ? undefined : Number(index)
}
