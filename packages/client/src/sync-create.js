import { same } from './sync-fields.js'

/**
 * @import { Task } from './index.js'
 * @import { createCalls } from './sync-calls.js'
 * @import { Op } from './sync-queue.js'
 * @import { createState } from './sync-state.js'
 */

/** The service remembers idempotency keys for 24 hours. */
const KEY_MS = 23 * 3600_000
/** How far the clocks of this device and of the service may differ. */
const CLOCK_MS = 10 * 60_000

/**
 * Sends creations, so that each creates one task.
 *
 * @param {object} options
 * @param {ReturnType<typeof createState>} options.state
 * @param {ReturnType<typeof createCalls>} options.calls
 * @param {() => number} options.now
 * @param {() => Promise<void>} options.walk
 * @param {(op: Op, changes: Partial<Op>) => Op} options.change
 * @param {(op: Op) => Promise<Op>} options.mark
 * @param {(op: Op, error: import('./error.js').TaskApiError) => void} options.refuse
 * @param {(op: Op, answer?: Task) => void} options.finish
 */
export function createCreator({ state, calls, now, walk, change, mark, refuse, finish }) {
  /** @param {Op} op @param {Task | undefined} task as it is now @param {Task} [answer] to the creation */
  function settle(op, task, answer) {
    const known = /** @type {Task} */ (task ?? answer)
    state.adopt(op.key, known)
    finish(op, answer)
    if (!task) state.setTask(op.key, known, true)
  }

  /**
   * Finds the task that an earlier attempt created, if the service has forgotten the key.
   *
   * @param {Op} op
   */
  function findArrived({ sentAt = 0, lastSentAt = 0, fields = {} }) {
    for (const { key, task, isGone } of state.entries()) {
      const createdAt = Date.parse(task.created_at)
      const isOfThatTime = createdAt > sentAt - CLOCK_MS && createdAt < lastSentAt + CLOCK_MS
      if (isOfThatTime && !isGone && key === String(task.id) && same(fields.title, task.title)) return task
    }
    return undefined
  }

  return async function create(/** @type {Op} */ op, /** @type {AbortSignal} */ signal) {
    const { sentAt, lastSentAt = 0 } = op
    const age = now() - (sentAt ?? now())
    // A negative age: the clock was set back, so the age is unknown.
    if (age > KEY_MS || age < 0) {
      if (age < 0 || (state.meta().lastSyncedAt ?? 0) < lastSentAt + CLOCK_MS) await walk()
      const arrived = findArrived(op)
      if (arrived) return settle(op, arrived)
      // With the same key, because the service may still know it.
      op = change(op, { sentAt: undefined })
    }
    const { fields = {}, once = op.id } = await mark(op)
    const { data, error } = await calls.create(fields, once, signal)
    if (error) return refuse(op, error)
    // A repeated request gets its first answer again. The task may have changed or been deleted since.
    const task = sentAt === undefined ? data : await calls.find(data.id, signal)
    settle(op, task, data)
  }
}
