import { TaskApiError } from './task-client'

/** The session has ended, or its cookie belongs to somebody else by now. */
export class SessionEndedError extends Error {
  override name = 'SessionEndedError'
}

/** This app's own server, or its database, could not give a token. */
export class AuthUnavailableError extends Error {
  override name = 'AuthUnavailableError'
}

/** Whether the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof AuthUnavailableError) return true
  return error instanceof TaskApiError && (error.status === 0 || error.status === 429 || error.status >= 500)
}

export const isGone = (error: unknown) => error instanceof TaskApiError && error.status === 404

/** What went wrong, in a sentence for users. */
export function explain(error: unknown): string {
  if (error instanceof SessionEndedError) return 'You are no longer signed in.'
  if (error instanceof TaskApiError && error.status === 401)
    return 'The task service does not accept the tokens of this sign-in. Does it know this address as BETTER_AUTH_URL?'
  if (error instanceof TaskApiError && error.status === 429)
    return 'That was a lot at once. Please wait a moment.'
  if (isPassing(error)) return 'The task service cannot be reached right now.'
  if (error instanceof TaskApiError)
    return error.errors.map(({ message }) => message).join(' ') || error.detail
  return 'Something unexpected happened.'
}
