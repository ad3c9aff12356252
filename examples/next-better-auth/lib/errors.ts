import { type SyncProblem, TaskApiError } from './task-client'

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

const REFUSED_TOKEN =
  'The task service does not accept the tokens of this sign-in. Does it know this address as BETTER_AUTH_URL?'
const OUT_OF_REACH = 'The task service cannot be reached right now.'

/** What went wrong, in a sentence for users. */
export function explain(error: unknown): string {
  if (error instanceof SessionEndedError) return 'You are no longer signed in.'
  if (error instanceof TaskApiError) return explainProblem(error)
  return isPassing(error) ? OUT_OF_REACH : 'Something unexpected happened.'
}

/** The same for what the local copy reports. */
export function explainProblem({
  status,
  code,
  detail,
  errors,
}: Omit<SyncProblem, 'code'> & { code: string }): string {
  if (code === 'storage_failed')
    return 'This browser cannot keep your changes: its storage is full or switched off. Keep this page open until they are sent.'
  if (status === 401) return REFUSED_TOKEN
  if (status === 429) return 'That was a lot at once. Please wait a moment.'
  if (status === 0 || status >= 500) return OUT_OF_REACH
  return errors.map(({ message }) => message).join(' ') || detail
}
