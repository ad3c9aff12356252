'use client'
import { useEffect } from 'react'

/** Makes the page open without a network: see public/sw.js. Not in development, where files change all the time. */
export function useServiceWorker() {
  useEffect(() => {
    if (process.env.NODE_ENV !== 'production' || !('serviceWorker' in navigator)) return
    // Private windows of some browsers have no service worker. Then the page works offline only while it is open.
    navigator.serviceWorker.register('/sw.js').catch(() => {})
  }, [])
}
