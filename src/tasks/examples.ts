import type { Examples } from '../openapi/responses.ts'
import type { NewTask, Summary, Task, TaskChanges } from './schemas.ts'

/** What the document shows of each call, beside the schemas. */
const plants: Task = {
  id: 42,
  user_id: 'alice',
  title: 'Water the plants',
  description: 'The fern needs little, the mint a lot.',
  completed: false,
  due_date: '2026-12-01',
  created_at: '2026-11-20T08:30:00.000Z',
  updated_at: '2026-11-20T08:30:00.000Z',
}
const dentist: Task = {
  id: 43,
  user_id: 'alice',
  title: 'Dentist',
  description: null,
  completed: true,
  due_date: '2026-12-01T14:00:00.000Z',
  created_at: '2026-11-21T17:05:12.345Z',
  updated_at: '2026-12-01T15:10:00.000Z',
}

export const newTasks: Examples<NewTask> = {
  title: { summary: 'A title is enough', value: { title: 'Buy milk' } },
  day: {
    summary: 'Due on a day, wherever that is',
    value: {
      title: 'Water the plants',
      description: 'The fern needs little, the mint a lot.',
      due_date: '2026-12-01',
    },
  },
  instant: {
    summary: 'Due at an instant, with its offset',
    value: { title: 'Dentist', due_date: '2026-12-01T15:00:00+01:00' },
  },
  done: { summary: 'Done already', value: { title: 'Pay the rent', completed: true } },
}

export const changes: Examples<TaskChanges> = {
  title: { summary: 'One field: the others stay', value: { title: 'Water all plants' } },
  clear: { summary: 'null clears', value: { description: null, due_date: null } },
  postpone: { summary: 'Another day', value: { due_date: '2026-12-08' } },
  nothing: { summary: 'Nothing changes, updated_at neither', value: {} },
}

export const completions: Examples<{ completed?: boolean }> = {
  set: { summary: 'Completed, however often it is said', value: { completed: true } },
  reopen: { summary: 'Pending again', value: { completed: false } },
  flip: { summary: 'The other way round, the same as no body', value: {} },
}

export const aTask: Examples<Task> = {
  day: { summary: 'Due on a day', value: plants },
  instant: { summary: 'Due at an instant, and completed', value: dentist },
}
export const created: Examples<Task> = { task: { summary: 'With its id and times', value: plants } }
export const aChangedTask: Examples<Task> = {
  task: {
    summary: 'As it is now',
    value: { ...plants, title: 'Water all plants', updated_at: '2026-11-22T09:00:00.000Z' },
  },
}
export const aCompletedTask: Examples<Task> = {
  task: {
    summary: 'As it is now',
    value: { ...plants, completed: true, updated_at: '2026-12-01T18:00:00.000Z' },
  },
}

export const lists: Examples<Task[]> = {
  some: { summary: 'Some tasks', value: [dentist, plants] },
  none: { summary: 'None that fits', value: [] },
}

export const summaries: Examples<Summary> = {
  some: {
    summary: 'With some that are overdue',
    value: { total: 12, pending: 9, completed: 3, overdue: 2, message: '9 tasks pending, 2 overdue' },
  },
}
