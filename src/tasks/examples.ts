import type { Static } from '@sinclair/typebox'
import type { Examples } from '../openapi/responses.ts'
import { exampleOf } from '../openapi/schema-types.ts'
import { type Changes, type NewTask, type Summary, Task, type TaskChanges } from './schemas.ts'

/* The examples in the OpenAPI document. */

const plants: Task = {
  ...exampleOf(Task),
  created_at: '2026-11-20T08:30:00.000Z',
  updated_at: '2026-11-20T08:30:00.000Z',
}
const dentist: Task = {
  ...exampleOf(Task),
  id: 43,
  title: 'Dentist',
  description: null,
  completed: true,
  priority: 'none',
  tags: [],
  due_date: '2026-12-01T14:00:00.000Z',
  created_at: '2026-11-21T17:05:12.345Z',
  updated_at: '2026-12-01T15:10:00.000Z',
}

const weekly: Task = {
  ...plants,
  recurrence: { rule: 'FREQ=WEEKLY;BYDAY=TU', time_zone: 'Europe/Berlin', anchor: 'due_date' },
}

export const newTasks: Examples<NewTask> = {
  title: { summary: 'A title is enough', value: { title: 'Buy milk' } },
  day: {
    summary: 'Due on a calendar day',
    value: {
      title: 'Water the plants',
      description: 'The fern needs little, the mint a lot.',
      due_date: '2026-12-01',
    },
  },
  instant: {
    summary: 'Due at a time, with an offset',
    value: { title: 'Dentist', due_date: '2026-12-01T15:00:00+01:00' },
  },
  tagged: {
    summary: 'With a priority and tags',
    value: { title: 'Repair the fence', priority: 'high', tags: ['home', 'garden'] },
  },
  recurring: {
    summary: 'Every Tuesday',
    value: {
      title: 'Water the plants',
      due_date: '2026-12-01',
      recurrence: { rule: 'FREQ=WEEKLY;BYDAY=TU', time_zone: 'Europe/Berlin' },
    },
  },
  done: { summary: 'Completed from the start', value: { title: 'Pay the rent', completed: true } },
}

export const changes: Examples<TaskChanges> = {
  title: { summary: 'Change one field', value: { title: 'Water all plants' } },
  clear: {
    summary: 'Clear fields',
    value: { description: null, priority: null, tags: null, due_date: null },
  },
  tags: { summary: 'Replace the tags', value: { tags: ['home'] } },
  repeat: {
    summary: 'Repeat the task 3 days after each completion',
    value: { recurrence: { rule: 'FREQ=DAILY;INTERVAL=3', anchor: 'completion' } },
  },
  postpone: { summary: 'Change the due date', value: { due_date: '2026-12-08' } },
  nothing: { summary: 'Change nothing: updated_at stays too', value: {} },
}

export const completions: Examples<{ completed?: boolean }> = {
  set: { summary: 'Complete the task', value: { completed: true } },
  reopen: { summary: 'Reopen the task', value: { completed: false } },
  toggle: { summary: 'Toggle the state, as without a body', value: {} },
}

export const aTask: Examples<Task> = {
  day: { summary: 'Due on a calendar day', value: plants },
  instant: { summary: 'Due at a time, and completed', value: dentist },
}
export const created: Examples<Task> = { task: { summary: 'The new task', value: plants } }
export const aChangedTask: Examples<Task> = {
  task: {
    summary: 'The changed task',
    value: { ...plants, title: 'Water all plants', updated_at: '2026-11-22T09:00:00.000Z' },
  },
}
export const aCompletedTask: Examples<Task> = {
  task: {
    summary: 'The changed task',
    value: { ...plants, completed: true, updated_at: '2026-12-01T18:00:00.000Z' },
  },
  recurring: {
    summary: 'A recurring task was completed: next_task_id names the next one',
    value: { ...weekly, completed: true, next_task_id: 44, updated_at: '2026-12-01T18:00:00.000Z' },
  },
}

export const aSkippedTask: Examples<Task> = {
  task: {
    summary: 'The moved task',
    value: { ...weekly, due_date: '2026-12-08', updated_at: '2026-11-22T09:00:00.000Z' },
  },
}
export const dates: Examples<string[]> = {
  some: { summary: 'A task that repeats every Tuesday', value: ['2026-12-08', '2026-12-15', '2026-12-22'] },
  none: { summary: 'A task that does not repeat', value: [] },
}

/** The additional member of the problem about a task that has changed. */
export const currentTask = { current: aChangedTask.task!.value }

export const lists: Examples<Task[]> = {
  some: { summary: 'Two tasks', value: [dentist, plants] },
  none: { summary: 'No task matches', value: [] },
}

export const summaries: Examples<Summary> = {
  some: {
    summary: 'Some tasks are overdue',
    value: { total: 12, pending: 9, completed: 3, overdue: 2, message: '9 tasks pending, 2 overdue' },
  },
}

export const changePages: Examples<Static<typeof Changes>> = {
  first: {
    summary: 'Without a cursor: the first page of all tasks',
    value: { tasks: [plants, dentist], deleted: [], cursor: 'MSA5ZjM0YzE', has_more: true },
  },
  later: {
    summary: 'Changes since the cursor',
    value: { tasks: [dentist], deleted: [41], cursor: 'MSA5ZjM0YzI', has_more: false },
  },
}
