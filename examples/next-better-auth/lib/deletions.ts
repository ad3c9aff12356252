import { createStoredValue } from './storage'
import type { Task } from './task-client'

/** A task that the user has deleted and the service has not confirmed. */
export interface Deletion {
  task: Task
  /** Until then the page that took the deletion answers for it. It moves this on while it is open. */
  heldUntil: number
}

const HOLD_MS = 10_000

/**
 * The deletions that are on their way, in the local storage: the next page of this user carries out what a closed
 * page or an ended session left behind.
 */
export function createDeletionStore(userId: string) {
  const { get, change, subscribe } = createStoredValue<readonly Deletion[]>(
    'localStorage',
    `daybook deletions ${userId}`,
    [],
  )
  const own = new Set<number>()
  const holdUntil = (heldUntil: number) => {
    if (own.size > 0) change((all) => all.map((one) => (own.has(one.task.id) ? { ...one, heldUntil } : one)))
  }
  const without = (tasks: readonly Task[]) => (all: readonly Deletion[]) =>
    all.filter(({ task }) => !tasks.some(({ id }) => id === task.id))
  return {
    get,
    subscribe,
    add(tasks: readonly Task[]) {
      for (const { id } of tasks) own.add(id)
      const heldUntil = Date.now() + HOLD_MS
      change((all) => [...without(tasks)(all), ...tasks.map((task) => ({ task, heldUntil }))])
    },
    remove(tasks: readonly Task[]) {
      for (const { id } of tasks) own.delete(id)
      change(without(tasks))
    },
    /** Keeps other pages away from the deletions of this one. */
    hold: () => holdUntil(Date.now() + HOLD_MS),
    /** Leaves the deletions of this page to the next one. */
    release: () => holdUntil(0),
    /** Takes over the deletions whose pages have gone. */
    adopt() {
      const abandoned = get().filter(({ task, heldUntil }) => !own.has(task.id) && heldUntil < Date.now())
      for (const { task } of abandoned) own.add(task.id)
      return abandoned.map(({ task }) => task)
    },
  }
}
export type DeletionStore = ReturnType<typeof createDeletionStore>
