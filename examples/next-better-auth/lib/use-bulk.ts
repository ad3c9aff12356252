'use client'
import { useNotices } from './notices'
import { addTags, hasTag, MAX_TAGS } from './tags'
import type { Priority, Task, TaskChanges } from './task-client'
import { type TaskChange, useChangeTasks } from './use-changes'
import { agree, named } from './words'

/** What can be done to several tasks with one request. Each of these offers to undo it, with one request, too. */
export function useBulk() {
  const change = useChangeTasks()
  const { notify } = useNotices()
  const changeAll = (changes: readonly TaskChange[], text: string) => {
    if (changes.length === 0) return void notify({ tone: 'info', text: 'There is nothing to change.' })
    const before = changes.map(({ task, changes }): TaskChange => ({
      task,
      changes: valuesOf(task, changes),
    }))
    const undo = () => change({ changes: before })
    change({ changes, notice: notify({ tone: 'info', text, action: { label: 'Undo', run: undo } }) })
  }
  return {
    complete(tasks: readonly Task[], completed: boolean) {
      const changed = tasks.filter((task) => task.completed !== completed)
      const text = `${named(changed)} ${agree(changed, 'is', 'are')} ${completed ? 'done' : 'open again'}.`
      changeAll(
        changed.map((task) => ({ task, changes: { completed } })),
        text,
      )
    },
    prioritise(tasks: readonly Task[], priority: Priority) {
      const changed = tasks.filter((task) => task.priority !== priority)
      const text = `${named(changed)} ${agree(changed, 'has', 'have')} another priority.`
      changeAll(
        changed.map((task) => ({ task, changes: { priority } })),
        text,
      )
    },
    /** A task that has all the tags that it may have is left as it is. */
    tag(tasks: readonly Task[], tag: string) {
      const changed = tasks.filter(({ tags }) => !hasTag(tags, tag) && tags.length < MAX_TAGS)
      const text = `${named(changed)} ${agree(changed, 'has', 'have')} the tag ${tag}.`
      changeAll(
        changed.map((task) => ({ task, changes: { tags: addTags(task.tags, tag) } })),
        text,
      )
    },
  }
}

/** The values of the task in the fields that change. */
function valuesOf({ completed, priority, tags }: Task, changes: TaskChanges): TaskChanges {
  return {
    ...('completed' in changes && { completed }),
    ...('priority' in changes && { priority }),
    ...('tags' in changes && { tags }),
  }
}
