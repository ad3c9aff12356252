'use client'
import { type ReactNode, useEffect, useMemo } from 'react'
import { lastUser } from '../lib/last-user'
import { useHydrated } from '../lib/use-hydrated'
import { TaskApp } from './task-app'
import { Trouble } from './trouble'

/** Shows the last user's tasks from this device, in the page that the service worker serves while no server answers. */
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
