'use client'
import { createContext, type ReactNode, use, useState, useSyncExternalStore } from 'react'
import { createDraftStore, type DraftStore, NO_DRAFTS } from './drafts'
import { type Fields, fieldsOfTask } from './fields'
import type { LocalTask } from './task-client'

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

function draftChanges({ change }: DraftStore) {
  return {
    write: (composer: Fields) => change((drafts) => ({ ...drafts, composer })),
    /** Opens the form. A form that is open already keeps its text. */
    beginEdit: (task: LocalTask) =>
      change((drafts) => {
        const edit = drafts.edits[task.key] ?? { ...fieldsOfTask(task), task }
        return { ...drafts, edits: { ...drafts.edits, [task.key]: edit } }
      }),
    changeEdit: (key: string, fields: Partial<Fields>) =>
      change((drafts) => {
        const edit = drafts.edits[key]
        return edit ? { ...drafts, edits: { ...drafts.edits, [key]: { ...edit, ...fields } } } : drafts
      }),
    endEdit: (key: string) =>
      change((drafts) => {
        const { [key]: _ended, ...edits } = drafts.edits
        return { ...drafts, edits }
      }),
  }
}
