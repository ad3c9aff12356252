import { describeConflict, describeRefusal, viewOf } from './sync-view.js'

/**
 * @import { Conflict, LocalTask, RefusedWrite } from './sync.js'
 * @import { Op } from './sync-queue.js'
 * @import { Entry } from './sync-view.js'
 */

/** The copy of the tasks, the queue of each task, and what users see of them. What was computed is kept until it changes. */
export function createCopy() {
  /** @type {Map<string, Entry>} */
  let entries = new Map()
  /** @type {Map<number, string>} keys by id */
  let keys = new Map()
  /** @type {Map<string, Op[]>} by key */
  let queues = new Map()
  /** @type {Map<string, LocalTask | undefined>} */
  const views = new Map()
  /** @type {{ tasks?: LocalTask[], conflicts?: Conflict[], refused?: RefusedWrite[] }} */
  let lists = {}

  /** @param {string} key */
  function touch(key) {
    views.delete(key)
    lists = {}
  }
  const queueOf = (/** @type {string} */ key) => queues.get(key) ?? []

  /** @param {string} key @param {Entry | undefined} entry */
  function setEntry(key, entry) {
    const old = entries.get(key)
    if (old && keys.get(old.task.id) === key) keys.delete(old.task.id)
    if (entry) {
      entries.set(key, entry)
      keys.set(entry.task.id, key)
    } else entries.delete(key)
    touch(key)
  }
  /** @param {string} key @param {Op[]} queue */
  function setQueue(key, queue) {
    if (queue.length > 0) queues.set(key, queue)
    else queues.delete(key)
    touch(key)
  }
  /** @param {string} key */
  function view(key) {
    if (!views.has(key)) views.set(key, viewOf(key, entries.get(key), queueOf(key)))
    return views.get(key)
  }
  /** @template Item @param {(op: Op) => Item[]} of */
  const ofEach = (of) => [...queues.values()].flat().flatMap(of)

  return {
    view,
    queueOf,
    entry: (/** @type {string} */ key) => entries.get(key),
    entries: () => entries.values(),
    keyOf: (/** @type {number} */ id) => keys.get(id),
    queues: () => queues.values(),
    keysOfQueues: () => [...queues.keys()],
    tasks: () =>
      (lists.tasks ??= [...new Set([...entries.keys(), ...queues.keys()])].flatMap((key) => view(key) ?? [])),
    conflicts: () =>
      (lists.conflicts ??= ofEach((op) => {
        const entry = entries.get(op.key)
        return op.conflict && entry ? [describeConflict(op, entry, view(op.key))] : []
      })),
    refused: () => (lists.refused ??= ofEach((op) => (op.refused ? [describeRefusal(op)] : []))),
    ofEach,
    setEntry,
    setQueue,
    empty() {
      entries = new Map()
      keys = new Map()
      queues = new Map()
      views.clear()
      lists = {}
    },
  }
}
