import { merge, pick } from './sync-fields.js'

/**
 * @import { Op } from './sync-queue.js'
 * @import { Fields } from './sync-fields.js'
 */

/** Less than the time between two actions of the user. */
export const AFTER = 0.01

/**
 * Sends the fields that nobody else changed. The others wait.
 *
 * @param {Op} op
 * @param {readonly string[]} names of the fields in conflict
 * @param {string} id of the new part
 * @returns {Op[]}
 */
export function split(op, names, id) {
  const { fields = {}, before = {} } = op
  const rest = without(fields, names)
  const held = { ...op, at: op.at + AFTER, fields: pick(fields, names), before: pick(before, names) }
  if (Object.keys(rest).length === 0) return [held]
  return [{ ...op, id, fields: rest, before: without(before, names), conflict: undefined }, held]
}

/**
 * @param {Op} target in conflict
 * @param {Op} op with the choice
 * @returns {Op[]} what takes the place of the target
 */
export function resolved({ conflict, ...target }, { id, choice, seen }) {
  const isMine = choice !== 'theirs'
  if (conflict === 'deleted') {
    if (!isMine) return []
    const restore = /** @type {const} */ ({ id, key: target.key, at: target.at, kind: 'restore' })
    return [
      { ...restore, ...(target.task && { task: target.task }) },
      { ...target, at: target.at + AFTER },
    ]
  }
  if (conflict === 'removed')
    return isMine ? [{ ...target, before: pick(seen ?? {}, keysOf(target.before)) }] : []
  const { fields = {}, before = {} } = target
  const names = merge(before, fields, seen ?? {}).conflicts
  if (!isMine) return [{ ...target, fields: without(fields, names) }]
  const chosen = typeof choice === 'object' ? choice : {}
  const settled = pick(seen ?? {}, [...names, ...Object.keys(chosen)])
  return [{ ...target, fields: { ...fields, ...chosen }, before: { ...before, ...settled } }]
}

const keysOf = (/** @type {Fields} */ fields = {}) => Object.keys(fields)

/**
 * @param {Fields} fields
 * @param {readonly string[]} names
 * @returns {Fields}
 */
export const without = (fields, names) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
