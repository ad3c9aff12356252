'use client'
import type { Page } from 'TaskApiClient'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { timeZone } from './due'
import { type Filters, toQuery } from './filters'
import { useTaskClient } from './task-api'

const PAGE_SIZE = 30

/** The list, page by page over the cursor. What was shown stays until the new filters have their answer. */
export function useTaskPages(filters: Filters) {
  const client = useTaskClient()
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

/** How many there are; overdue depends on where the reader is. */
export function useSummary() {
  const client = useTaskClient()
  return useQuery({
    queryKey: ['summary'],
    queryFn: ({ signal }) => client.summary({ time_zone: timeZone() }, { signal }),
  })
}
