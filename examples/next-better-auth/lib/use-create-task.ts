'use client'
import { useMutation } from '@tanstack/react-query'
import type { Unsent } from './drafts'
import { explain } from './errors'
import { type Fields, newTask, tidy } from './fields'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import { useDraftChanges } from './use-drafts'
import { useSettle } from './use-settle'

/** Creates a task from the fields of a form. They become a draft again if the service does not take them. */
export function useCreateTask() {
  const { client } = useTaskApi()
  const drafts = useDraftChanges()
  const settle = useSettle()
  const { announce } = useNotices()
  const { mutate } = useMutation({
    mutationKey: ['create'],
    scope: { id: 'create' },
    mutationFn: (task: Unsent) => client.create(newTask(task)),
    onSuccess: async (task, { key }) => {
      await settle({ before: undefined, after: task })
      drafts.dropUnsent(key)
      announce(`Added “${task.title}”.`)
    },
    onError: (error, task) => drafts.giveBack(task, explain(error)),
  })
  return (fields: Fields, key = `${Date.now()} ${Math.random()}`) => {
    const task = { key, ...tidy(fields), isSending: true }
    drafts.send(task)
    mutate(task)
  }
}
