/**
 * @import { createState } from './sync-state.js'
 * @typedef {ReturnType<typeof createState>} State
 */

/** Everything that the storage must have. @param {State} state @returns {[string, unknown][]} */
export const everything = (state) => [
  ...[...state.entries()].map((entry) => /** @type {[string, unknown]} */ ([`task:${entry.key}`, entry])),
  ...[...state.queues()].flat().map((op) => /** @type {[string, unknown]} */ ([`op:${op.id}`, op])),
  ['meta', state.meta()],
]

/** The next reading begins without a cursor. Tasks that it does not find are gone. @param {State} state */
export function beginAnew(state) {
  let { walk } = state.meta()
  for (const entry of state.entries()) walk = Math.max(walk, entry.walk)
  state.setMeta({ cursor: undefined, walk: walk + 1, isFull: true })
}

/**
 * Without locks, two windows may store one task under two keys: that of the window that created it, and that of a window
 * that read it. The key of the creation and the newer version are kept.
 *
 * @param {State} state
 */
export function mergeDoubles(state) {
  for (const entry of [...state.entries()]) {
    const { id } = entry.task
    const other = state.entry(state.keyOf(id) ?? '')
    if (!other || other.key === entry.key || state.entry(entry.key) !== entry) continue
    const [goes, stays] = other.key === String(id) ? [other, entry] : [entry, other]
    const { task } = goes.task.updated_at > stays.task.updated_at ? goes : stays
    state.move(goes.key, stays.key)
    state.setTask(stays.key, task, stays.isGone && goes.isGone)
  }
}
