import { problem, unavailable } from '../http/problem.ts'
import { KeysUnavailableError } from './jwks.ts'

/** RFC 6750, section 3. */
const CHALLENGES = {
  token_missing: 'Bearer',
  token_invalid: 'Bearer error="invalid_token"',
  token_expired: 'Bearer error="invalid_token", error_description="expired"',
}

/**
 * Refuses a token.
 *
 * @throws a 401, always
 */
export function refuse(code: keyof typeof CHALLENGES): never {
  throw problem(code, { headers: { 'www-authenticate': CHALLENGES[code] } })
}

const EXPIRED = ['FAST_JWT_EXPIRED', 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED']

/** Turns an error of a verifier into the problem for the client, and throws it. */
export function toProblem(error: Error & { status?: number; code?: string }): never {
  if (error instanceof KeysUnavailableError) throw unavailable('keys_unavailable', 5)
  if (error.status === 401 || error.status === 400) throw error
  return EXPIRED.includes(error.code ?? '') ? refuse('token_expired') : refuse('token_invalid')
}
