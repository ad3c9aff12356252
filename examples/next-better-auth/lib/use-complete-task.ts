'use client'
import { describeDate } from './due'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import type { LocalTask, TaskSync } from './task-client'

/** Sets the state of a task. If the task repeats, a notice names its next date when the service has created the next task. */
export function useCompleteTask() {
  const { sync } = useTaskApi()
  const { notify } = useNotices()
  return (task: LocalTask, completed: boolean) => {
    sync.complete(task.key, completed)
    if (!completed || !task.recurrence) return
    whenNextIsKnown(sync, task.key, (next) => {
      const text = `“${task.title}” is done. ${next ? `Next: ${describeDate(next.due_date!, new Date())}.` : 'That was the last time.'}`
      const undo = () => {
        if (sync.get(task.key)) sync.complete(task.key, false)
        removeNext(sync, task)
      }
      notify({ tone: 'info', text, action: { label: 'Undo', run: undo } })
    })
  }
}

/** Calls `tell` once, unless the task is reopened, deleted or refused before. */
function whenNextIsKnown(sync: TaskSync, key: string, tell: (next: LocalTask | undefined) => void) {
  const check = () => {
    const task = sync.get(key)
    if (!task?.completed || task.refused || task.conflict) return stop()
    if (task.pending) return
    const next = task.next_task_id === null ? undefined : sync.byId(task.next_task_id)
    if (task.next_task_id !== null && !next?.due_date) return
    stop()
    tell(next)
  }
  const stop = sync.subscribe(check)
}

/** Removes the next task that the completion of a task has created. A next task from before is kept. */
export function removeNext(sync: TaskSync, before: LocalTask) {
  const id = sync.get(before.key)?.next_task_id
  if (!id || id === before.next_task_id) return
  const next = sync.byId(id)
  if (next) sync.remove(next.key)
}
