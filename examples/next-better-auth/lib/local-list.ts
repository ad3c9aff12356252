import { dayFromNow, isOverdue, toFields } from './due'
import { DUE, type Filters, PRIORITY } from './filters'
import { rankOf } from './priorities'
import { createSearch } from './search-text'
import { hasTag, tagKey } from './tags'
import type { LocalTask, Summary, Tag } from './task-client'

/*
 * Computes the answers of GET /tasks, /tasks/summary and /tasks/tags from the local copy, with the filters and orders of
 * the service.
 */

/** The tasks that match the filters, in their order. */
export function listTasks(tasks: readonly LocalTask[], filters: Filters, now: Date): LocalTask[] {
  const found = createSearch(filters.search)
  return tasks
    .filter((task) => matchesShow(task, filters.show, now) && matchesDue(task, filters.due, now))
    .filter((task) => matchesLabels(task, filters) && found(task))
    .sort(COMPARE[filters.sort])
}

function matchesShow(task: LocalTask, show: Filters['show'], now: Date): boolean {
  if (show === 'open') return !task.completed
  if (show === 'done') return task.completed
  return show === 'all' || isOverdue(task, now)
}

function matchesDue({ due_date: date }: LocalTask, due: Filters['due'], now: Date): boolean {
  const { days } = DUE[due]
  if (days === undefined) return true
  const { day } = toFields(date)
  return day >= dayFromNow(0, now) && day < dayFromNow(days, now)
}

function matchesLabels({ priority, tags }: LocalTask, filters: Filters): boolean {
  const values: readonly string[] | undefined = PRIORITY[filters.priority].values
  return (!values || values.includes(priority)) && filters.tags.every((tag) => hasTag(tags, tag))
}

/** The collation of the service: ICU's root collation, without case. */
const titles = new Intl.Collator('en', { sensitivity: 'accent' })
const compare = (a: number | string, b: number | string) => (a < b ? -1 : Number(a > b))
const dueTime = ({ due_date: due }: LocalTask) => (due === null ? Infinity : Date.parse(due))

/** A task without an id is newer than all that have one. */
function byId(a: LocalTask, b: LocalTask): number {
  return compare(a.id ?? Infinity, b.id ?? Infinity) || compare(a.created_at, b.created_at)
}

const COMPARE: Record<Filters['sort'], (a: LocalTask, b: LocalTask) => number> = {
  newest: (a, b) => COMPARE.oldest(b, a),
  oldest: (a, b) => compare(a.created_at, b.created_at) || byId(a, b),
  due: (a, b) => compare(dueTime(a), dueTime(b)) || byId(a, b),
  priority: (a, b) => rankOf(b.priority) - rankOf(a.priority) || byId(b, a),
  title: (a, b) => titles.compare(a.title, b.title) || byId(a, b),
  changed: (a, b) => compare(b.updated_at, a.updated_at) || byId(b, a),
}

export function summarize(tasks: readonly LocalTask[], now: Date): Omit<Summary, 'message'> {
  const completed = tasks.filter((task) => task.completed).length
  const overdue = tasks.filter((task) => isOverdue(task, now)).length
  return { total: tasks.length, pending: tasks.length - completed, completed, overdue }
}

/** The tags in use, by name, with the number of their tasks. */
export function countTags(tasks: readonly LocalTask[]): Tag[] {
  const counts = new Map<string, Tag>()
  for (const name of tasks.flatMap(({ tags }) => tags)) {
    const tag = counts.get(tagKey(name)) ?? { name, count: 0 }
    counts.set(tagKey(name), { ...tag, count: tag.count + 1 })
  }
  return [...counts.values()].sort((a, b) => a.name.localeCompare(b.name))
}
