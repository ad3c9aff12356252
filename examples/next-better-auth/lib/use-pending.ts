'use client'
import { useMutationState, useQueryClient } from '@tanstack/react-query'
import { recount } from './counts'
import type { Unsent } from './drafts'
import { fromFields } from './due'
import { findTask } from './task-cache'
import type { Summary, Task } from './task-client'
import type { TaskChange } from './use-changes'
import { useDeletions } from './use-deletions'
import { useDrafts } from './use-drafts'

type Step = [before: Task | undefined, after: Task | undefined]

/**
 * What the user has changed and the service has not confirmed. It is derived from the mutations in TanStack
 * Query's cache, so it outlives the row that began a change, and an answer from before the change cannot hide it.
 */
export function usePending() {
  const cache = useQueryClient()
  const changes = useMutationState({
    filters: { mutationKey: ['change'], status: 'pending' },
    select: ({ state }) => state.variables as TaskChange,
  })
  const deleted = useDeletions().map(({ task }) => task)
  const sending = useDrafts().unsent.filter(({ isSending }) => isSending)
  const isDeleted = (id: number) => deleted.some((task) => task.id === id)
  const steps = (): Step[] => {
    const changed = [...new Map(changes.map(({ task }) => [task.id, task])).values()]
    return [
      // A task that is in no list has probably been deleted by the page before this one.
      ...deleted.map(({ id }): Step => [findTask(cache, id), undefined]),
      ...sending.map((task): Step => [undefined, asTask(task)]),
      ...changed
        .filter(({ id }) => !isDeleted(id))
        .map((task) => findTask(cache, task.id) ?? task)
        .map((task): Step => [task, withChanges(task, changes)]),
    ]
  }
  return {
    sending,
    isDeleted,
    /** The task with the changes that are on their way. */
    current: (task: Task) => withChanges(task, changes),
    count: (summary: Summary, now: Date) =>
      steps().reduce((counts, [before, after]) => recount(counts, before, after, now), summary),
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
const asTask = ({ due }: Unsent) => ({ completed: false, due_date: fromFields(due) }) as Task
