'use client'
import { useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { type Filters, readFilters, writeFilters } from './filters'

/** The filters, kept in the address bar: they survive a reload and a new sign-in. */
export function useFilters(): [Filters, (changes: Partial<Filters>) => void] {
  const address = useSearchParams()
  const [filters, setFilters] = useState(() => readFilters(new URLSearchParams(address)))
  const change = (changes: Partial<Filters>) => {
    const next = { ...filters, ...changes }
    setFilters(next)
    window.history.replaceState(null, '', writeFilters(next))
  }
  return [filters, change]
}
