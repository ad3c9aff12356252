import type { Task } from './task-client'

/** For users: “Buy milk”, or 3 tasks. */
export const named = (tasks: readonly Pick<Task, 'title'>[]) =>
  tasks.length === 1 ? `“${tasks[0]!.title}”` : `${tasks.length} tasks`

/** is or are, was or were, … */
export const agree = (tasks: readonly unknown[], one: string, many: string) =>
  tasks.length === 1 ? one : many
