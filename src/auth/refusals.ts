import { problem, unavailable } from '../http/problem.ts'
import { KeysUnavailableError } from './jwks.ts'

const REFUSALS = {
  missing: ['token_missing', 'This needs the header Authorization: Bearer <token>.', 'Bearer'],
  invalid: ['token_invalid', 'The token is not valid.', 'Bearer error="invalid_token"'],
  expired: [
    'token_expired',
    'The token has expired.',
    'Bearer error="invalid_token", error_description="expired"',
  ],
} as const

/**
 * Refuses a token, with the challenge of RFC 6750, section 3.
 *
 * @throws a 401, always
 */
export function refuse(why: keyof typeof REFUSALS = 'invalid'): never {
  const [code, detail, challenge] = REFUSALS[why]
  throw problem(401, code, detail, { headers: { 'www-authenticate': challenge } })
}

const EXPIRED = ['FAST_JWT_EXPIRED', 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED']

/** Throws what a client is told about an error of a verifier. */
export function toProblem(error: Error & { status?: number; code?: string }): never {
  if (error instanceof KeysUnavailableError) {
    const detail = 'The keys that verify tokens cannot be fetched right now.'
    throw unavailable('keys_unavailable', detail, 5)
  }
  if (error.status === 401 || error.status === 400) throw error
  return refuse(EXPIRED.includes(error.code ?? '') ? 'expired' : 'invalid')
}
