'use client'
import { useEffect } from 'react'
import { signInPath, type SignInReason } from './paths'

const CHANNEL = 'daybook session'
/** A page ignores its own messages. */
const PAGE = Math.random()

interface SessionEvent {
  from: number
  userId: string | null
}

/** Tells the other tabs of this browser who is signed in now; null means nobody. */
export function announceSession(userId: string | null) {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage({ from: PAGE, userId } satisfies SessionEvent)
  channel.close()
}

/** Calls `onChange` when another tab signs a user in or out. It must not change between renders. */
export function useSessionEvents(onChange: (userId: string | null) => void) {
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = ({ data: { from, userId } }: MessageEvent<SessionEvent>) => {
      if (from !== PAGE) onChange(userId)
    }
    return () => channel.close()
  }, [onChange])
}

/** Leaves for the sign-in page, which leads back to this address. */
export function leaveForSignIn(reason: SignInReason) {
  window.location.assign(signInPath(window.location.pathname + window.location.search, reason))
}
