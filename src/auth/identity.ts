/** Who calls, as the verified token says. */
export interface Identity {
  id: string
  email: string | null
  name: string | null
}

type Claims = Readonly<Record<string, unknown>>

/** Clocks of issuers run ahead a little. */
const CLOCK_TOLERANCE_S = 30

/**
 * Reads the identity out of claims whose signature is verified. `sub`, else `user_id`; where
 * `allowSession` is set, else the user of a Better Auth session-cache token. Nothing else identifies:
 * e-mail verification tokens, signed with the same secret, carry an `email`.
 *
 * @param now milliseconds since the epoch
 * @returns undefined where the claims name nobody, or are not valid yet
 */
export function identityOf(claims: Claims, allowSession: boolean, now = Date.now()): Identity | undefined {
  if (!hasBegun(claims.nbf, now) || !hasBegun(claims.iat, now)) return undefined
  const subject = claims.sub ?? claims.user_id
  const user = subject == null && allowSession ? sessionUser(claims, now) : { ...claims, id: subject }
  const id = userId(user?.id)
  return id === undefined ? undefined : { id, email: shortText(user?.email, 320), name: shortText(user?.name, 255) }
}

/**
 * Whether the claims name one of the accepted issuers and audiences, where they name any (RFC 7519, 4.1.1 and 4.1.3).
 */
export function matches(claim: unknown, accepted: readonly string[] | undefined): boolean {
  if (claim === undefined || accepted === undefined) return true
  return [claim].flat().some((value) => accepted.includes(value as string))
}

function hasBegun(claim: unknown, now: number): boolean {
  return claim === undefined || (typeof claim === 'number' && claim <= now / 1000 + CLOCK_TOLERANCE_S)
}

function sessionUser({ user, session }: Claims, now: number): Claims | undefined {
  if (!isObject(user) || !isObject(session) || user.id !== session.userId) return undefined
  const expires = new Date(session.expiresAt as string).getTime()
  return expires > now ? user : undefined
}

const isObject = (value: unknown): value is Claims => typeof value === 'object' && value !== null

function userId(value: unknown): string | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && text.length > 0 && text.length <= 255 && isPlain(text) ? text : undefined
}

function shortText(value: unknown, maximum: number): string | null {
  return typeof value === 'string' && value !== '' && value.length <= maximum && isPlain(value) ? value : null
}

/** No control characters, and nothing that two texts could share once stored. */
const isPlain = (text: string) => !/\p{Cc}/u.test(text) && text.isWellFormed()
