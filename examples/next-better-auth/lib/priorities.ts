import type { Priority } from './task-client'

/** The words for users, from the least to the most urgent. */
export const PRIORITIES = {
  none: 'None',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  urgent: 'Urgent',
} as const satisfies Record<Priority, string>

const ORDER = Object.keys(PRIORITIES) as Priority[]

/** 0 for no priority, 4 for the most urgent. */
export const rankOf = (priority: Priority) => ORDER.indexOf(priority)
