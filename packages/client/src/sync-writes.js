import { fieldsOf, normalized, pick, same } from './sync-fields.js'
import { newId } from './sync-windows.js'

/**
 * @import { Task } from './index.js'
 * @import { TaskSync } from './sync.js'
 * @import { Op } from './sync-queue.js'
 * @import { createState } from './sync-state.js'
 */

/**
 * What the user can do. Each call adds one entry to the queue.
 *
 * @param {object} options
 * @param {ReturnType<typeof createState>} options.state
 * @param {string} options.userId
 * @param {() => number} options.now
 * @param {(op: Op) => void} options.add
 */
export function createWrites({ state, userId, now, add }) {
  let last = 0

  /** @param {string} key @param {Omit<Op, 'id' | 'key' | 'at'>} op */
  function act(key, op) {
    const task = state.entry(key)?.task
    last = Math.max(now(), last + 1, (state.queueOf(key).at(-1)?.at ?? 0) + 1)
    add({ id: newId(), key, at: last, ...(task && { task }), ...op })
  }
  /** @param {string} key */
  function existing(key) {
    const task = state.view(key)
    if (!task) throw new Error(`There is no task with the key "${key}".`)
    return task
  }

  /** @type {TaskSync['update']} */
  function update(key, changes) {
    const task = existing(key)
    const fields = normalized(changes)
    const before = pick(task, Object.keys(fields))
    if (!same(fields, before) || task.refused) act(key, { kind: 'update', fields, before })
    return existing(key)
  }

  return /** @satisfies {Partial<TaskSync>} */ ({
    create(fields) {
      const key = `new-${newId()}`
      act(key, { kind: 'create', fields: normalized(fields), once: newId() })
      return existing(key)
    },
    update,
    complete: (key, completed) => update(key, { completed }),
    remove(key) {
      const task = state.view(key)
      if (task) act(key, { kind: 'remove', before: fieldsOf(task) })
      return task
    },
    restore(removed) {
      const key = 'key' in removed ? removed.key : (state.keyOf(removed.id) ?? String(removed.id))
      const { id, created_at, updated_at } = removed
      const task = { id, user_id: userId, created_at, updated_at, ...fieldsOf(removed) }
      const known = state.entry(key)?.task ?? /** @type {Task} */ (task)
      if (!state.view(key)) act(key, { kind: 'restore', task: known })
      return existing(key)
    },
    resolve({ id, key, theirs }, choice) {
      const chosen = typeof choice === 'object' ? normalized(choice) : choice
      act(key, { kind: 'resolve', target: id, choice: chosen, ...(theirs && { seen: theirs }) })
    },
    retry: ({ id, key }) => act(key, { kind: 'retry', target: id }),
    discard: ({ id, key }) => act(key, { kind: 'discard', target: id }),
  })
}
