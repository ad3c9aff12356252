'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { explain, isGone, SessionEndedError } from './errors'
import { useNotices } from './notices'
import { sendBatch } from './send-batch'
import { useTaskApi } from './task-api'
import { findTask } from './task-cache'
import type { Task, TaskClient } from './task-client'
import { useReload, useSettle } from './use-settle'
import { agree, named } from './words'

/** The variables of a mutation that restores tasks. The page shows them meanwhile: see use-pending.ts. */
export interface Restoration {
  tasks: readonly Task[]
  /** Restores all tasks that went into the trash at this moment, also those that are not in `tasks`. */
  deletedAt?: string | undefined
}

const TRASH_PAGE = 200

/** Takes tasks out of the trash, in one request. */
export function useRestoreTasks() {
  const { client, inTurn } = useTaskApi()
  const cache = useQueryClient()
  const settle = useSettle()
  const reload = useReload()
  const { notify, announce } = useNotices()
  const { mutate } = useMutation({
    mutationKey: ['restore'],
    mutationFn: ({ tasks, deletedAt }: Restoration) =>
      inTurn(
        tasks.map(({ id }) => id),
        async () =>
          restoreAll(client, deletedAt ? await idsOf(client, deletedAt) : tasks.map(({ id }) => id)),
      ),
    onSuccess: async (restored, { tasks, deletedAt }) => {
      await settle(...restored.map((after) => ({ before: undefined, after })))
      if (deletedAt) await reload()
      if (restored.length > 0) announce(`${named(restored)} ${agree(restored, 'is', 'are')} back.`)
      const lost = tasks.filter(
        ({ id }) => findTask(cache, id) === undefined && !restored.some((one) => one.id === id),
      )
      if (lost.length > 0)
        notify({ tone: 'error', text: `${named(lost)} ${agree(lost, 'is', 'are')} no longer in the trash.` })
    },
    onError: (error, restoration) => {
      if (error instanceof SessionEndedError) return
      const { tasks } = restoration
      const text = `${named(tasks)} ${agree(tasks, 'is', 'are')} still in the trash.`
      const action = { label: 'Try again', run: () => mutate(restoration) } as const
      notify({ tone: 'error', reason: explain(error), text, action })
      // Without an answer some may be back.
      void reload()
    },
  })
  return (tasks: readonly Task[], deletedAt?: string) => mutate({ tasks, deletedAt })
}

/** Returns the tasks, without those that are not in the trash. */
async function restoreAll(client: TaskClient, ids: readonly number[]): Promise<Task[]> {
  const [first, ...others] = ids
  if (first === undefined || others.length > 0)
    return sendBatch(
      client,
      ids.map((id) => ({ op: 'restore', id })),
    )
  return client.restore(first).then(
    (task) => [task],
    (error: unknown) => {
      if (isGone(error)) return []
      throw error
    },
  )
}

/** The ids of the tasks that went into the trash at this moment. The newest deletion comes first. */
async function idsOf(client: TaskClient, deletedAt: string): Promise<number[]> {
  const ids: number[] = []
  for await (const { tasks } of client.trashPages({ limit: TRASH_PAGE })) {
    ids.push(...tasks.filter((task) => task.deleted_at === deletedAt).map(({ id }) => id))
    if (tasks.some((task) => task.deleted_at < deletedAt)) break
  }
  return ids
}
