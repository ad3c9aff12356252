'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from 'react'
import { createDeletionStore, type Deletion, type DeletionStore } from './deletions'
import { isGone, SessionEndedError } from './errors'
import { useNotices } from './notices'
import { sendBatch } from './send-batch'
import { useTaskApi } from './task-api'
import { findTask } from './task-cache'
import type { Task, TaskClient } from './task-client'
import { useFailureReport } from './use-failure-report'
import { useRestoreTasks } from './use-restore'
import { useSettle } from './use-settle'
import { agree, named } from './words'

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

/** The tasks that are deleted on screen and perhaps not at the service. */
export function useDeletions(): readonly Deletion[] {
  const { subscribe, get } = useStore()
  return useSyncExternalStore(subscribe, get, () => NONE)
}

interface Removal {
  tasks: readonly Task[]
  /** The notice that offers to undo the deletion. It goes if the deletion fails. */
  notice?: number
}

/** A task that is gone already counts as deleted. */
async function deleteAll(client: TaskClient, tasks: readonly Task[]): Promise<void> {
  const [first, ...others] = tasks
  if (first === undefined || others.length > 0)
    await sendBatch(
      client,
      tasks.map(({ id }) => ({ op: 'delete', id })),
    )
  else
    await client.delete(first.id).catch((error: unknown) => {
      if (!isGone(error)) throw error
    })
}

function useDeleteTasks() {
  const { client, inTurn } = useTaskApi()
  const cache = useQueryClient()
  const store = useStore()
  const settle = useSettle()
  const report = useFailureReport()
  const { close } = useNotices()
  const { mutate } = useMutation({
    mutationKey: ['delete'],
    mutationFn: ({ tasks }: Removal) =>
      inTurn(
        tasks.map(({ id }) => id),
        () => deleteAll(client, tasks),
      ),
    onSuccess: async (_nothing, { tasks }) => {
      const listed = tasks.filter(({ id }) => findTask(cache, id))
      await settle(...listed.map((task) => ({ before: task, after: undefined })))
      // The page before this one may have deleted the others, so they may not be in the counts.
      if (listed.length < tasks.length) void cache.invalidateQueries({ queryKey: ['summary'] })
      store.remove(tasks)
    },
    onError: async (error, { tasks, notice }) => {
      // After the next sign-in the deletion is carried out.
      if (error instanceof SessionEndedError) return
      store.remove(tasks)
      if (notice !== undefined) close(notice)
      const consequence = `${named(tasks)} ${agree(tasks, 'was', 'were')} not deleted.`
      const again = () => {
        store.add(tasks)
        mutate({ tasks })
      }
      return report(error, tasks, consequence, again)
    },
  })
  return mutate
}

/** Moves tasks into the trash, and offers to undo it if the service has one. */
export function useRemoveTasks(onUndo: (tasks: readonly Task[]) => void) {
  const { trashDays } = useTaskApi()
  const store = useStore()
  const { notify } = useNotices()
  const mutate = useDeleteTasks()
  const restore = useRestoreTasks()
  return (tasks: readonly Task[]) => {
    const undo = () => {
      restore(tasks)
      onUndo(tasks)
    }
    const text = `Deleted ${named(tasks)}.`
    const action = { label: 'Undo', run: undo } as const
    store.add(tasks)
    mutate({ tasks, notice: notify({ tone: 'info', text, ...(trashDays > 0 && { action }) }) })
  }
}

/** While deletions are on their way: keeps them from other pages. Carries out those that other pages left behind. */
export function useDeletionUpkeep() {
  const store = useStore()
  const mutate = useDeleteTasks()
  const isWaiting = useDeletions().length > 0

  useEffect(() => {
    if (!isWaiting) return
    const upkeep = () => {
      const tasks = store.adopt()
      if (tasks.length > 0) mutate({ tasks })
      store.hold()
    }
    upkeep()
    const timer = setInterval(upkeep, UPKEEP_MS)
    return () => clearInterval(timer)
  }, [isWaiting, store, mutate])

  useEffect(() => {
    // Requests outlive the page. The next page makes sure of the others.
    const release = () => store.release()
    window.addEventListener('pagehide', release)
    return () => window.removeEventListener('pagehide', release)
  }, [store])
}
