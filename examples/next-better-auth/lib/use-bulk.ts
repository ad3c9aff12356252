'use client'
import { useNotices } from './notices'
import { addTags, hasTag, MAX_TAGS } from './tags'
import { useTaskApi } from './task-api'
import { removeNext } from './use-complete-task'
import type { LocalTask, Priority, TaskChanges } from './task-client'
import { agree, named } from './words'

/** What can be done to several tasks at once. Each of these offers to undo it. */
export function useBulk() {
  const { sync } = useTaskApi()
  const { notify } = useNotices()
  /** Changes the tasks, except those that have been deleted in the meantime. */
  const change = (tasks: readonly LocalTask[], changesOf: (task: LocalTask) => TaskChanges) => {
    for (const task of tasks) if (sync.get(task.key)) sync.update(task.key, changesOf(task))
  }
  const changeAll = (
    tasks: readonly LocalTask[],
    changesOf: (task: LocalTask) => TaskChanges,
    text: string,
  ) => {
    if (tasks.length === 0) return void notify({ tone: 'info', text: 'There is nothing to change.' })
    change(tasks, changesOf)
    const undo = () => {
      change(tasks, (before) => valuesOf(before, changesOf(before)))
      for (const task of tasks) if (changesOf(task).completed) removeNext(sync, task)
    }
    notify({ tone: 'info', text, action: { label: 'Undo', run: undo } })
  }
  return {
    complete(tasks: readonly LocalTask[], completed: boolean) {
      const changed = tasks.filter((task) => task.completed !== completed)
      const text = `${named(changed)} ${agree(changed, 'is', 'are')} ${completed ? 'done' : 'open again'}.`
      changeAll(changed, () => ({ completed }), text)
    },
    prioritise(tasks: readonly LocalTask[], priority: Priority) {
      const changed = tasks.filter((task) => task.priority !== priority)
      const text = `${named(changed)} ${agree(changed, 'has', 'have')} another priority.`
      changeAll(changed, () => ({ priority }), text)
    },
    /** A task with the maximum number of tags is not changed. */
    tag(tasks: readonly LocalTask[], tag: string) {
      const changed = tasks.filter(({ tags }) => !hasTag(tags, tag) && tags.length < MAX_TAGS)
      const text = `${named(changed)} ${agree(changed, 'has', 'have')} the tag ${tag}.`
      changeAll(changed, ({ tags }) => ({ tags: addTags(tags, tag) }), text)
    },
  }
}

/** The current values of the fields that a change sets. */
function valuesOf({ completed, priority, tags }: LocalTask, changes: TaskChanges): TaskChanges {
  return {
    ...('completed' in changes && { completed }),
    ...('priority' in changes && { priority }),
    ...('tags' in changes && { tags }),
  }
}
