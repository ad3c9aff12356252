import { createCopy } from './sync-copy.js'
import { compact } from './sync-queue.js'
import { conflictOf } from './sync-view.js'

/**
 * @import { Task } from './index.js'
 * @import { Op } from './sync-queue.js'
 * @import { Entry } from './sync-view.js'
 *
 * @typedef {object} Meta
 * @property {string} [cursor] of the next page of the changes
 * @property {number} walk the number of the last complete reading; a cursor that expired begins the next
 * @property {boolean} isFull whether this reading is not over: tasks of the reading before may be gone
 * @property {boolean} isComplete whether the copy has been complete once
 * @property {number} [lastSyncedAt]
 */

/** @type {Meta} */
const NEW = { walk: 1, isFull: true, isComplete: false }

/**
 * The copy and the queue in memory. Each change is also put into the store.
 *
 * @param {(key: string, value: unknown) => void} put into the store; undefined deletes
 */
export function createState(put) {
  const copy = createCopy()
  const { entry: entryOf, queueOf, setEntry, setQueue } = copy
  let meta = NEW
  /** Ids of finished ops. A late message about them changes nothing. */
  const finished = new Set()

  const state = {
    ...copy,
    meta: () => meta,

    /** @param {Partial<Meta>} changes */
    setMeta(changes) {
      meta = { ...meta, ...changes }
      put('meta', meta)
    },
    /**
     * Stores the task as the service has it. A task that is gone stays if the user has changed it, and if this device
     * created it: only the entry knows the id then, for restore().
     *
     * @param {string} key @param {Task} task
     */
    setTask(key, task, isGone = false) {
      const isOver = isGone && queueOf(key).length === 0 && (!task.id || key === String(task.id))
      const entry = isOver ? undefined : { key, task, walk: meta.walk, ...(isGone && { isGone }) }
      setEntry(key, entry)
      put(`task:${key}`, entry)
      const queue = queueOf(key)
      if (!entry || !queue.some(({ conflict }) => conflict)) return
      const judged = queue.map((op) => (op.conflict ? { ...op, conflict: conflictOf(op, entry) } : op))
      state.setOps(key, judged)
    },
    /**
     * Gives a task the key under which this device created it. It may already have been read from the service.
     *
     * @param {string} key @param {Task} task
     */
    adopt(key, task) {
      const other = copy.keyOf(task.id)
      if (other !== undefined && other !== key) state.move(other, key)
      state.setTask(key, task)
    },
    /** Forgets a task. @param {string} key */
    drop(key) {
      setEntry(key, undefined)
      put(`task:${key}`, undefined)
    },
    /** Gives the writes of a key to another key of the same task. @param {string} other @param {string} key */
    move(other, key) {
      const moved = queueOf(other).map((op) => ({ ...op, key }))
      setQueue(other, [])
      state.drop(other)
      state.setOps(key, [...queueOf(key), ...moved])
    },
    /** @param {string} key @param {Op[]} queue */
    setOps(key, queue) {
      const old = queueOf(key)
      const ids = new Set(queue.map(({ id }) => id))
      for (const { id } of old) if (!ids.has(id)) state.finish(id)
      for (const op of queue) if (!old.includes(op)) put(`op:${op.id}`, op)
      setQueue(key, queue)
      const entry = entryOf(key)
      if (queue.length === 0 && entry?.isGone) state.setTask(key, entry.task, true)
    },
    /** @param {string} id */
    finish(id) {
      finished.add(id)
      put(`op:${id}`, undefined)
    },
    /** @param {Op} op of the user */
    add(op) {
      takeOp(op)
      put(`op:${op.id}`, op)
    },
    compact(/** @type {string} */ key) {
      const entry = entryOf(key)
      state.setOps(key, compact(queueOf(key), entry !== undefined && !entry.isGone))
    },

    /**
     * Adds what another window or an earlier one has stored.
     *
     * @param {Iterable<[string, unknown]>} stored
     * @returns the keys of tasks with new ops
     */
    take(stored) {
      /** @type {Set<string>} */
      const changed = new Set()
      for (const [name, value] of stored) {
        const id = name.slice(name.indexOf(':') + 1)
        if (name === 'meta') meta = /** @type {Meta} */ (value ?? NEW)
        else if (name.startsWith('task:')) setEntry(id, /** @type {Entry | undefined} */ (value))
        else if (!name.startsWith('op:')) continue
        else if (!value) takeEnd(id)
        else if (!finished.has(id)) changed.add(takeOp(/** @type {Op} */ (value)))
      }
      return changed
    },
    /**
     * Adds what the user did in another window.
     *
     * @param {[string, unknown][]} stored of which the other window may know an older version
     */
    takeNew(stored) {
      const ids = new Set(copy.ofEach(({ id }) => [id]))
      const isKnown = (/** @type {Op} */ { id }) => ids.has(id)
      return state.take(
        stored.filter(
          ([name, value]) => name.startsWith('op:') && value && !isKnown(/** @type {Op} */ (value)),
        ),
      )
    },
    /** Replaces the copy with the stored one. @param {Iterable<[string, unknown]>} stored */
    load(stored) {
      copy.empty()
      meta = NEW
      return state.take(stored)
    },
    /** For sign-out. */
    clear: () => void state.load([]),
  }

  /** @param {Op} op */
  function takeOp(op) {
    takeEnd(op.id, false)
    const queue = [...queueOf(op.key), op]
    setQueue(
      op.key,
      queue.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)),
    )
    return op.key
  }
  /** @param {string} id */
  function takeEnd(id, isOver = true) {
    if (isOver) finished.add(id)
    for (const queue of copy.queues()) {
      const found = queue.find((op) => op.id === id)
      if (found)
        setQueue(
          found.key,
          queue.filter((op) => op !== found),
        )
    }
  }
  return state
}
