import type { IncomingMessage } from 'node:http'
import { countHeader } from '../http/headers.ts'
import { problem } from '../http/problem.ts'

/** Tokens of Better Auth are shorter. Longer tokens are refused before they are parsed. */
const MAX_LENGTH = 8192

/**
 * The token of the Authorization header. The scheme is case-insensitive (RFC 9110, 11.1).
 *
 * @throws a 400 if there are several: a proxy and a service might choose different ones
 */
export function bearerToken({ headers, rawHeaders }: IncomingMessage): string | undefined {
  const { authorization } = headers
  if (authorization === undefined) return undefined
  if (countHeader(rawHeaders, 'authorization') > 1) throw problem('duplicate_token')
  return tokenIn(authorization)
}

/** The token of an Authorization header's value. */
const tokenIn = (value: string) => /^Bearer +(\S.*)$/i.exec(value.trim())?.[1]

/**
 * The algorithm in a token's header. No part of the token is verified yet.
 *
 * @returns undefined if no verifier could accept the token
 */
export function algorithmOf(token: string): unknown {
  if (token.length > MAX_LENGTH) return undefined
  // Unused bits at the end of a Base64 text give a signature several spellings: only the canonical one is accepted.
  const signature = token.slice(token.lastIndexOf('.') + 1)
  if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) return undefined
  try {
    return algorithmIn(token.slice(0, token.indexOf('.')))
  } catch {
    return undefined
  }
}

/** Parsed headers: the tokens of one issuer share theirs. */
const known = new Map<string, unknown>()
const MAX_KNOWN = 1000

function algorithmIn(header: string): unknown {
  if (known.has(header)) return known.get(header)
  const { alg, crit } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
  // `crit` names extensions that a verifier must support (RFC 7515, 4.1.11): none is supported.
  const algorithm = crit === undefined ? alg : undefined
  if (known.size < MAX_KNOWN) known.set(header, algorithm)
  return algorithm
}
