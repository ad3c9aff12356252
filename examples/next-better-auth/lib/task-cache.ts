import type { Page, Task } from 'TaskApiClient'
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { Filters } from './filters'

type Pages = InfiniteData<Page, string | undefined>

/** Shows a task as it is now, in every list that holds it. */
export function replaceTask(cache: QueryClient, saved: Task) {
  editPages(cache, (tasks) => tasks.map((task) => (task.id === saved.id ? saved : task)))
}

/** Takes a task out of the lists; of those only, where `filters` says so. */
export function removeTask(
  cache: QueryClient,
  id: number,
  among: (filters: Filters) => boolean = () => true,
) {
  editPages(cache, (tasks, filters) => (among(filters) ? tasks.filter((task) => task.id !== id) : tasks))
}

/** Counts and the lists that are not on screen are asked for again when they are next looked at. */
export async function refreshCounts(cache: QueryClient) {
  void cache.invalidateQueries({ queryKey: ['tasks'], refetchType: 'none' })
  await cache.cancelQueries({ queryKey: ['summary'] })
  await cache.invalidateQueries({ queryKey: ['summary'] })
}

/** Asks for everything again. An answer that is on its way may be from before the change: it does not count. */
export async function refreshAll(cache: QueryClient) {
  await cache.cancelQueries()
  await cache.invalidateQueries()
}

function editPages(cache: QueryClient, edit: (tasks: Task[], filters: Filters) => Task[]) {
  for (const [key, data] of cache.getQueriesData<Pages>({ queryKey: ['tasks'] })) {
    if (data === undefined) continue
    const pages = data.pages.map((page) => ({ ...page, tasks: edit(page.tasks, key[1] as Filters) }))
    const count = (list: Page[]) => list.reduce((sum, { tasks }) => sum + tasks.length, 0)
    const gone = count(data.pages) - count(pages)
    const [first, ...rest] = pages
    if (first?.total !== undefined)
      pages.splice(0, pages.length, { ...first, total: first.total - gone }, ...rest)
    cache.setQueryData<Pages>(key, { ...data, pages })
  }
}
