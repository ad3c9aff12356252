import { setImmediate } from 'node:timers/promises'
import { Prisma } from '../../generated/prisma/client.ts'
import { parseIfMatch } from '../../http/entity-tags.ts'
import type { Operation } from './schemas.ts'
import { column } from '../fields.ts'
import { type Once, writeBatchKey } from '../idempotency-statements.ts'
import type { IfMatch, Steps } from '../conditional-statements.ts'
import { requireSeries } from '../recurrence/check.ts'
import { afterChange, changeTask, type Seen, seenIn, type SeriesRow } from '../recurrence/statements.ts'
import { type Change, concernsSeries, insertTask } from '../statements.ts'
import { deleteTask, restoreTask } from '../trash/statements.ts'

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
  /** How long the trash keeps a task, in days; 0 means that there is no trash. */
  trashDays: number
  /** The series of the task as it was read; undefined if the task was not read. */
  seen: Seen | undefined
  /** Path of the operation in the body, for error messages: `operations/3/`. */
  at: string
}

/** The statement of each operation: that of the single call. */
const changes: {
  readonly [Op in Changing['op']]: (context: Context, operation: ChangingBy<Op>) => Steps
} = {
  update: ({ owner, id, ...context }, operation) => changeTask(owner, id, operation, context),
  complete: ({ owner, id, ...context }, operation) => changeTask(owner, id, changeIn(operation), context),
  delete: ({ owner, id, trashDays, ifMatch }) => deleteTask(owner, id, trashDays, ifMatch),
  restore: ({ owner, id, trashDays, ifMatch }) => restoreTask(owner, id, trashDays, ifMatch),
}

/** What an operation changes of its task. */
const changeIn = (operation: ChangingBy<'update' | 'complete'>): Change => {
  if (operation.op === 'update') return operation
  return operation.completed === undefined ? 'toggle' : { completed: operation.completed }
}

/**
 * How an operation affects the series of its task; undefined if it does not. If it does, its statement finds a recurring
 * task only if the task was read before.
 */
export function seriesChangeOf(operation: Operation): Change | undefined {
  if (operation.op !== 'update' && operation.op !== 'complete') return undefined
  const change = changeIn(operation)
  return concernsSeries(change) ? change : undefined
}

/** Number of operations that compute dates before other requests get a turn of the event loop. */
const DATES_PER_TURN = 4

/** The statements of a batch: first the locks, then one statement for each operation, last the idempotency key. */
export async function batchStatements(
  owner: string,
  operations: readonly Operation[],
  trashDays: number,
  once?: Once,
  rows: ReadonlyMap<number, SeriesRow> = new Map(),
): Promise<Sql[]> {
  // Each operation sees its task as the earlier operations leave it.
  const seen = new Map([...rows].map(([id, row]) => [id, seenIn(row)]))
  const context = { owner, trashDays, once, seen }
  const statements: Sql[] = []
  let dates = 0
  for (const [index, operation] of operations.entries()) {
    statements.push(statementOf(context, operation, index))
    if (hasDates(operation, seen) && ++dates % DATES_PER_TURN === 0) await setImmediate()
  }
  const changing = operations.filter((operation) => operation.op !== 'create')
  const key = once === undefined ? [] : [writeBatchKey(owner, once)]
  return [...locksOf(owner, changing.map(idOf)), ...statements, ...key]
}

/** Whether the statement of an operation needs dates of a series. */
function hasDates(operation: Operation, seen: ReadonlyMap<number, Seen>): boolean {
  if (operation.op === 'create') return Boolean(operation.recurrence)
  return Boolean(seen.get(operation.id)?.recurrence) && seriesChangeOf(operation) !== undefined
}

interface BatchContext {
  owner: string
  trashDays: number
  once: Once | undefined
  seen: Map<number, Seen>
}

function statementOf({ owner, trashDays, once, seen }: BatchContext, operation: Operation, index: number) {
  const at = `operations/${index}/`
  if (operation.op === 'create') {
    requireSeries(operation, at)
    const insert = insertTask(owner, operation)
    return once === undefined ? insert : resultOf({ last: insert }, index, once)
  }
  const task = seen.get(operation.id)
  const ifMatch = parseIfMatch(operation.if_match)
  const statement = changeOf({ owner, id: idOf(operation), trashDays, ifMatch, seen: task, at }, operation)
  const change = seriesChangeOf(operation)
  if (task && change) seen.set(operation.id, afterChange(task, change))
  return resultOf(statement, index, once)
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

/** A JSON number beyond this range is not exact, and no task has such an id. No task has the id 0. */
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
