'use client'
import { useSearchParams } from 'next/navigation'

/** The part of the page that is on screen. It is in the address, so the Back button works. */
export function useView(): 'tasks' | 'trash' {
  return useSearchParams().get('view') === 'trash' ? 'trash' : 'tasks'
}

/** Shows another part of the page without loading it. */
export const goTo = (address: string) => window.history.pushState(null, '', address)
