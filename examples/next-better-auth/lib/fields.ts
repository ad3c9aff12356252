import { type DueFields, fromFields, toFields } from './due'
import { NO_REPEAT, type RepeatFields, repeatOfTask, tidyRule, toRecurrence } from './repeat'
import { addTags } from './tags'
import type { LocalTask, NewTask, Priority, TaskChanges } from './task-client'

/** The values of the fields of a form. */
export interface Fields {
  title: string
  description: string
  due: DueFields
  repeat: RepeatFields
  priority: Priority
  tags: readonly string[]
  /** The text in the field for tags that is not a tag yet. It becomes one when the form is sent. */
  tagText: string
}

export const NO_FIELDS: Fields = {
  title: '',
  description: '',
  due: { day: '', time: '' },
  repeat: NO_REPEAT,
  priority: 'none',
  tags: [],
  tagText: '',
}

/** The fields of something that has more than these. */
export const fieldsOf = ({ title, description, due, repeat, priority, tags, tagText }: Fields): Fields => ({
  title,
  description,
  due,
  repeat,
  priority,
  tags,
  tagText,
})

export const isBlank = ({ title, description, due, repeat, priority, tags, tagText }: Fields) =>
  (title + description + tagText + repeat.rule).trim() === '' &&
  due.day === '' &&
  priority === 'none' &&
  tags.length === 0

/** The values as the service would store them. */
export const tidy = ({ title, description, tags, tagText, ...others }: Fields): Fields => ({
  ...others,
  title: title.trim(),
  description: description.trim(),
  tags: addTags(tags, tagText),
  tagText: '',
})

export const fieldsOfTask = (task: LocalTask): Fields => ({
  title: task.title,
  description: task.description ?? '',
  due: toFields(task.due_date),
  repeat: repeatOfTask(task),
  priority: task.priority,
  tags: task.tags,
  tagText: '',
})

/** The fields that are sent to the service for a new task. */
export const newTask = ({ title, description, due, repeat, priority, tags }: Fields) =>
  ({
    title,
    description: description || null,
    due_date: fromFields(due),
    recurrence: toRecurrence(repeat),
    priority,
    tags: [...tags],
  }) satisfies NewTask

/** The changed fields only, so that changes of other fields from elsewhere are kept. */
export function changesOf(task: LocalTask, fields: Fields): TaskChanges {
  const before = fieldsOfTask(task)
  const { title, description, due_date, recurrence, priority, tags } = newTask(fields)
  const movedDue = fields.due.day !== before.due.day || fields.due.time !== before.due.time
  return {
    ...(title !== task.title && { title }),
    ...(description !== task.description && { description }),
    // The form has no seconds: a due date that nobody touched keeps them.
    ...(movedDue && { due_date }),
    ...(!isSameRepeat(fields.repeat, before.repeat) && { recurrence }),
    ...(priority !== task.priority && { priority }),
    ...(!isSameList(tags, task.tags) && { tags }),
  }
}

const isSameRepeat = (a: RepeatFields, b: RepeatFields) =>
  tidyRule(a.rule) === b.rule && (a.rule === '' || a.anchor === b.anchor)

export const isSameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((one, index) => one === b[index])
