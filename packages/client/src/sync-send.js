import { fieldsOf, merge, pick, same } from './sync-fields.js'
import { NOT_FOUND, problemOf } from './sync-calls.js'
import { split } from './sync-conflicts.js'
import { createCreator } from './sync-create.js'
import { conflictOf } from './sync-view.js'

/**
 * @import { Task } from './index.js'
 * @import { createCalls } from './sync-calls.js'
 * @import { Fields } from './sync-fields.js'
 * @import { Op } from './sync-queue.js'
 * @import { createState } from './sync-state.js'
 * @import { Entry } from './sync-view.js'
 */

/**
 * Sends one write.
 *
 * @param {object} options
 * @param {ReturnType<typeof createState>} options.state
 * @param {ReturnType<typeof createCalls>} options.calls
 * @param {() => number} options.now
 * @param {() => Promise<unknown>} options.save
 * @param {() => Promise<void>} options.walk
 * @param {() => string} options.newId
 * @param {(op: Op) => void} options.onConflict
 */
export function createSender({ state, calls, now, save, walk, newId, onConflict }) {
  /** @param {Op} op @param {Partial<Op>} changes */
  function change(op, changes) {
    const next = { ...op, ...changes }
    state.setOps(
      op.key,
      state.queueOf(op.key).map((each) => (each.id === op.id ? next : each)),
    )
    return next
  }

  /**
   * The write is done. Values that the service changed a little, such as a title with spaces around it, are not changes
   * from elsewhere. So only its answer to this write counts for them, and not the task as it was read later.
   *
   * @param {Op} op @param {Task} [answer] @param {Fields} [fields] that were sent
   */
  function finish(op, answer, fields = op.fields) {
    const rest = state.queueOf(op.key).filter(({ id }) => id !== op.id)
    state.setOps(op.key, answer ? rest.map((next) => rebased(next, fields, answer)) : rest)
    state.compact(op.key)
  }

  /** Notes that the write was not made, so that later changes can be merged into it. @param {Op} op */
  function reopen(op) {
    change(op, { sentAt: undefined })
    state.compact(op.key)
  }

  /** @param {Op} op @param {import('./error.js').TaskApiError | undefined} error */
  function refuse(op, error) {
    change(op, { sentAt: undefined, refused: problemOf(error) })
    state.compact(op.key)
  }

  /** Notes, also for the time after a reload, that the write may arrive from now on. @param {Op} op */
  async function mark(op) {
    const marked = change(op, { sentAt: op.sentAt ?? now(), lastSentAt: now() })
    // If the storage fails, the write is sent all the same.
    await save().catch(() => {})
    return marked
  }

  const create = createCreator({ state, calls, now, walk, change, mark, refuse, finish })

  /** @param {Op} op @param {Entry} entry @param {AbortSignal} signal */
  async function update(op, { task }, signal) {
    const { changes } = merge(op.before ?? {}, op.fields ?? {}, task)
    if (Object.keys(changes).length === 0) return finish(op)
    await mark(op)
    const { ok, data, error, current } = await calls.update(task, changes, signal)
    if (ok) {
      state.setTask(op.key, data)
      return finish(op, data, changes)
    }
    settleRefusal(op, task, { error, current })
  }

  /** @param {Op} op @param {Entry} entry @param {AbortSignal} signal */
  async function remove(op, { task, isGone }, signal) {
    const { ok, error, current } = isGone
      ? { ok: true }
      : await mark(op).then(() => calls.remove(task, signal))
    if (!ok && error?.code !== NOT_FOUND) return settleRefusal(op, task, { error, current })
    state.setTask(op.key, task, true)
    finish(op)
  }

  /**
   * If the task has changed or was deleted, the write waits and is compared with the task again.
   *
   * @param {Op} op @param {Task} task @param {Pick<import('./sync-calls.js').Answer, 'error' | 'current'>} answer
   */
  function settleRefusal(op, task, { error, current }) {
    if (error?.status === 412 && current) state.setTask(op.key, current)
    else if (error?.code === NOT_FOUND) state.setTask(op.key, task, true)
    else return refuse(op, error)
    // An earlier attempt arrived. Without this, a later change of the same field would be merged into it and conflict.
    const { changes } = current
      ? merge(op.before ?? {}, op.fields ?? {}, current)
      : { changes: { unknown: true } }
    if (op.kind === 'update' && Object.keys(changes).length === 0) return finish(op)
    reopen(op)
  }

  /** @param {Op} op @param {Task} task @param {AbortSignal} signal */
  async function restore(op, task, signal) {
    // It was created and removed before it was sent.
    if (!task.id) return recreate(op, task)
    await mark(op)
    const { data, error } = await calls.restore(task.id, signal)
    if (error && error.code !== NOT_FOUND) return refuse(op, error)
    const restored = error ? await calls.find(task.id, signal) : data
    if (restored) {
      state.setTask(op.key, restored)
      return finish(op)
    }
    // It was deleted permanently, but the user wants to keep it.
    recreate(op, task)
  }

  /** @param {Op} op @param {Task} task */
  function recreate(op, task) {
    change(op, { kind: 'create', fields: fieldsOf(task), once: newId(), sentAt: undefined })
    state.compact(op.key)
  }

  /** @param {Op} op @param {Entry} entry @param {Op['conflict']} conflict */
  function hold(op, { task }, conflict) {
    const held = { ...op, conflict, sentAt: undefined }
    const names = conflict === 'changed' ? merge(op.before ?? {}, op.fields ?? {}, task).conflicts : undefined
    const parts = names ? split(held, names, newId()) : [held]
    state.setOps(
      op.key,
      state.queueOf(op.key).flatMap((each) => (each.id === op.id ? parts : each)),
    )
    state.compact(op.key)
    if (state.queueOf(op.key).some(({ id }) => id === op.id)) onConflict(held)
  }

  return async function send(/** @type {Op} */ op, /** @type {AbortSignal} */ signal) {
    if (op.kind === 'create') return create(op, signal)
    const task = state.entry(op.key)?.task ?? op.task
    if (!task) return finish(op)
    if (op.kind === 'restore') return restore(op, task, signal)
    const entry = state.entry(op.key) ?? { key: op.key, task, walk: 0, isGone: true }
    if (!state.entry(op.key)) state.setTask(op.key, task, true)
    const conflict = conflictOf(op, entry)
    if (conflict) return hold(op, entry, conflict)
    if (op.kind === 'update') return update(op, entry, signal)
    return remove(op, entry, signal)
  }
}

/**
 * @param {Op} next
 * @param {Fields | undefined} fields that were sent before it
 * @param {Task} answer
 */
function rebased(next, fields = {}, answer) {
  if (!next.before) return next
  const before = { ...next.before }
  for (const [name, value] of Object.entries(pick(answer, Object.keys(fields))))
    if (name in before && same(before[name], fields[name])) before[name] = value
  return { ...next, before }
}
