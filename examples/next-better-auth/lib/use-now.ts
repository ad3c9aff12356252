'use client'
import { useEffect, useState } from 'react'

/** The time, new every half minute: a task becomes overdue while somebody looks at it. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
