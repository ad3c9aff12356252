import { dayFromNow, isOverdue, toFields } from './due'
import { DUE, type Filters, PRIORITY } from './filters'
import { rankOf } from './priorities'
import { hasTag } from './tags'
import type { Task } from './task-client'

/** Whether a list with these filters holds the task; undefined if only the service knows. */
export function matches(task: Task, filters: Filters, now: Date): boolean | undefined {
  const { show, due, search } = filters
  if (!matchesShow(task, show, now) || !matchesDue(task, due, now) || !matchesLabels(task, filters))
    return false
  const found = (text: string) => text.toLowerCase().includes(search.toLowerCase())
  return [task.title, ...task.tags].some(found) || undefined
}

function matchesLabels({ priority, tags }: Task, filters: Filters): boolean {
  const values: readonly string[] | undefined = PRIORITY[filters.priority].values
  return (!values || values.includes(priority)) && filters.tags.every((tag) => hasTag(tags, tag))
}

function matchesShow(task: Task, show: Filters['show'], now: Date): boolean {
  if (show === 'open') return !task.completed
  if (show === 'done') return task.completed
  return show === 'all' || isOverdue(task, now)
}

function matchesDue({ due_date: date }: Task, due: Filters['due'], now: Date): boolean {
  const { days } = DUE[due]
  if (days === undefined) return true
  const { day } = toFields(date)
  return day >= dayFromNow(0, now) && day < dayFromNow(days, now)
}

const collator = new Intl.Collator('en', { sensitivity: 'base', numeric: false })
const dueTime = ({ due_date: due }: Task) => (due === null ? Infinity : Date.parse(due))

/** Like the order of the service. Titles may differ from it in rare letters, until the list is loaded again. */
const COMPARE: Record<Filters['sort'], (a: Task, b: Task) => number> = {
  newest: (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || b.id - a.id,
  oldest: (a, b) => Date.parse(a.created_at) - Date.parse(b.created_at) || a.id - b.id,
  due: (a, b) => (dueTime(a) === dueTime(b) ? a.id - b.id : dueTime(a) - dueTime(b)),
  priority: (a, b) => rankOf(b.priority) - rankOf(a.priority) || COMPARE.newest(a, b),
  title: (a, b) => collator.compare(a.title, b.title) || a.id - b.id,
  changed: (a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at) || b.id - a.id,
}

/** The index in `tasks` at which the task belongs. */
export function placeOf(task: Task, tasks: readonly Task[], sort: Filters['sort']): number {
  const index = tasks.findIndex((other) => COMPARE[sort](task, other) < 0)
  return index === -1 ? tasks.length : index
}
