import type { Owner } from '../database/owner.ts'
import { isVisible } from '../http/text.ts'

/** The current user, as the verified token names it. */
export interface Identity extends Owner {
  email: string | null
  name: string | null
  /** When the token was issued (`iat`). Without `iat` it is `exp`, which also orders the tokens of one issuer. */
  issuedAt: Date
  /** When the token expires (`exp`), in milliseconds since the epoch. */
  expiresAt: number
}

type Claims = Readonly<Record<string, unknown>>

/** How far the clock of an issuer may run ahead. */
const CLOCK_TOLERANCE_S = 30
/** The last second of a JavaScript Date. A token that expires later never expires. */
const LAST_SECOND = 8.64e12
const LAST_STORABLE_S = Date.UTC(9999, 11, 31) / 1000

/**
 * 1 to `maximum` characters without control characters and lone surrogates, which PostgreSQL would refuse or change.
 */
const plain = (maximum: number) => new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${maximum}}$`, 'u')
const ID = plain(255)
const EMAIL = plain(320)
const NAME = plain(255)

/**
 * Reads the user from claims whose signature is verified: `sub`, else `user_id`, else, with `allowSession`, the user
 * of a Better Auth session-cache token. No other claim names a user: e-mail verification tokens are signed with the
 * same secret and carry an `email`.
 *
 * @param now milliseconds since the epoch
 * @returns undefined if the claims name no user, are not valid yet or never expire
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
  const expiresAt = Number(claims.exp) * 1000
  return { id, email: plainText(user?.email, EMAIL), name: plainText(user?.name, NAME), issuedAt, expiresAt }
}

/** Whether the claim `iss` or `aud`, if the token has it, names an accepted value (RFC 7519, 4.1.1 and 4.1.3). */
export function matches(claim: unknown, accepted: readonly string[] | undefined): boolean {
  if (claim === undefined || accepted === undefined) return true
  return [claim].flat().some((value) => accepted.includes(value as string))
}

/** The time of a claim, limited to the years that the database can store. */
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

/** Browsers and proxies remove these two segments from a path, so `/api/{user_id}/tasks` cannot contain them. */
const DOT_SEGMENTS = ['.', '..']

function userId(value: unknown): string | undefined {
  const text = plainText(Number.isSafeInteger(value) ? String(value) : value, ID)
  return text === null || DOT_SEGMENTS.includes(text) ? undefined : text
}

const plainText = (value: unknown, plain: RegExp) =>
  typeof value === 'string' && plain.test(value) && isVisible(value) ? value : null
