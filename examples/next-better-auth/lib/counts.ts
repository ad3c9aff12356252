import { isOverdue } from './due'
import type { Summary, Task } from './task-client'

/** The summary after a task has changed from `before` to `after`; undefined stands for no task. */
export function recount(
  summary: Summary,
  before: Task | undefined,
  after: Task | undefined,
  now: Date,
): Summary {
  const difference = (test: (task: Task) => boolean) =>
    Number(after !== undefined && test(after)) - Number(before !== undefined && test(before))
  return {
    ...summary,
    total: summary.total + difference(() => true),
    pending: summary.pending + difference(({ completed }) => !completed),
    completed: summary.completed + difference(({ completed }) => completed),
    overdue: summary.overdue + difference((task) => isOverdue(task, now)),
  }
}
