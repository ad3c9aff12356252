'use client'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { OfflineApp } from './offline-app'
import { Trouble } from './trouble'

/** The page while the session cannot be checked. It shows the tasks on this device, if a user was signed in here. */
export const Unavailable = () => <OfflineApp otherwise={<TakingABreak />} />

function TakingABreak() {
  const router = useRouter()
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), 4000)
    return () => clearInterval(timer)
  }, [router])
  return (
    <main>
      <Trouble
        heading="h1"
        title="Daybook is taking a break"
        text="Your tasks are safe, but cannot be reached right now."
        onRetry={() => router.refresh()}
      />
    </main>
  )
}
