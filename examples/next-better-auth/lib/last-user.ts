import type { SignedInUser } from './session'
import type { BrowserSettings } from './settings'
import { createStoredValue } from './storage'

interface LastUser {
  user: SignedInUser
  settings: BrowserSettings
}

/**
 * Who was signed in last in this browser: their tasks are shown while nobody can be asked. It is not a proof of
 * anything: nothing is sent before this app's server has given a token of the same user.
 */
export const lastUser = createStoredValue<LastUser | null>('localStorage', 'daybook user', null)
