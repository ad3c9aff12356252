/** Who calls, as the verified token says. */
export interface Identity {
  id: string
  email: string | null
  name: string | null
  /** When the token was issued (`iat`); if it does not say, its `exp`, which orders tokens of one issuer as well. */
  issuedAt: Date
}

type Claims = Readonly<Record<string, unknown>>

/** Clocks of issuers run ahead a little. */
const CLOCK_TOLERANCE_S = 30
/** The end of all dates: what expires later never does. */
const LAST_SECOND = 8.64e12
const LAST_STORABLE_S = Date.UTC(9999, 11, 31) / 1000

/** Characters, none of which is a control character or half of one: such text would be another once stored. */
const plain = (maximum: number) => new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${maximum}}$`, 'u')
const ID = plain(255)
const EMAIL = plain(320)
const NAME = plain(255)

/**
 * Reads the identity out of claims whose signature is verified. `sub`, else `user_id`; where
 * `allowSession` is set, else the user of a Better Auth session-cache token. Nothing else identifies:
 * e-mail verification tokens, signed with the same secret, carry an `email`.
 *
 * @param now milliseconds since the epoch
 * @returns undefined where the claims name nobody, are not valid yet, or are valid for ever
 */
export function identityOf(claims: Claims, allowSession: boolean, now = Date.now()): Identity | undefined {
  const isInTime =
    hasBegun(claims.nbf, now) && hasBegun(claims.iat, now) && !(Number(claims.exp) > LAST_SECOND)
  if (!isInTime) return undefined
  const subject = claims.sub ?? claims.user_id
  const user = subject == null && allowSession ? sessionUser(claims, now) : claims
  const id = userId(user === claims ? subject : user?.id)
  if (id === undefined) return undefined
  const issuedAt = instant(claims.iat ?? claims.exp)
  return { id, email: plainText(user?.email, EMAIL), name: plainText(user?.name, NAME), issuedAt }
}

/**
 * Whether the claims name one of the accepted issuers and audiences, where they name any (RFC 7519, 4.1.1 and 4.1.3).
 */
export function matches(claim: unknown, accepted: readonly string[] | undefined): boolean {
  if (claim === undefined || accepted === undefined) return true
  return [claim].flat().some((value) => accepted.includes(value as string))
}

/** Within the years that the database can store. */
const instant = (seconds: unknown) =>
  new Date(Math.min(Math.max(Number(seconds) || 0, 0), LAST_STORABLE_S) * 1000)

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
  return plainText(text, ID) ?? undefined
}

const plainText = (value: unknown, plain: RegExp) =>
  typeof value === 'string' && plain.test(value) ? value : null
