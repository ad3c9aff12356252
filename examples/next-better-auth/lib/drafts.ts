import { changesOf, type Fields, fieldsOfTask, NO_FIELDS } from './fields'
import { createStoredValue } from './storage'
import type { LocalTask, TaskField } from './task-client'

/** The form that changes a task. It is open while there is an edit. */
export interface Edit extends Fields {
  /** The task as it was when the edit began. */
  task: LocalTask
}
export interface Drafts {
  composer: Fields
  /** By the key of the task. */
  edits: Readonly<Record<string, Edit>>
}

export const NO_DRAFTS: Drafts = { composer: NO_FIELDS, edits: {} }

/** Whether closing the form would lose something, spaces included. */
export const isChanged = ({ task, ...fields }: Edit) =>
  fields.tagText !== '' || Object.keys(changesOf(task, fields)).length > 0

/**
 * Everything that a user has typed and not saved. It is kept in the session storage of the tab. So it survives a reload
 * and the end of the session, and no other user sees it. Saved changes are in the local copy of the tasks.
 */
export const createDraftStore = (userId: string) =>
  createStoredValue('sessionStorage', `daybook drafts ${userId}`, NO_DRAFTS, restore)
export type DraftStore = ReturnType<typeof createDraftStore>

/** Drafts of an older version of this page may lack fields, and their tasks have no key. */
function restore({ composer, edits }: Drafts): Drafts {
  const known = Object.values(edits).filter(({ task }) => task.key)
  return {
    composer: { ...NO_FIELDS, ...composer },
    edits: Object.fromEntries(known.map((edit) => [edit.task.key, { ...fieldsOfTask(edit.task), ...edit }])),
  }
}

/** The fields that the user changes in the form and that were changed elsewhere since it was opened. */
export function overtakenFields({ task, ...fields }: Edit, current: LocalTask): TaskField[] {
  const mine = changesOf(task, fields)
  const theirs = changesOf(task, fieldsOfTask(current))
  const isBoth = (field: string) =>
    field in mine && JSON.stringify(mine[field as TaskField]) !== JSON.stringify(theirs[field as TaskField])
  return (Object.keys(theirs) as TaskField[]).filter(isBoth)
}
