import { differences, merge, pick } from './sync-fields.js'

/**
 * @import { Task } from './index.js'
 * @import { Conflict, LocalTask, RefusedWrite } from './sync.js'
 * @import { Op } from './sync-queue.js'
 *
 * @typedef {object} Entry the copy of a task
 * @property {string} key
 * @property {Task} task as the service had it when it was last read
 * @property {number} walk which complete reading it belongs to
 * @property {boolean} [isGone] whether the service has deleted it; it is kept while there are changes to it
 */

/** @type {Omit<LocalTask, 'key' | 'id' | 'created_at' | 'updated_at' | 'pending' | 'conflict' | 'refused'>} */
const EMPTY = {
  title: '',
  description: null,
  completed: false,
  priority: 'none',
  tags: [],
  due_date: null,
  recurrence: null,
  next_task_id: null,
}

/** @param {number} time */
const iso = (time) => new Date(time).toISOString()

/**
 * The task as the user sees it.
 *
 * @param {string} key
 * @param {Entry | undefined} entry
 * @param {readonly Op[]} ops
 * @returns {LocalTask | undefined} undefined if the user does not see it
 */
export function viewOf(key, entry, ops) {
  /** @type {Partial<Task> | undefined} */
  let task = entry?.task
  let isVisible = entry !== undefined && !entry.isGone
  for (const { kind, at, ...op } of ops) {
    if (kind === 'create')
      task = { ...EMPTY, tags: [], created_at: iso(at), updated_at: iso(at), ...op.fields }
    if (kind === 'restore') task ??= op.task
    if (kind === 'update' && (task ??= op.task)) {
      const { changes } = merge(op.before ?? {}, op.fields ?? {}, task)
      const updated_at = iso(Math.max(at, Date.parse(task.updated_at ?? '') || 0))
      task = { ...task, ...changes, updated_at }
    }
    if (kind === 'remove') isVisible = false
    else if (kind === 'create' || kind === 'update' || kind === 'restore') isVisible = true
  }
  if (!isVisible || !task) return undefined
  const { user_id: _user, ...fields } = task
  return /** @type {LocalTask} */ ({
    ...fields,
    key,
    id: task.id,
    pending: ops.length > 0,
    conflict: ops.some(({ conflict }) => conflict),
    refused: ops.some(({ refused }) => refused),
  })
}

/**
 * Whether a change conflicts with the task as the service has it.
 *
 * @param {Op} op
 * @param {Entry} entry
 * @returns {Op['conflict']}
 */
export function conflictOf({ kind, before = {}, fields = {} }, { task, isGone }) {
  if (kind === 'update' && isGone) return 'deleted'
  if (kind === 'update') return merge(before, fields, task).conflicts.length > 0 ? 'changed' : undefined
  return kind === 'remove' && !isGone && differences(before, task).length > 0 ? 'removed' : undefined
}

/**
 * @param {Op} op in conflict
 * @param {Entry} entry
 * @param {LocalTask | undefined} mine
 */
export function describeConflict({ id, key, conflict, before = {}, fields = {} }, { task, isGone }, mine) {
  /** @type {string[]} */
  let names = []
  if (conflict === 'changed') names = merge(before, fields, task).conflicts
  if (conflict === 'removed') names = differences(before, task)
  const theirs = isGone ? undefined : task
  const conflictOfUser = { id, key, kind: conflict, fields: names, base: pick(before, names), mine, theirs }
  return /** @type {Conflict} */ (conflictOfUser)
}

/** @param {Op} op that was refused */
export const describeRefusal = ({ id, key, kind, fields = {}, refused }) =>
  /** @type {RefusedWrite} */ ({ id, key, kind, fields, reason: refused })
