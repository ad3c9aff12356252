'use client'
import { useSearchParams } from 'next/navigation'
import { type Filters, readFilters, writeFilters } from './filters'

/** The filters live in the address bar: they survive a reload and can be sent to oneself. */
export function useFilters(): [Filters, (changes: Partial<Filters>) => void] {
  const filters = readFilters(new URLSearchParams(useSearchParams()))
  // Next.js notices the new address; nothing is asked of its server.
  const change = (changes: Partial<Filters>) =>
    window.history.replaceState(null, '', writeFilters({ ...filters, ...changes }))
  return [filters, change]
}
