'use client'
import { useInfiniteQuery, useMutation, useMutationState, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { explain, isGone, SessionEndedError } from './errors'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import type { DeletedTask, TrashPage } from './task-client'
import { useSyncStatus, useTasks } from './use-tasks'
import { named } from './words'

const PAGE_SIZE = 30
/** The variable of a mutation that deletes permanently: one task, or undefined for all. */
type Purge = DeletedTask | undefined

/** The trash, page by page, without the tasks that are being removed from it. It is not stored on this device. */
export function useTrash() {
  const { client, sync } = useTaskApi()
  const cache = useQueryClient()
  const { lastSyncedAt, pending } = useSyncStatus()
  useTasks()
  const pages = useInfiniteQuery({
    queryKey: ['trash'],
    queryFn: ({ pageParam: cursor, signal }) => client.trash({ limit: PAGE_SIZE, cursor }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: TrashPage) => page.cursor,
  })
  // A deletion has arrived, or something changed on another device.
  useEffect(() => void cache.invalidateQueries({ queryKey: ['trash'] }), [cache, lastSyncedAt, pending])
  const purging = useMutationState({
    filters: { mutationKey: ['purge'], status: 'pending' },
    select: ({ state }) => state.variables as Purge,
  })
  const isLeaving = ({ id }: DeletedTask) =>
    sync.byId(id) !== undefined || purging.some((purge) => purge === undefined || purge.id === id)
  const tasks = pages.data?.pages.flatMap((page) => page.tasks).filter((task) => !isLeaving(task))
  return { pages, tasks }
}

/** Takes a task out of the trash. */
export function useRestoreTask() {
  const { sync } = useTaskApi()
  const { announce } = useNotices()
  return (task: DeletedTask) => announce(`${named([sync.restore(task)])} is back.`)
}

/** Permanently deletes one task in the trash, or all of them. */
export function usePurge() {
  const { client } = useTaskApi()
  const cache = useQueryClient()
  const { notify, announce } = useNotices()
  return useMutation({
    mutationKey: ['purge'],
    mutationFn: async (task: Purge) =>
      void (await (task ? client.deleteForGood(task.id) : client.emptyTrash())),
    onSuccess: async (_nothing, task) => {
      await cache.invalidateQueries({ queryKey: ['trash'] })
      announce(task ? `Deleted “${task.title}” for good.` : 'The trash is empty.')
    },
    onError: async (error, task) => {
      if (error instanceof SessionEndedError) return
      await cache.invalidateQueries({ queryKey: ['trash'] })
      if (isGone(error)) return
      const text = task ? `“${task.title}” is still in the trash.` : 'The trash was not emptied.'
      notify({ tone: 'error', reason: explain(error), text })
    },
  }).mutate
}
