import { unexpectedAnswer } from './error.js'
import { beginAnew } from './sync-repair.js'

/**
 * @import { createCalls } from './sync-calls.js'
 * @import { createState } from './sync-state.js'
 * @typedef {ReturnType<typeof createState>} State
 */

/**
 * Reads what changed at the service since the last time. The cursor is stored together with each page.
 *
 * @param {object} options
 * @param {State} options.state
 * @param {ReturnType<typeof createCalls>} options.calls
 * @param {() => number} options.now
 * @param {() => void} options.onPage
 * @param {AbortSignal} options.signal
 */
export async function walk({ state, calls, now, onPage, signal }) {
  for (;;) {
    const { cursor, walk: begun } = state.meta()
    const page = await calls.changes(cursor, signal)
    // The storage was read in between, and the copy has started again.
    if (state.meta().walk !== begun) continue
    if (!page) {
      if (cursor === undefined) throw unexpectedAnswer()
      // The copy stays visible until the next complete reading is over.
      state.setMeta({ cursor: undefined })
      continue
    }
    // A complete reading begins. It has all tasks that answers to writes brought so far, or they are gone.
    if (cursor === undefined) beginAnew(state)
    for (const task of page.tasks) state.setTask(state.keyOf(task.id) ?? String(task.id), task)
    for (const id of page.deleted) forget(state, id)
    state.setMeta({ cursor: page.cursor })
    if (!page.has_more) {
      if (state.meta().isFull) forgetMissing(state)
      state.setMeta({ isFull: false, isComplete: true, lastSyncedAt: now() })
    }
    onPage()
    if (!page.has_more) return
  }
}

/** @param {State} state @param {number} id */
function forget(state, id) {
  const key = state.keyOf(id)
  const entry = key === undefined ? undefined : state.entry(key)
  if (entry) state.setTask(entry.key, entry.task, true)
}

/**
 * Tasks of an older reading are gone. Those that were gone then, and kept for restore(), are forgotten after one more.
 *
 * @param {State} state
 */
function forgetMissing(state) {
  const current = state.meta().walk
  for (const { key, task, walk, isGone } of [...state.entries()]) {
    if (walk >= current) continue
    if (!isGone) forget(state, task.id)
    else if (walk < current - 1 && state.queueOf(key).length === 0) state.drop(key)
  }
}
