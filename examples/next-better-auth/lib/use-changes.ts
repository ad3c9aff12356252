'use client'
import type { Edit } from './drafts'
import { changesOf, type Fields, fieldsOf, newTask, tidy } from './fields'
import { useNotices } from './notices'
import { useTaskApi } from './task-api'
import type { LocalTask } from './task-client'
import { useDraftChanges } from './use-drafts'
import { agree, named } from './words'

/*
 * Each change takes effect at once and is sent automatically: now, or when the connection is available again.
 * components/attention.tsx shows refused changes, and conflicts with changes from elsewhere.
 */

/** Creates a task from the fields of a form. */
export function useCreateTask() {
  const { sync } = useTaskApi()
  const { announce } = useNotices()
  return (fields: Fields) => {
    const { title } = sync.create(newTask(tidy(fields)))
    announce(`Added “${title}”.`)
  }
}

/** Saves an edit and closes its form. A task that was deleted meanwhile becomes a new one. */
export function useSaveEdit() {
  const { sync } = useTaskApi()
  const { endEdit } = useDraftChanges()
  const { announce } = useNotices()
  const create = useCreateTask()
  return (edit: Edit) => {
    const { key } = edit.task
    const fields = tidy(fieldsOf(edit))
    const changes = changesOf(edit.task, fields)
    endEdit(key)
    if (sync.get(key) === undefined) return create(fields)
    if (Object.keys(changes).length === 0) return
    announce(`Saved “${sync.update(key, changes).title}”.`)
  }
}

/** Moves tasks into the trash, and offers to undo it if the service has one. */
export function useRemoveTasks(onUndo: (tasks: readonly LocalTask[]) => void = () => {}) {
  const { sync, trashDays } = useTaskApi()
  const { notify, announce } = useNotices()
  return (tasks: readonly LocalTask[], text = `Deleted ${named(tasks)}.`) => {
    const removed = tasks.flatMap(({ key }) => sync.remove(key) ?? [])
    const undo = () => {
      const restored = removed.map((task) => sync.restore(task))
      announce(`${named(restored)} ${agree(restored, 'is', 'are')} back.`)
      onUndo(restored)
    }
    const action = { label: 'Undo', run: undo } as const
    notify({ tone: 'info', text, ...(trashDays > 0 && { action }) })
  }
}

/** Moves all completed tasks to the trash, and offers to undo it. */
export function useClearCompleted() {
  const { sync } = useTaskApi()
  const remove = useRemoveTasks()
  return () => {
    const completed = sync.tasks().filter((task) => task.completed)
    const count = completed.length
    remove(completed, `Cleared ${count === 1 ? 'one completed task' : `${count} completed tasks`}.`)
  }
}
