'use client'
import { useEffect } from 'react'

/** The Back button may show a page from the browser's memory: of a session that has ended, or of another user. */
export function useFreshPage() {
  useEffect(() => {
    const reload = ({ persisted }: PageTransitionEvent) => persisted && window.location.reload()
    window.addEventListener('pageshow', reload)
    return () => window.removeEventListener('pageshow', reload)
  }, [])
}
