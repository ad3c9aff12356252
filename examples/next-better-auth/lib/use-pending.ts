'use client'
import { useMutationState, useQueryClient } from '@tanstack/react-query'
import { recount } from './counts'
import type { Unsent } from './drafts'
import { newTask } from './fields'
import { findTask } from './task-cache'
import type { Summary, Task } from './task-client'
import type { Changing, TaskChange } from './use-changes'
import { useDeletions } from './use-deletions'
import { useDrafts } from './use-drafts'
import type { Restoration } from './use-restore'

type Step = [before: Task | undefined, after: Task | undefined]

/** The variables of the mutations of one kind that are on their way. */
const useVariables = <Variables>(kind: 'change' | 'restore' | 'clear'): Variables[] =>
  useMutationState({
    filters: { mutationKey: [kind], status: 'pending' },
    select: ({ state }) => state.variables as Variables,
  })

/**
 * What the user has changed and the service has not confirmed. It is derived from the mutations in TanStack
 * Query's cache, so it outlives the row that began a change, and an answer from before the change cannot hide it.
 */
export function usePending() {
  const cache = useQueryClient()
  const changes = useVariables<Changing>('change').flatMap((changing) => changing.changes)
  const restored = useVariables<Restoration>('restore').flatMap(({ tasks }) => tasks)
  const isClearing = useVariables('clear').length > 0
  const deleted = useDeletions()
    .map(({ task }) => task)
    .filter(({ id }) => !restored.some((task) => task.id === id))
  const sending = useDrafts().unsent.filter(({ isSending }) => isSending)
  const isDeleted = (id: number) => deleted.some((task) => task.id === id)
  const current = (task: Task) => withChanges(task, changes)
  const steps = (): Step[] => {
    const changed = [...new Map(changes.map(({ task }) => [task.id, task])).values()]
    return [
      // A task that is in no list has probably been deleted by the page before this one.
      ...deleted.map(({ id }): Step => [findTask(cache, id), undefined]),
      ...restored.filter(({ id }) => !findTask(cache, id)).map((task): Step => [undefined, task]),
      ...sending.map((task): Step => [undefined, asTask(task)]),
      ...changed
        .filter(({ id }) => !isDeleted(id))
        .map((task) => findTask(cache, task.id) ?? task)
        .map((task): Step => [task, current(task)]),
    ]
  }
  const count = (summary: Summary, now: Date): Summary => {
    const counts = steps().reduce((counts, [before, after]) => recount(counts, before, after, now), summary)
    return isClearing ? { ...counts, total: counts.pending, completed: 0 } : counts
  }
  return {
    sending,
    /** The tasks that come back from the trash. */
    restored,
    isHidden: (task: Task) => isDeleted(task.id) || (isClearing && current(task).completed),
    /** The task with the changes that are on their way. */
    current,
    count,
  }
}

function withChanges(task: Task, changes: readonly TaskChange[]): Task {
  const own = changes.filter((change) => change.task.id === task.id)
  return own.reduce<Task>((before, { changes }) => ({ ...before, ...sent(changes) }), task)
}

/** JSON leaves out fields that are undefined: they change nothing. */
const sent = (changes: TaskChange['changes']) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<Task>

/** A task as the counts need it. */
const asTask = (task: Unsent) => ({ completed: false, ...newTask(task) }) as Task
