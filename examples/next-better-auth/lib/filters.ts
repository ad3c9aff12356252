import { addTags, MAX_TAGS } from './tags'
import type { Priority } from './task-client'

/** What the list shows. The address bar holds the same. */
export interface Filters {
  show: keyof typeof SHOW
  due: keyof typeof DUE
  priority: keyof typeof PRIORITY
  /** All of these tags. */
  tags: readonly string[]
  sort: keyof typeof SORT
  search: string
}

/** Each choice with its label. */
export const SHOW = {
  all: { label: 'All' },
  open: { label: 'Open' },
  overdue: { label: 'Overdue' },
  done: { label: 'Done' },
} as const

export const DUE = {
  any: { label: 'Any time', days: undefined },
  today: { label: 'Due today', days: 1 },
  week: { label: 'Next 7 days', days: 7 },
} as const

export const PRIORITY = {
  any: { label: 'Any priority', values: undefined },
  important: { label: 'High or urgent', values: ['high', 'urgent'] },
  urgent: { label: 'Urgent', values: ['urgent'] },
  high: { label: 'High', values: ['high'] },
  medium: { label: 'Medium', values: ['medium'] },
  low: { label: 'Low', values: ['low'] },
  none: { label: 'No priority', values: ['none'] },
} as const satisfies Record<string, { label: string; values: readonly Priority[] | undefined }>

export const SORT = {
  newest: { label: 'Newest first' },
  oldest: { label: 'Oldest first' },
  due: { label: 'Due date' },
  priority: { label: 'Priority' },
  title: { label: 'Title A to Z' },
  changed: { label: 'Last changed' },
} as const

export const NO_FILTERS: Filters = {
  show: 'all',
  due: 'any',
  priority: 'any',
  tags: [],
  sort: 'newest',
  search: '',
}

/** Whether the filters may hide tasks. */
export const isFiltered = (filters: Filters) => writeFilters({ ...filters, sort: NO_FILTERS.sort }) !== '/'

/** Reads the filters from an address. Unknown values are ignored. */
export function readFilters(address: URLSearchParams): Filters {
  const read = <Name extends string>(name: string, choices: Record<Name, unknown>, fallback: Name): Name => {
    const value = address.get(name) ?? ''
    return Object.hasOwn(choices, value) ? (value as Name) : fallback
  }
  return {
    show: read('show', SHOW, NO_FILTERS.show),
    due: read('due', DUE, NO_FILTERS.due),
    priority: read('priority', PRIORITY, NO_FILTERS.priority),
    tags: addTags([], (address.get('tags') ?? '').slice(0, 1100)).slice(0, MAX_TAGS),
    sort: read('sort', SORT, NO_FILTERS.sort),
    search: (address.get('search') ?? '').slice(0, 100),
  }
}

/** The address of the filters, without those at their default. */
export function writeFilters(filters: Filters): string {
  const changed = Object.entries(filters)
    .map(([name, value]) => [name, String(value), String(NO_FILTERS[name as keyof Filters])])
    .filter(([, value, initial]) => value !== initial)
  return changed.length === 0
    ? '/'
    : `/?${new URLSearchParams(changed.map(([name, value]) => [name!, value!]))}`
}
