import { TaskApiError } from 'TaskApiClient'

/** The cookie of the session is no longer good, or belongs to somebody else. */
export class SessionEndedError extends Error {
  override name = 'SessionEndedError'
}

/** Our own server, or its database, gave no token. */
export class AuthUnavailableError extends Error {
  override name = 'AuthUnavailableError'
}

/** Whether waiting helps: nothing is wrong with what was asked. */
export function isPassing(error: unknown): boolean {
  if (error instanceof AuthUnavailableError) return true
  return error instanceof TaskApiError && (error.status === 0 || error.status === 429 || error.status >= 500)
}

/** What went wrong, in a sentence for people. */
export function explain(error: unknown): string {
  if (error instanceof SessionEndedError) return 'You are no longer signed in.'
  if (error instanceof TaskApiError && error.status === 401)
    return 'The task service does not accept the tokens of this sign-in. Does it know this address as BETTER_AUTH_URL?'
  if (error instanceof TaskApiError && error.status === 429)
    return 'That was a lot at once. Please wait a moment.'
  if (isPassing(error)) return 'The task service cannot be reached right now.'
  if (error instanceof TaskApiError) return error.detail
  return 'Something unexpected happened.'
}

/** What the service says about each field of a form: { title: '…' }. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof TaskApiError)) return {}
  return Object.fromEntries(error.errors.map(({ path, message }) => [path.replace(/^\//, ''), message]))
}
