/**
 * @import { TaskChanges } from './index.js'
 * @typedef {Record<string, unknown>} Fields of a task, by name; a newer service may have other fields than this version
 */

/** Fields that only the service sets. */
const OF_THE_SERVICE = ['id', 'user_id', 'created_at', 'updated_at', 'next_task_id', 'deleted_at']
/** Fields that exist on this device only. */
const OF_THE_DEVICE = ['key', 'pending', 'conflict', 'refused']
const NOT_OF_THE_USER = [...OF_THE_SERVICE, ...OF_THE_DEVICE]
/** Maximum number of tags of a task. */
const MAX_TAGS = 20

/**
 * The fields that users can change.
 *
 * @param {object} task
 * @returns {Fields}
 */
export const fieldsOf = (task) =>
  Object.fromEntries(Object.entries(task).filter(([name]) => !NOT_OF_THE_USER.includes(name)))

/**
 * The values as the service will return them, as far as a client can predict them. A change whose answer was lost is
 * recognized by these values.
 *
 * @param {TaskChanges} changes
 * @returns {Fields}
 */
export function normalized(changes) {
  // The value as it is sent. A value that is not JSON cannot be stored, and would block the storage for others.
  const fields = /** @type {(text: string) => Fields & TaskChanges} */ (JSON.parse)(JSON.stringify(changes))
  const { title, priority, tags, due_date, recurrence } = fields
  if (typeof title === 'string') fields.title = title.trim()
  if (priority === null) fields.priority = 'none'
  if (tags === null) fields.tags = []
  if (Array.isArray(tags)) fields.tags = unique(tags.map((tag) => tag.trim().normalize('NFC')))
  if (typeof due_date === 'string' && due_date.includes('T')) fields.due_date = inUtc(due_date)
  if (recurrence) fields.recurrence = complete(recurrence)
  return fields
}

/** @param {NonNullable<TaskChanges['recurrence']>} recurrence */
const complete = ({ rule, time_zone = 'UTC', anchor = 'due_date' }) => ({
  rule: String(rule)
    .toUpperCase()
    .replace(/^RRULE:/, ''),
  time_zone,
  anchor,
})

/** @param {string} text */
function inUtc(text) {
  const time = Date.parse(text)
  return Number.isNaN(time) ? text : new Date(time).toISOString()
}

/** @param {string} tag */
const fold = (tag) => tag.toLowerCase()

/** @param {string[]} tags of which the first spelling stays */
const unique = (tags) => [...new Map(tags.toReversed().map((tag) => [fold(tag), tag])).values()].toReversed()

/**
 * Whether a value is the same as the service's. The service may add defaults to an object.
 *
 * @param {unknown} mine
 * @param {unknown} theirs
 * @returns {boolean}
 */
export function same(mine, theirs) {
  if (typeof mine !== 'object' || typeof theirs !== 'object' || !mine || !theirs) return mine === theirs
  if (Array.isArray(mine) && mine.length !== /** @type {unknown[]} */ (theirs).length) return false
  return Object.entries(mine).every(([name, value]) => same(value, /** @type {Fields} */ (theirs)[name]))
}

/**
 * A three-way merge.
 *
 * @param {Fields} before values that the user saw before the change
 * @param {Fields} mine values that the user set
 * @param {object} theirs the task as it is now
 * @returns the values to send, and the names of the fields that both changed
 */
export function merge(before, mine, theirs) {
  /** @type {Fields} */
  const changes = {}
  const conflicts = []
  for (const [name, value] of Object.entries(mine)) {
    const [was, is] = [before[name], /** @type {Fields} */ (theirs)[name]]
    if (same(value, is) || same(value, was)) continue
    changes[name] = value
    if (same(was, is)) continue
    const tags = name === 'tags' ? mergedTags([was, value, is]) : undefined
    if (tags === undefined || tags.length > MAX_TAGS) conflicts.push(name)
    else if (same(tags, is)) delete changes.tags
    else changes.tags = tags
  }
  return { changes, conflicts }
}

/** @param {string[]} tags @returns whether a tag is not among them */
function missingIn(tags) {
  const names = new Set(tags.map(fold))
  return (/** @type {string} */ tag) => !names.has(fold(tag))
}

/** @param {unknown[]} versions of the tags: before, mine, theirs */
function mergedTags(versions) {
  const [before = [], mine = [], theirs = []] = /** @type {string[][]} */ (versions)
  const removed = before.filter(missingIn(mine))
  return unique([...theirs.filter(missingIn(removed)), ...mine.filter(missingIn(before))])
}

/**
 * The tags before two changes in a row, so that a merge removes and adds what the two together remove and add.
 *
 * @param {unknown[]} versions the tags before the first change, and before and after the second one
 */
export function tagsBefore(...versions) {
  const [first = [], before = [], after = []] = /** @type {string[][]} */ (versions)
  const added = after.filter(missingIn(before))
  return unique([...first.filter(missingIn(added)), ...before.filter(missingIn(after))])
}

/**
 * The names of the fields that differ.
 *
 * @param {Fields} before
 * @param {object} now
 */
export const differences = (before, now) =>
  Object.keys(before).filter((name) => !same(before[name], /** @type {Fields} */ (now)[name]))

/**
 * @param {object} task
 * @param {readonly string[]} names
 * @returns {Fields}
 */
export const pick = (task, names) =>
  Object.fromEntries(names.map((name) => [name, /** @type {Fields} */ (task)[name]]))
