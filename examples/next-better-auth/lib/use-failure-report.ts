'use client'
import { useQueryClient } from '@tanstack/react-query'
import { explain, isGone, SessionEndedError } from './errors'
import { useNotices } from './notices'
import { findTask, settle } from './task-cache'
import type { Task } from './task-client'

/** Tells the user that a change was taken back, and why. */
export function useFailureReport() {
  const cache = useQueryClient()
  const { notify } = useNotices()
  return async (error: unknown, task: Task, consequence: string) => {
    if (error instanceof SessionEndedError) return
    if (isGone(error)) {
      notify({ tone: 'error', text: `“${task.title}” is no longer there.` })
      return settle(cache, { before: findTask(cache, task.id) ?? task, after: undefined })
    }
    notify({ tone: 'error', reason: explain(error), text: consequence })
    // The counts are asked for until the service answers again: see connection-banner.tsx.
    void cache.invalidateQueries({ queryKey: ['summary'] })
  }
}
