import { changesOf, type Fields, NO_FIELDS } from './fields'
import { createStoredValue } from './storage'
import type { Task } from './task-client'

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

export const NO_DRAFTS: Drafts = { composer: NO_FIELDS, unsent: [], edits: {} }

/** Whether closing the form would lose something, spaces included. */
export const isChanged = ({ task, ...fields }: Edit) =>
  fields.tagText !== '' || Object.keys(changesOf(task, fields)).length > 0

/**
 * Everything that a user has typed and the service has not confirmed. It is kept in the session storage of the
 * tab, so a reload and the end of a session lose nothing, and no other user sees it.
 */
export const createDraftStore = (userId: string) =>
  createStoredValue('sessionStorage', `daybook drafts ${userId}`, NO_DRAFTS, restore)
export type DraftStore = ReturnType<typeof createDraftStore>

const UNCERTAIN = 'This page closed before the service answered, so it may have been saved.'

/**
 * What the last page was still sending is shown to the user, who can see in the list whether it arrived. Drafts of an
 * older version of this page may lack fields.
 */
function restore({ composer, unsent, edits }: Drafts): Drafts {
  const interrupted = <Kept extends Draft & { isSending: boolean }>(kept: Kept): Kept => ({
    ...NO_FIELDS,
    ...kept,
    ...(kept.isSending && { isSending: false, problem: UNCERTAIN }),
  })
  const withTask = ({ task, ...edit }: Edit): Edit =>
    interrupted({ ...edit, task: { ...task, priority: task.priority ?? 'none', tags: task.tags ?? [] } })
  return {
    composer: { ...NO_FIELDS, ...composer },
    unsent: unsent.map(interrupted),
    edits: Object.fromEntries(Object.entries(edits).map(([id, edit]) => [id, withTask(edit)])),
  }
}
