import { AFTER, resolved, without } from './sync-conflicts.js'
import { merge, pick, tagsBefore } from './sync-fields.js'

/**
 * @import { Task } from './index.js'
 * @import { Choice, SyncProblem } from './sync.js'
 * @import { Fields } from './sync-fields.js'
 *
 * @typedef {object} Op what the user did; it is stored until the service has done it
 * @property {string} id
 * @property {string} key of the task
 * @property {number} at when the user did it, in milliseconds since 1970; grows from one to the next
 * @property {'create' | 'update' | 'remove' | 'restore' | 'resolve' | 'retry' | 'discard'} kind the last three are about
 *   another one, their `target`
 * @property {Fields} [fields] of create and update
 * @property {Fields} [before] of update and remove: the values that the user saw
 * @property {Task} [task] as the service had it at that time
 * @property {string} [once] of create: the idempotency key
 * @property {number} [sentAt] when it was first sent; it may have arrived, so it must not change
 * @property {number} [lastSentAt]
 * @property {'changed' | 'deleted' | 'removed'} [conflict]
 * @property {SyncProblem} [refused]
 * @property {string} [target]
 * @property {Choice} [choice]
 * @property {Task} [seen] the service's version that the user chose from
 */

/**
 * Whether later changes can become a part of this one.
 *
 * @param {Op | undefined} op
 */
const isOpen = (op) => !op?.sentAt && (op?.kind === 'create' || op?.kind === 'update')

/**
 * The shortest queue of one task that has the same effect.
 *
 * @param {readonly Op[]} ops in their order
 * @param {boolean} isThere whether the service has the task, as far as this device knows
 * @returns {Op[]} unchanged ops are the same objects
 */
export function compact(ops, isThere) {
  /** @type {Op[]} */
  const queue = []
  for (const op of ops) ADD[op.kind](queue, op, isThere)
  return queue
}

/** @type {Record<Op['kind'], (queue: Op[], op: Op, isThere: boolean) => unknown>} */
const ADD = {
  create: (queue, op) => queue.push(op),
  update(queue, op) {
    const last = queue.at(-1)
    if (op.sentAt || op.conflict || op.refused) return queue.push(op)
    if (last?.conflict === 'changed') return addBefore(queue, last, op)
    if (!last || !isOpen(last)) return queue.push(op)
    const { refused: _corrected, ...open } = last
    queue.splice(-1, 1, { ...open, ...combined(last, op) })
  },
  remove(queue, op) {
    const last = queue.at(-1)
    if (!last || !isOpen(last)) return queue.push(op)
    if (last.kind === 'create') return queue.pop()
    if (!last.refused && !last.conflict) return queue.push(op)
    queue.splice(-1, 1, { ...op, before: { ...op.before, ...last.before } })
  },
  restore(queue, op, isThere) {
    // Two windows may have removed the task.
    const removes = queue.splice(queue.findLastIndex(({ kind, sentAt }) => kind !== 'remove' || sentAt) + 1)
    const isKept = isThere || queue.some(({ kind }) => kind === 'create' || kind === 'restore')
    if (removes.length === 0 || !isKept || queue.at(-1)?.kind === 'remove') queue.push(op)
  },
  retry: (queue, op) => replace(queue, op, ({ refused: _reason, ...target }) => [target]),
  // The task is never created, so later changes of it are dropped.
  discard: (queue, op) => replace(queue, op, ({ kind }) => (kind === 'create' ? queue.splice(0) && [] : [])),
  resolve: (queue, op) => replace(queue, op, (target) => resolved(target, op)),
}

/**
 * The later value counts. Tags are merged, because two windows may have added and removed some at the same time.
 *
 * @param {Op} earlier
 * @param {Op} later
 * @returns {Required<Pick<Op, 'fields' | 'before'>>}
 */
function combined(earlier, later) {
  const fields = { ...earlier.fields, ...later.fields }
  const before = { ...later.before, ...earlier.before }
  if (!earlier.fields?.tags || !later.fields?.tags) return { fields, before }
  const mine = pick(later.fields, ['tags'])
  const { changes, conflicts } = merge(pick(later.before ?? {}, ['tags']), mine, earlier.fields)
  if (conflicts.length === 0) fields.tags = changes.tags ?? earlier.fields.tags
  before.tags = tagsBefore(earlier.before?.tags, later.before?.tags, later.fields.tags)
  return { fields, before }
}

/**
 * Fields in conflict wait for the user at the end of the queue. Changes of other fields do not wait with them.
 *
 * @param {Op[]} queue
 * @param {Op} conflict the last of the queue
 * @param {Op} op
 */
function addBefore(queue, conflict, op) {
  const { fields = {}, before = {} } = op
  const names = Object.keys(conflict.fields ?? {})
  const others = without(fields, names)
  queue.pop()
  if (Object.keys(others).length > 0)
    ADD.update(queue, { ...op, fields: others, before: without(before, names) }, true)
  const inside = pick(
    fields,
    names.filter((name) => name in fields),
  )
  queue.push({ ...conflict, at: op.at + AFTER, fields: { ...conflict.fields, ...inside } })
}

/**
 * @param {Op[]} queue
 * @param {Op} op
 * @param {(target: Op) => Op[]} change
 */
function replace(queue, { target, kind }, change) {
  const index = queue.findIndex(({ id }) => id === target)
  const found = queue[index]
  if (found && (kind === 'resolve' ? found.conflict : found.refused)) queue.splice(index, 1, ...change(found))
}
