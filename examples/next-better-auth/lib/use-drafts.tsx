'use client'
import { createContext, type ReactNode, use, useState, useSyncExternalStore } from 'react'
import { createDraftStore, type Draft, type DraftStore, type Edit, NO_DRAFTS, type Unsent } from './drafts'
import { fieldsOf, fieldsOfTask, isBlank } from './fields'
import type { Task } from './task-client'

const DraftsContext = createContext<DraftStore | null>(null)

export function DraftsProvider({ userId, children }: { userId: string; children: ReactNode }) {
  const [store] = useState(() => createDraftStore(userId))
  return <DraftsContext value={store}>{children}</DraftsContext>
}

function useStore(): DraftStore {
  const store = use(DraftsContext)
  if (store === null) throw new Error('useDrafts needs a DraftsProvider around it.')
  return store
}

/** The drafts as they are now. */
export function useDrafts() {
  const { subscribe, get } = useStore()
  return useSyncExternalStore(subscribe, get, () => NO_DRAFTS)
}

/** The ways to change them. */
export function useDraftChanges() {
  const store = useStore()
  return useState(() => draftChanges(store))[0]
}

function draftChanges({ get, change }: DraftStore) {
  const changeUnsent = (edit: (unsent: readonly Unsent[]) => readonly Unsent[]) =>
    change((drafts) => ({ ...drafts, unsent: edit(drafts.unsent) }))
  const without = (key: string) => (unsent: readonly Unsent[]) => unsent.filter((one) => one.key !== key)
  const changeEdit = (id: number, edit: (edit: Edit) => Edit | undefined) =>
    change((drafts) => {
      const { [id]: before, ...edits } = drafts.edits
      const after = before && edit(before)
      return { ...drafts, edits: after ? { ...edits, [id]: after } : edits }
    })
  return {
    write: (composer: Draft) => change((drafts) => ({ ...drafts, composer })),
    /** Adds the task to those that are being sent, or sends it once more. */
    send: (task: Unsent) => changeUnsent((unsent) => [...without(task.key)(unsent), task]),
    dropUnsent: (key: string) => changeUnsent(without(key)),
    /** Puts the text back into the composer, unless the user has begun another one there. */
    giveBack(task: Unsent, problem: string) {
      const { composer } = get()
      if (!isBlank(composer)) return changeUnsent((all) => [...without(task.key)(all), failed(task, problem)])
      change((drafts) => ({ ...drafts, composer: { ...fieldsOf(task), problem } }))
      changeUnsent(without(task.key))
    },
    beginEdit: (task: Task) =>
      change((drafts) => ({
        ...drafts,
        edits: { ...drafts.edits, [task.id]: drafts.edits[task.id] ?? editOf(task) },
      })),
    changeEdit,
    /** Turns the edit of a task that is gone into a new task, so that the text is not lost. */
    editToUnsent(id: number, problem: string) {
      const edit = get().edits[id]
      if (edit === undefined) return
      const task = { key: `task ${id}`, ...fieldsOf(edit), isSending: false }
      changeUnsent((all) => [...all, failed(task, problem)])
      changeEdit(id, () => undefined)
    },
    endEdit: (id: number) => changeEdit(id, () => undefined),
  }
}

const failed = (task: Unsent, problem: string): Unsent => ({ ...task, isSending: false, problem })

const editOf = (task: Task): Edit => ({ ...fieldsOfTask(task), task, isSending: false })
