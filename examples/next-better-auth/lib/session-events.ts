'use client'
import { signInPath, type SignInReason } from './paths'
import { tellTabs, useTabs } from './tabs'

const CHANNEL = 'daybook session'

/** Tells the other tabs of this browser who is signed in now; null means nobody. */
export const announceSession = (userId: string | null) => tellTabs(CHANNEL, userId)

/** Calls `onChange` when another tab signs a user in or out. It must not change between renders. */
export const useSessionEvents = (onChange: (userId: string | null) => void) => useTabs(CHANNEL, onChange)

/** Leaves for the sign-in page, which leads back to this address. */
export function leaveForSignIn(reason: SignInReason) {
  window.location.assign(signInPath(window.location.pathname + window.location.search, reason))
}
