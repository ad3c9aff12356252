'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { explain, SessionEndedError } from './errors'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import { cachedTasks } from './task-cache'
import type { Task, TaskClient } from './task-client'
import { useRestoreTasks } from './use-restore'
import { useReload } from './use-settle'

/** Moves all completed tasks into the trash, and offers to undo it. The page hides them meanwhile: see use-pending.ts. */
export function useClearCompleted() {
  const { client, inTurn } = useTaskApi()
  const cache = useQueryClient()
  const reload = useReload()
  const restore = useRestoreTasks()
  const { notify } = useNotices()
  const { mutate } = useMutation({
    mutationKey: ['clear'],
    mutationFn: (shown: readonly Task[]) =>
      inTurn(
        shown.map(({ id }) => id),
        () => clear(client),
      ),
    onSuccess: async ({ count, deletedAt }, shown) => {
      await reload()
      if (count === 0) return
      const action = { label: 'Undo', run: () => restore(shown, deletedAt) } as const
      const text = `Cleared ${count === 1 ? 'one completed task' : `${count} completed tasks`}.`
      notify({ tone: 'info', text, ...(deletedAt && { action }) })
    },
    onError: (error) => {
      if (error instanceof SessionEndedError) return
      const action = { label: 'Try again', run: clearAll } as const
      notify({ tone: 'error', reason: explain(error), text: 'The completed tasks are still here.', action })
      void reload()
    },
  })
  const clearAll = () => {
    const completed = cachedTasks(cache).filter((task) => task.completed)
    mutate([...new Map(completed.map((task) => [task.id, task])).values()])
  }
  return clearAll
}

/** All tasks that are cleared together have the same time of deletion, by which an undo finds them. */
async function clear(client: TaskClient): Promise<{ count: number; deletedAt: string | undefined }> {
  const count = await client.clearCompleted()
  if (count === 0) return { count, deletedAt: undefined }
  const newest = await client.trash({ limit: 1 }).catch(() => undefined)
  return { count, deletedAt: newest?.tasks[0]?.deleted_at }
}
