import type { SignedInUser } from './session'
import type { BrowserSettings } from './settings'
import { createStoredValue } from './storage'

interface LastUser {
  user: SignedInUser
  settings: BrowserSettings
}

/**
 * The user who was signed in last in this browser. Their tasks are shown while the session cannot be checked. This proves
 * nothing, so nothing is sent before this app's server has returned a token of the same user.
 */
export const lastUser = createStoredValue<LastUser | null>('localStorage', 'daybook user', null)
