'use client'
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react'
import { createDeletionStore, type Deletion, type DeletionStore } from './deletions'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import type { Task } from './task-client'
import { useDeleteTask } from './use-changes'

const DeletionsContext = createContext<DeletionStore | null>(null)
const NONE: readonly Deletion[] = []
const UPKEEP_MS = 1000

export function DeletionsProvider({ userId, children }: { userId: string; children: ReactNode }) {
  const [store] = useState(() => createDeletionStore(userId))
  return <DeletionsContext value={store}>{children}</DeletionsContext>
}

function useStore(): DeletionStore {
  const store = use(DeletionsContext)
  if (store === null) throw new Error('useDeletions needs a DeletionsProvider around it.')
  return store
}

/** The tasks that are deleted on screen but not at the service. */
export function useDeletions(): readonly Deletion[] {
  const { subscribe, get } = useStore()
  return useSyncExternalStore(subscribe, get, () => NONE)
}

/** Deletes a task once the notice that offers to undo it has gone, or the page. */
export function useRemoveTask(onUndo: (task: Task) => void) {
  const store = useStore()
  const { notify, announce } = useNotices()
  const mutate = useDeleteTask(useCallback(({ id }: Task) => store.remove(id), [store]))
  return (task: Task) => {
    store.add(task)
    const undo = () => {
      store.remove(task.id)
      announce(`“${task.title}” is back.`)
      onUndo(task)
    }
    notify({
      tone: 'info',
      text: `Deleted “${task.title}”.`,
      action: { label: 'Undo', run: undo },
      onExpire: () => mutate(task),
    })
  }
}

/** While deletions wait: keeps a token ready for the moment the page goes, and adopts what other pages left. */
export function useDeletionUpkeep() {
  const store = useStore()
  const { tokens, deleteOnLeave } = useTaskApi()
  const mutate = useDeleteTask(useCallback(({ id }: Task) => store.remove(id), [store]))
  const isWaiting = useDeletions().length > 0

  useEffect(() => {
    if (!isWaiting) return
    const upkeep = () => {
      for (const task of store.adopt()) mutate(task)
      if (store.own().length === 0) return
      store.hold()
      void tokens.keepFresh()
    }
    upkeep()
    const timer = setInterval(upkeep, UPKEEP_MS)
    return () => clearInterval(timer)
  }, [isWaiting, store, tokens, mutate])

  useEffect(() => {
    const commitAll = () => {
      for (const { task } of store.own()) deleteOnLeave(task.id)
      // The next page makes sure of it.
      store.release()
    }
    window.addEventListener('pagehide', commitAll)
    return () => window.removeEventListener('pagehide', commitAll)
  }, [store, deleteOnLeave])
}
