import { AuthUnavailableError, SessionEndedError } from './errors'

/**
 * Keeps the token of one user in memory and never in storage, where any script could read it later.
 * `get` is what the client's `token` function needs.
 */
export function createTokenKeeper(tokenUrl: string, userId: string) {
  let current: string | undefined
  let request: Promise<string> | undefined
  const renew = () => {
    request ??= fetchToken(tokenUrl, userId)
      .then((token) => {
        current = token
        return token
      })
      .finally(() => (request = undefined))
    return request
  }
  return {
    /** Returns the token in memory, or a new one if there is none or the service refused this one. */
    get: async (refused?: string) => (current && current !== refused ? current : renew()),
  }
}
export type TokenKeeper = ReturnType<typeof createTokenKeeper>

/**
 * Asks this app's server for a token.
 *
 * @throws SessionEndedError if nobody is signed in any more, or somebody else is
 * @throws AuthUnavailableError if the server or its database cannot be reached
 */
async function fetchToken(tokenUrl: string, userId: string): Promise<string> {
  const answer = await fetch(tokenUrl, { cache: 'no-store' }).catch((cause: unknown) => {
    throw new AuthUnavailableError('no answer', { cause })
  })
  if (answer.status === 401) throw new SessionEndedError()
  if (!answer.ok) throw new AuthUnavailableError()
  const { token } = (await answer.json()) as { token: string }
  // Another tab may have signed somebody else in. Their tasks must not appear under this user's name.
  if (claimsOf(token).sub !== userId) throw new SessionEndedError()
  return token
}

function claimsOf(token: string): { sub?: string } {
  const [, payload = ''] = token.split('.')
  const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes)) as ReturnType<typeof claimsOf>
}
