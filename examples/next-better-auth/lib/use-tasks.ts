'use client'
import { useMemo, useState, useSyncExternalStore } from 'react'
import { type Filters, writeFilters } from './filters'
import { countTags, listTasks, summarize } from './local-list'
import { useTaskApi } from './task-api'
import type { Conflict, LocalTask, RefusedWrite, SyncStatus, TaskSync } from './task-client'

const PAGE_SIZE = 30

/** A value of the local copy. It is empty on the server, and also in the first rendering in the browser. */
function useLocal<Value>(read: (sync: TaskSync) => Value): Value {
  const { sync } = useTaskApi()
  const current = () => read(sync)
  return useSyncExternalStore(sync.subscribe, current, current)
}

/** All tasks of the user, with the changes that the service has not confirmed. */
export const useTasks = (): readonly LocalTask[] => useLocal((sync) => sync.tasks())
export const useSyncStatus = (): SyncStatus => useLocal((sync) => sync.status())
export const useConflicts = (): readonly Conflict[] => useLocal((sync) => sync.conflicts())
export const useRefused = (): readonly RefusedWrite[] => useLocal((sync) => sync.refused())

/** The list, one page more with each call of `more`. */
export function useTaskList(filters: Filters, now: Date) {
  const tasks = useTasks()
  const list = useMemo(() => listTasks(tasks, filters, now), [tasks, filters, now])
  // Changed filters begin with the first page again.
  const address = writeFilters(filters)
  const [pages, setPages] = useState({ address, count: 1 })
  const count = pages.address === address ? pages.count : 1
  return {
    tasks: useMemo(() => list.slice(0, count * PAGE_SIZE), [list, count]),
    total: list.length,
    hasMore: list.length > count * PAGE_SIZE,
    more: () => setPages({ address, count: count + 1 }),
  }
}

/** The number of tasks; undefined as long as this device does not know all of them. */
export function useSummary(now: Date) {
  const tasks = useTasks()
  const { complete } = useSyncStatus()
  const summary = useMemo(() => summarize(tasks, now), [tasks, now])
  return complete ? summary : undefined
}

/** The tags in use, by name, with the number of their tasks. */
export function useTags() {
  const tasks = useTasks()
  return useMemo(() => countTags(tasks), [tasks])
}
