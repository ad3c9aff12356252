'use client'
import { useInfiniteQuery, useMutation, useMutationState, useQueryClient } from '@tanstack/react-query'
import { explain, isGone, SessionEndedError } from './errors'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import type { DeletedTask, TrashPage } from './task-client'
import type { Restoration } from './use-restore'

const PAGE_SIZE = 30
/** The variable of a mutation that deletes for good: one task, or undefined for all. */
type Purge = DeletedTask | undefined

/** The trash, page by page, without what is on its way out of it. */
export function useTrash() {
  const { client } = useTaskApi()
  const pages = useInfiniteQuery({
    queryKey: ['trash'],
    queryFn: ({ pageParam: cursor, signal }) => client.trash({ limit: PAGE_SIZE, cursor }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: TrashPage) => page.cursor,
  })
  const restoring = useMutationState({
    filters: { mutationKey: ['restore'], status: 'pending' },
    select: ({ state }) => (state.variables as Restoration).tasks.map(({ id }) => id),
  }).flat()
  const purging = useMutationState({
    filters: { mutationKey: ['purge'], status: 'pending' },
    select: ({ state }) => state.variables as Purge,
  })
  const isLeaving = ({ id }: DeletedTask) =>
    restoring.includes(id) || purging.some((purge) => purge === undefined || purge.id === id)
  const tasks = pages.data?.pages.flatMap((page) => page.tasks).filter((task) => !isLeaving(task))
  return { pages, tasks }
}

/** Deletes a task of the trash for good, or, without one, all that are in the trash. */
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
