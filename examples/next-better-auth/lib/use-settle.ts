'use client'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { tellTabs, useTabs } from './tabs'
import { useTaskApi } from './task-api'
import { type Settlement, settle } from './task-cache'

/** What other tabs of the same user are told: the changes, or that so much changed that they load again. */
type Message = readonly Settlement[] | 'reload'

const channelOf = (userId: string) => `daybook tasks ${userId}`

/** Writes confirmed changes into the cache of this tab and of the others: see task-cache.ts. */
export function useSettle() {
  const { userId } = useTaskApi()
  const cache = useQueryClient()
  return (...settlements: Settlement[]) => {
    tellTabs(channelOf(userId), settlements)
    return settle(cache, settlements)
  }
}

/** Loads everything again, in the other tabs, too. */
export function useReload() {
  const { userId } = useTaskApi()
  const cache = useQueryClient()
  return () => {
    tellTabs(channelOf(userId), 'reload')
    return reload(cache)
  }
}

/** Shows what other tabs have changed. */
export function useOtherTabs() {
  const { userId } = useTaskApi()
  const cache = useQueryClient()
  const apply = useCallback(
    (message: Message) => void (message === 'reload' ? reload(cache) : settle(cache, message)),
    [cache],
  )
  useTabs(channelOf(userId), apply)
}

const reload = (cache: QueryClient) => cache.invalidateQueries()
