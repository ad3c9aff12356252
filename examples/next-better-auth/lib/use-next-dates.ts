'use client'
import { useQuery } from '@tanstack/react-query'
import { changesOf, type Fields } from './fields'
import { timeZone } from './repeat'
import { nextDates } from './repeat-dates'
import { useTaskApi } from './task-api'
import type { LocalTask } from './task-client'

/**
 * The next dates. The service computes those of a saved task. This page computes those of an unsaved one. Returns
 * undefined if this page does not know the rule, or if the service is unavailable.
 */
export function useNextDates(fields: Fields, task: LocalTask | undefined, now: Date): string[] | undefined {
  const { client } = useTaskApi()
  const changes = task ? changesOf(task, fields) : {}
  const isSaved =
    task?.id !== undefined && !task.pending && !('due_date' in changes || 'recurrence' in changes)
  const { data } = useQuery({
    queryKey: ['occurrences', task?.id, task?.due_date, task?.recurrence],
    queryFn: ({ signal }) => client.occurrences(task!.id!, 5, { signal }),
    enabled: isSaved,
    refetchInterval: false,
  })
  if (isSaved && data) return data
  const zone = 'recurrence' in changes ? undefined : task?.recurrence?.time_zone
  return zone === undefined || zone === timeZone() ? nextDates(fields, now) : undefined
}
