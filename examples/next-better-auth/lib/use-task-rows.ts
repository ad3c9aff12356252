'use client'
import { type Edit, isChanged } from './drafts'
import type { Filters } from './filters'
import { matches, placeOf } from './placement'
import type { Task } from './task-client'
import { useDrafts } from './use-drafts'
import { usePending } from './use-pending'
import { useTaskPages } from './use-tasks'

export interface Row {
  task: Task
  edit: Edit | undefined
}

/** The rows of the list: the tasks of the service, with what the user has changed and the service not confirmed. */
export function useTaskRows(filters: Filters, now: Date) {
  const pages = useTaskPages(filters)
  const pending = usePending()
  const { unsent, edits } = useDrafts()
  const loaded = pages.data?.pages.flatMap((page) => page.tasks)
  const kept = loaded?.filter((task) => !pending.isHidden(task))
  const shown = kept && withRestored(kept, pending.restored, filters, now)
  const rows = shown?.map((task): Row => ({ task: pending.current(task), edit: edits[task.id] }))
  // A changed text stays on screen when its task leaves the list: it may be deleted, or filtered out.
  const orphans = Object.values(edits).filter(
    (edit) => isChanged(edit) && !edit.isSending && !rows?.some(({ task }) => task.id === edit.task.id),
  )
  const hidden = (loaded?.length ?? 0) - (rows?.length ?? 0)
  return {
    pages,
    unsent,
    rows: rows && [...orphans.map((edit): Row => ({ task: edit.task, edit })), ...rows],
    /** Of all pages, with the new tasks that are on their way. */
    total: (pages.data?.pages[0]?.total ?? 0) - hidden + pending.sending.length,
  }
}

/** Puts the tasks that come back from the trash where they belong. */
function withRestored(
  tasks: readonly Task[],
  restored: readonly Task[],
  filters: Filters,
  now: Date,
): Task[] {
  const all = [...tasks]
  for (const task of restored)
    if (matches(task, filters, now) && !all.some(({ id }) => id === task.id))
      all.splice(placeOf(task, all, filters.sort), 0, task)
  return all
}
