import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query'
import { recount } from './counts'
import type { Filters } from './filters'
import { matches, placeOf } from './placement'
import { recountTags } from './tags'
import type { Page, Summary, Tag, Task } from './task-client'

type Pages = InfiniteData<Page, string | undefined>

/** The tasks of all cached lists. A task may occur several times. */
export const cachedTasks = (cache: QueryClient): Task[] =>
  cache
    .getQueriesData<Pages>({ queryKey: ['tasks'] })
    .flatMap(([, data]) => data?.pages.flatMap(({ tasks }) => tasks) ?? [])

/** The task as the lists have it. */
export const findTask = (cache: QueryClient, id: number) => cachedTasks(cache).find((task) => task.id === id)

export interface Settlement {
  before: Task | undefined
  after: Task | undefined
  /** `place`: the row does not move within its list. `row`: nor does it leave a list that it no longer matches. */
  keep?: 'place' | 'row' | undefined
}

/**
 * Writes confirmed changes into all cached lists and counts, so that nothing has to be loaded again: a list of
 * 300 tasks would take ten requests. `undefined` stands for a task that does not exist.
 */
export async function settle(cache: QueryClient, settlements: readonly Settlement[]) {
  const interrupted = await interruptFetches(cache)
  for (const { before, after, keep } of settlements) {
    // The lists may know of a later change.
    const known = findTask(cache, (before ?? after)!.id) ?? before
    settleCounts(cache, known, after)
    interrupted.push(...settleLists(cache, { before: known, after, keep }))
  }
  if (settlements.some(({ before, after }) => (before === undefined) !== (after === undefined)))
    interrupted.push(['trash'])
  for (const queryKey of interrupted) void cache.invalidateQueries({ queryKey, exact: true })
}

function settleCounts(cache: QueryClient, before: Task | undefined, after: Task | undefined) {
  const now = new Date()
  cache.setQueryData<Summary>(['summary'], (counts) => counts && recount(counts, before, after, now))
  cache.setQueryData<Tag[]>(
    ['tags'],
    (tags) => tags && recountTags(tags, before?.tags ?? [], after?.tags ?? []),
  )
}

/** Returns the lists to ask for again. */
function settleLists(cache: QueryClient, { before, after, keep }: Settlement): Query['queryKey'][] {
  const now = new Date()
  const doubtful: Query['queryKey'][] = []
  for (const [key, data] of cache.getQueriesData<Pages>({ queryKey: ['tasks'] })) {
    if (data === undefined) continue
    const filters = key[1] as Filters
    const old = data.pages.flatMap(({ tasks }) => tasks).find(({ id }) => id === (before ?? after)?.id)
    const match = after ? (matches(after, filters, now) ?? old !== undefined) : false
    const mayStay = keep === 'row' || (match && keep === 'place')
    const stays = old && after && (mayStay || (match && !moves(old, after, data, filters)))
    const pages = stays ? replace(data.pages, after) : place(data, old, match ? after : undefined, filters)
    cache.setQueryData<Pages>(key, { ...data, pages })
    // Only the service knows whether a changed text still matches a search.
    if (after && matches(after, filters, now) === undefined) doubtful.push(key)
  }
  return doubtful
}

/** An answer that is on its way may be from before the change. Returns the queries to ask again. */
async function interruptFetches(cache: QueryClient): Promise<Query['queryKey'][]> {
  const fetching = cache.getQueryCache().findAll({ fetchStatus: 'fetching' })
  // The next page is asked for again when its place in the list comes into sight.
  const repeated = fetching.filter(({ state }) => state.fetchMeta?.fetchMore === undefined)
  await Promise.all(fetching.map(({ queryKey }) => cache.cancelQueries({ queryKey, exact: true })))
  return repeated.map(({ queryKey }) => queryKey)
}

/** Whether the change gives the task another place in the order. */
function moves(old: Task, after: Task, { pages }: Pages, { sort }: Filters): boolean {
  const others = pages.flatMap(({ tasks }) => tasks).filter(({ id }) => id !== old.id)
  return placeOf(old, others, sort) !== placeOf(after, others, sort)
}

const replace = (pages: readonly Page[], task: Task) =>
  pages.map((page) => ({ ...page, tasks: page.tasks.map((one) => (one.id === task.id ? task : one)) }))

/** Takes `old` out and puts `after` where it belongs, if that is within the pages that are loaded. */
function place({ pages }: Pages, old: Task | undefined, after: Task | undefined, { sort }: Filters): Page[] {
  const kept = pages.map((page) => ({ ...page, tasks: page.tasks.filter(({ id }) => id !== old?.id) }))
  const difference = Number(after !== undefined) - Number(old !== undefined)
  if (kept[0]?.total !== undefined) kept[0].total += difference
  if (after === undefined) return kept
  let index = placeOf(
    after,
    kept.flatMap(({ tasks }) => tasks),
    sort,
  )
  for (const page of kept) {
    const isEnd = page === kept.at(-1) && page.cursor === undefined
    if (index < page.tasks.length || (isEnd && index <= page.tasks.length)) {
      page.tasks.splice(index, 0, after)
      break
    }
    index -= page.tasks.length
  }
  return kept
}
