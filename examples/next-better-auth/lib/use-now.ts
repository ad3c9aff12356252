'use client'
import { useEffect, useState } from 'react'

/** The time, updated every half minute: a task may become overdue while it is on screen. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
