'use client'
import { type NewTask, type Task, TaskApiError, type TaskChanges } from '@task-api/client'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
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
    onSuccess: () => refreshAll(cache),
  })
}

export function useUpdateTask(id: number) {
  const client = useTaskClient()
  const cache = useQueryClient()
  return useMutation({
    ...oneByOne(id),
    mutationFn: (changes: TaskChanges) => client.update(id, changes),
    onSuccess: (saved) => {
      replaceTask(cache, id, () => saved)
      // Its place in the order, or in the list at all, may be another now.
      void refreshAll(cache)
    },
  })
}

/** Shows the change at once, and takes it back where the service does not confirm it. */
export function useToggleTask({ id, title }: Task) {
  const client = useTaskClient()
  const cache = useQueryClient()
  const report = useFailureReport(cache)
  return useMutation({
    ...oneByOne(id),
    mutationFn: (completed: boolean) => client.complete(id, completed),
    onMutate: async (completed) => {
      // An answer that is on its way would show the state of before.
      await cache.cancelQueries({ queryKey: ['tasks'] })
      replaceTask(cache, id, (task) => ({ ...task, completed }))
    },
    onError: (error, completed) => {
      replaceTask(cache, id, (task) => ({ ...task, completed: !completed }))
      report(error, `“${title}” is ${completed ? 'still open' : 'still done'}.`)
    },
    onSuccess: (saved) => {
      // While another change of this task waits, what is on screen is newer than the answer.
      if (cache.isMutating({ mutationKey: keyOf(id) }) > 1) return
      replaceTask(cache, id, () => saved)
      removeTask(cache, id, ({ show }) => !shows(show, saved.completed))
    },
    onSettled: () => refreshCounts(cache),
  })
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
      return refreshCounts(cache)
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
