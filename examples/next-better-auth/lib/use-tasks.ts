'use client'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { timeZone } from './due'
import { type Filters, toQuery } from './filters'
import { useTaskApi } from './task-api'
import type { Page } from './task-client'

const PAGE_SIZE = 30

/** The list, page by page with the cursor. The old list stays on screen until the one for new filters is there. */
export function useTaskPages(filters: Filters) {
  const { client } = useTaskApi()
  return useInfiniteQuery({
    queryKey: ['tasks', filters],
    queryFn: ({ pageParam: cursor, signal }) => {
      const query = { ...toQuery(filters), time_zone: timeZone(), limit: PAGE_SIZE }
      return client.page({ ...query, ...(cursor === undefined ? { count: true } : { cursor }) }, { signal })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page) => page.cursor,
    placeholderData: keepPreviousData,
  })
}

/** The number of tasks. What is overdue depends on the user's time zone. */
export function useSummary() {
  const { client } = useTaskApi()
  return useQuery({
    queryKey: ['summary'],
    queryFn: ({ signal }) => client.summary({ time_zone: timeZone() }, { signal }),
  })
}

/** The tags in use, by name, with the number of their tasks. */
export function useTags() {
  const { client } = useTaskApi()
  return useQuery({ queryKey: ['tags'], queryFn: ({ signal }) => client.tags({ signal }) })
}
