'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Fields, Unsent } from './drafts'
import { fromFields, toFields } from './due'
import { explain, isGone, SessionEndedError } from './errors'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import { findTask, settle } from './task-cache'
import type { Task, TaskChanges } from './task-client'
import { useDraftChanges } from './use-drafts'
import { useFailureReport } from './use-failure-report'

/** What a mutation of a task changes. The page shows it while the mutation is on its way: see use-pending.ts. */
export interface TaskChange {
  task: Task
  changes: TaskChanges
}

const keyOf = (id: number) => ['change', id]
/** Changes of one task are sent one after the other. */
const oneByOne = (id: number) => ({ mutationKey: keyOf(id), scope: { id: `task ${id}` } })

/** Creates a task from the fields of a form. They become a draft again if the service does not take them. */
export function useCreateTask() {
  const { client } = useTaskApi()
  const cache = useQueryClient()
  const drafts = useDraftChanges()
  const { announce } = useNotices()
  const { mutate } = useMutation({
    mutationKey: ['create'],
    scope: { id: 'create' },
    mutationFn: ({ title, description, due }: Unsent) =>
      client.create({ title, description: description || null, due_date: fromFields(due) }),
    onSuccess: async (task, { key }) => {
      await settle(cache, { before: undefined, after: task })
      drafts.dropUnsent(key)
      announce(`Added “${task.title}”.`)
    },
    onError: (error, task) => drafts.giveBack(task, explain(error)),
  })
  return ({ title, description, due }: Fields, key = `${Date.now()} ${Math.random()}`) => {
    const task = { key, title: title.trim(), description: description.trim(), due, isSending: true }
    drafts.send(task)
    mutate(task)
  }
}

/** Saves an edit. Its form closes at once, and opens again with the text if the service does not take it. */
export function useSaveTask(id: number) {
  const { client } = useTaskApi()
  const cache = useQueryClient()
  const drafts = useDraftChanges()
  const { announce } = useNotices()
  const { mutate } = useMutation({
    ...oneByOne(id),
    mutationFn: ({ changes }: TaskChange) => client.update(id, changes),
    onSuccess: async (saved, { task }) => {
      await settle(cache, { before: findTask(cache, id) ?? task, after: saved })
      drafts.changeEdit(id, (edit) => (edit.isSending ? undefined : { ...edit, task: saved }))
      announce(`Saved “${saved.title}”.`)
    },
    onError: async (error, { task }) => {
      if (!isGone(error))
        return drafts.changeEdit(id, (edit) => ({ ...edit, isSending: false, problem: explain(error) }))
      drafts.editToUnsent(id, 'This task was deleted elsewhere. You can add it as a new one.')
      await settle(cache, { before: findTask(cache, id) ?? task, after: undefined })
    },
  })
  return (task: Task, fields: Fields) => {
    const changes = changesOf(task, fields)
    if (Object.keys(changes).length === 0) return drafts.endEdit(id)
    drafts.changeEdit(id, (edit) => ({ ...edit, ...fields, isSending: true, problem: undefined }))
    mutate({ task, changes })
  }
}

/** Only what differs, so that a change of another field from elsewhere stays. */
function changesOf(task: Task, { title, description, due }: Fields): TaskChanges {
  const before = toFields(task.due_date)
  const movedDue = due.day !== before.day || due.time !== before.time
  return {
    ...(title.trim() !== task.title && { title: title.trim() }),
    ...(description.trim() !== (task.description ?? '') && { description: description.trim() || null }),
    // The form has no seconds: a due date that nobody touched keeps them.
    ...(movedDue && { due_date: fromFields(due) }),
  }
}

/** Ticks a task or unticks it. The service is told the state, not to flip it, so a repeated call is harmless. */
export function useSetCompleted(id: number) {
  const { client } = useTaskApi()
  const cache = useQueryClient()
  const report = useFailureReport()
  return useMutation({
    ...oneByOne(id),
    mutationFn: ({ changes }: TaskChange & { changes: { completed: boolean } }) =>
      client.complete(id, changes.completed),
    onSuccess: async (saved, { task }) => {
      const isLast = cache.isMutating({ mutationKey: keyOf(id) }) === 1
      await settle(cache, {
        before: findTask(cache, id) ?? task,
        after: saved,
        keep: isLast ? 'place' : 'row',
      })
    },
    onError: (error, { task, changes }) =>
      report(error, task, `“${task.title}” is ${changes.completed ? 'still open' : 'still done'}.`),
  }).mutate
}

/** Deletes a task for good. A task that is already gone counts as deleted. */
export function useDeleteTask(onDone: (task: Task) => void) {
  const { client } = useTaskApi()
  const cache = useQueryClient()
  const report = useFailureReport()
  return useMutation({
    mutationKey: ['delete'],
    mutationFn: ({ id }: Task) =>
      client.delete(id).catch((error: unknown) => {
        if (!isGone(error)) throw error
      }),
    onSuccess: async (_nothing, task) => {
      await settle(cache, { before: findTask(cache, task.id) ?? task, after: undefined })
      onDone(task)
    },
    onError: async (error, task) => {
      // After the next sign-in the deletion is carried out.
      if (error instanceof SessionEndedError) return
      onDone(task)
      return report(error, task, `“${task.title}” was not deleted.`)
    },
  }).mutate
}
