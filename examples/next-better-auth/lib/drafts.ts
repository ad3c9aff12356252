import { type DueFields, toFields } from './due'
import { createStoredValue } from './storage'
import type { Task } from './task-client'

/** What the fields of a form hold. */
export interface Fields {
  title: string
  description: string
  due: DueFields
}
export interface Draft extends Fields {
  /** Why the service did not take it. It goes with the next change of the text. */
  problem?: string | undefined
}
/** A new task that the service has not confirmed. */
export interface Unsent extends Draft {
  key: string
  isSending: boolean
}
/** An edit that the service has not confirmed. Its form is hidden while it is being sent. */
export interface Edit extends Draft {
  /** The task as it was when the edit began. */
  task: Task
  isSending: boolean
}
export interface Drafts {
  composer: Draft
  unsent: readonly Unsent[]
  edits: Readonly<Record<number, Edit>>
}

export const NO_FIELDS: Fields = { title: '', description: '', due: { day: '', time: '' } }
export const NO_DRAFTS: Drafts = { composer: NO_FIELDS, unsent: [], edits: {} }

export const isBlank = ({ title, description, due }: Fields) =>
  title.trim() === '' && description.trim() === '' && due.day === ''

/** Whether closing the form would lose something. */
export function isChanged({ task, title, description, due }: Edit): boolean {
  const { day, time } = toFields(task.due_date)
  const sameText = title === task.title && description === (task.description ?? '')
  return !sameText || due.day !== day || due.time !== time
}

/**
 * Everything that a user has typed and the service has not confirmed. It is kept in the session storage of the
 * tab, so a reload and the end of a session lose nothing, and no other user sees it.
 */
export const createDraftStore = (userId: string) =>
  createStoredValue('sessionStorage', `daybook drafts ${userId}`, NO_DRAFTS, restore)
export type DraftStore = ReturnType<typeof createDraftStore>

const UNCERTAIN = 'This page closed before the service answered, so it may have been saved.'

/** What the last page was still sending is shown to the user, who can see in the list whether it arrived. */
function restore({ composer, unsent, edits }: Drafts): Drafts {
  const interrupted = <Kept extends Draft & { isSending: boolean }>(kept: Kept): Kept =>
    kept.isSending ? { ...kept, isSending: false, problem: UNCERTAIN } : kept
  return {
    composer,
    unsent: unsent.map(interrupted),
    edits: Object.fromEntries(Object.entries(edits).map(([id, edit]) => [id, interrupted(edit)])),
  }
}
