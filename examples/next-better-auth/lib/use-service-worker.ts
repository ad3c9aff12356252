'use client'
import { useEffect } from 'react'

/** Makes the page open without a network: see public/sw.js. Development has other files with each change. */
export function useServiceWorker() {
  useEffect(() => {
    if (process.env.NODE_ENV !== 'production' || !('serviceWorker' in navigator)) return
    // Without it the page works, too, as long as it is open. It is not there in private windows of some browsers.
    navigator.serviceWorker.register('/sw.js').catch(() => {})
  }, [])
}
