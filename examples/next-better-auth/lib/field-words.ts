import { describeDue } from './due'
import { PRIORITIES } from './priorities'
import type { Recurrence } from './repeat'
import { describeRecurrence } from './repeat-words'
import type { LocalTask, Priority, TaskField } from './task-client'

const NAMES: Partial<Record<string, string>> = {
  title: 'Title',
  description: 'Notes',
  completed: 'State',
  priority: 'Priority',
  tags: 'Tags',
  due_date: 'Due date',
  recurrence: 'Repeat',
}

/** The name of a field for users. */
export const nameOfField = (field: TaskField) => NAMES[field] ?? field

/** The value of a field for users, also of a field that this app has no form for. */
export function describeField(field: TaskField, task: Pick<LocalTask, TaskField>, now: Date): string {
  const value: unknown = task[field]
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'None'
  if (field === 'completed') return value ? 'Done' : 'Open'
  if (field === 'priority') return PRIORITIES[value as Priority]
  if (field === 'due_date') return describeDue(value as string, now)
  if (field === 'recurrence') return describeRecurrence(value as Recurrence)
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
