'use client'
import { type ReactNode, useEffect, useMemo } from 'react'
import { lastUser } from '../lib/last-user'
import { useHydrated } from '../lib/use-hydrated'
import { TaskApp } from './task-app'
import { Trouble } from './trouble'

/** The tasks of the user who was signed in last, from this device, for a page that no server can make. */
export function OfflineApp({ otherwise = <NobodyHere /> }: { otherwise?: ReactNode }) {
  const isHydrated = useHydrated()
  const last = useMemo(() => (isHydrated ? lastUser.get() : null), [isHydrated])
  if (!isHydrated) return null
  return last ? <TaskApp key={last.user.id} {...last} /> : otherwise
}

function NobodyHere() {
  useEffect(() => {
    const reload = () => window.location.reload()
    window.addEventListener('online', reload)
    return () => window.removeEventListener('online', reload)
  }, [])
  return (
    <main>
      <Trouble
        heading="h1"
        title="You are offline"
        text="Nobody is signed in here. Signing in needs the connection."
      />
    </main>
  )
}
