/** Longer than any token of Better Auth; work on a longer one would be wasted. */
const MAX_LENGTH = 8192

/** What an Authorization header carries. The scheme is case-insensitive (RFC 7235, 2.1). */
export const bearerToken = (header = '') => /^Bearer +(\S.*)$/i.exec(header.trim())?.[1]

/**
 * The algorithm that a token says it is signed with, before anything of it is verified.
 *
 * @returns undefined where it cannot be a token that is accepted
 */
export function algorithmOf(token: string): unknown {
  if (token.length > MAX_LENGTH) return undefined
  // The last bits of a signature in Base64 mean nothing: only one of its spellings counts.
  const signature = token.slice(token.lastIndexOf('.') + 1)
  if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) return undefined
  try {
    return algorithmIn(token.slice(0, token.indexOf('.')))
  } catch {
    return undefined
  }
}

/** The tokens of one issuer share their header, which need not be read again for each. */
const known = new Map<string, unknown>()
const MAX_KNOWN = 1000

function algorithmIn(header: string): unknown {
  if (known.has(header)) return known.get(header)
  const { alg, crit } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
  // An extension that must be understood is one we do not understand (RFC 7515, 4.1.11).
  const algorithm = crit === undefined ? alg : undefined
  if (known.size < MAX_KNOWN) known.set(header, algorithm)
  return algorithm
}
