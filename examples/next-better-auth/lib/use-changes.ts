'use client'
import { type NewTask, type Task, TaskApiError, type TaskChanges } from 'TaskApiClient'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNotices } from '../components/notices'
import { explain, SessionEndedError } from './errors'
import type { Filters } from './filters'
import { useTaskClient } from './task-api'
import { refreshAll, refreshCounts, removeTask, replaceTask } from './task-cache'

/** Every change carries the task in its key, and changes of one task are sent one after the other. */
const keyOf = (id: number) => ['change', id]
const oneByOne = (id: number) => ({ mutationKey: keyOf(id), scope: { id: `task ${id}` } })

const isGone = (error: unknown) => error instanceof TaskApiError && error.status === 404

export function useCreateTask() {
  const client = useTaskClient()
  const cache = useQueryClient()
  return useMutation({
    mutationKey: ['create'],
    mutationFn: (task: NewTask) => client.create(task),
    onSuccess: () => void refreshAll(cache),
  })
}

export function useUpdateTask(id: number) {
  const client = useTaskClient()
  const cache = useQueryClient()
  return useMutation({
    ...oneByOne(id),
    mutationFn: (changes: TaskChanges) => client.update(id, changes),
    onSuccess: (saved) => {
      replaceTask(cache, saved)
      // Its place in the order, or in the list at all, may be another now.
      void refreshAll(cache)
    },
  })
}

/**
 * Whether the task is done, and the way to change that. The change shows at once, and is taken back where the
 * service does not confirm it.
 */
export function useCompleted({ id, title, completed, updated_at }: Task) {
  const client = useTaskClient()
  const cache = useQueryClient()
  const report = useFailureReport(cache)
  // Holds until the task changes: then the service has spoken.
  const [wish, setWish] = useState<{ completed: boolean; since: string } | null>(null)
  const { mutate } = useMutation({
    ...oneByOne(id),
    mutationFn: (wanted: boolean) => client.complete(id, wanted),
    onError: (error, wanted) => {
      setWish(null)
      report(error, `“${title}” is ${wanted ? 'still open' : 'still done'}.`)
    },
    onSuccess: (saved) => {
      // While another change of this task waits, what is on screen is newer than the answer.
      if (cache.isMutating({ mutationKey: keyOf(id) }) > 1) return
      replaceTask(cache, saved)
      removeTask(cache, id, ({ show }) => !shows(show, saved.completed))
      // A list that is on its way may show the state of before.
      const late = cache.isFetching({ queryKey: ['tasks'] }) > 0
      void (late ? refreshAll(cache) : refreshCounts(cache))
    },
  })
  const change = (wanted: boolean) => {
    setWish({ completed: wanted, since: updated_at })
    mutate(wanted)
  }
  return [wish?.since === updated_at ? wish.completed : completed, change] as const
}

const shows = (show: Filters['show'], completed: boolean) =>
  show === 'all' || (completed ? show === 'done' : show === 'open' || show === 'overdue')

/** Deletes for good; who is to have a chance to undo it asks later. */
export function useDeleteTask() {
  const client = useTaskClient()
  const cache = useQueryClient()
  const report = useFailureReport(cache)
  return useMutation({
    mutationKey: ['delete'],
    mutationFn: ({ id }: Task) =>
      client.delete(id).catch((error: unknown) => {
        if (!isGone(error)) throw error
      }),
    onError: (error, { title }) => report(error, `“${title}” was not deleted.`),
    onSuccess: (_nothing, { id }) => {
      removeTask(cache, id)
      void refreshCounts(cache)
    },
  })
}

function useFailureReport(cache: QueryClient) {
  const { notify } = useNotices()
  return (error: unknown, consequence: string) => {
    if (error instanceof SessionEndedError) return
    const reason = isGone(error) ? 'This task is no longer there.' : `${explain(error)} ${consequence}`
    notify({ tone: 'error', text: reason })
    // Shows what is true, or begins to try again.
    void refreshAll(cache)
  }
}
