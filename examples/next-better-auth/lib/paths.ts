export const TRASH_ADDRESS = '/?view=trash'

const HERE = 'http://here.invalid'

/** Returns `next` if it is a path of this app, else `/`: a link must not send a user to another site. */
export function safePath(next: unknown): string {
  if (typeof next !== 'string' || !URL.canParse(next, HERE)) return '/'
  const { origin, pathname, search } = new URL(next, HERE)
  return origin === HERE ? pathname + search : '/'
}

/** The sign-in page, which explains why it is shown and leads back to `next`. */
export function signInPath(next: string, reason?: SignInReason): string {
  const query = new URLSearchParams({ ...(reason && { reason }), ...(next !== '/' && { next }) })
  return query.size === 0 ? '/sign-in' : `/sign-in?${query}`
}

export type SignInReason = keyof typeof SIGN_IN_REASONS

export const SIGN_IN_REASONS = {
  ended: 'Your session has ended. Please sign in again.',
  elsewhere: 'You signed out in another tab. Please sign in again.',
} as const
