'use client'
import { useQueryClient } from '@tanstack/react-query'
import { explain, isGone, SessionEndedError } from './errors'
import { useNotices } from './notices'
import type { Task } from './task-client'
import { useSettle } from './use-settle'
import { named } from './words'

/** Tells the user that a change of tasks was taken back, and why. Several tasks can be changed again with a button. */
export function useFailureReport() {
  const cache = useQueryClient()
  const settle = useSettle()
  const { notify } = useNotices()
  return async (error: unknown, tasks: readonly Task[], consequence: string, again: () => void) => {
    if (error instanceof SessionEndedError) return
    const [task, ...others] = tasks
    if (isGone(error) && task && others.length === 0) {
      notify({ tone: 'error', text: `${named(tasks)} is no longer there.` })
      return settle({ before: task, after: undefined })
    }
    const action = { label: 'Try again', run: again } as const
    notify({ tone: 'error', reason: explain(error), text: consequence, ...(others.length > 0 && { action }) })
    // The counts are asked for until the service answers again: see connection-banner.tsx.
    void cache.invalidateQueries({ queryKey: ['summary'] })
    // A batch without an answer may have been carried out.
    if (others.length > 0) void cache.invalidateQueries({ queryKey: ['tasks'] })
  }
}
