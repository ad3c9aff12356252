import jwt, { type JWT } from '@fastify/jwt'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Identity, identityOf, matches } from '../auth/identity.ts'
import { createKeyStore, JWKS_ALGORITHMS, KeysUnavailableError } from '../auth/jwks.ts'
import type { Config } from '../config.ts'
import { problem, raise } from '../problem.ts'
import { sendProblem } from './problems.ts'

type Claims = Record<string, unknown>

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: Claims
    user: Identity
  }
}
declare module 'fastify' {
  interface FastifyRequest {
    /** Settles once it is known who calls; null before anybody asked. */
    authorization: Promise<void> | null
    jwksJwtVerify(): Promise<Claims>
  }
}

/** Longer than any token of Better Auth; work on a longer one would be wasted. */
const MAX_TOKEN_LENGTH = 8192
const VERIFIED_TOKENS_KEPT = 10_000

/**
 * Verifies the token of every request in its scope, as a preHandler hook, and sets `request.user`.
 * Where a request fails before that hook, the error handler verifies first: without a valid token the
 * answer is always a 401, which tells nothing about the request or about what exists.
 */
export const auth = fp<{ tokens: Config['tokens'] }>(async (app, { tokens }) => {
  const common = { requiredClaims: ['exp'], cache: VERIFIED_TOKENS_KEPT, ignoreNotBefore: true }
  if (tokens.secret) {
    const verify = { ...common, algorithms: ['HS256' as const] }
    await app.register(jwt, { namespace: 'secret', secret: tokens.secret, verify })
  }
  if (tokens.jwks) {
    const { issuer, audience } = tokens.jwks
    const keys = createKeyStore(tokens.jwks, (err) => app.log.warn({ err }, 'the JWKS could not be fetched'))
    await app.register(jwt, {
      namespace: 'jwks',
      decode: { complete: true },
      secret: async (_request: FastifyRequest, token: unknown) =>
        (await keys.find((token as { header: Claims }).header)) ?? refuse(),
      verify: {
        ...common,
        requiredClaims: ['exp', 'iss', 'aud'],
        algorithms: [...JWKS_ALGORITHMS] as 'EdDSA'[],
        allowedIss: [...issuer],
        allowedAud: [...audience],
        extractToken: (request: FastifyRequest) => bearerToken(request.headers.authorization),
      },
    })
  }
  // @fastify/jwt's types do not know its namespaces.
  const { secret } = (app.jwt ?? {}) as unknown as { secret?: JWT }

  const verify = async (request: FastifyRequest): Promise<Identity> => {
    const token = bearerToken(request.headers.authorization) ?? refuse('missing')
    const algorithm = algorithmOf(token)
    if (algorithm === 'HS256' && secret) {
      const claims = secret.verify<Claims>(token)
      const isForUs = matches(claims.iss, tokens.issuer) && matches(claims.aud, tokens.audience)
      return (isForUs ? identityOf(claims, true) : undefined) ?? refuse()
    }
    if (!tokens.jwks || !JWKS_ALGORITHMS.includes(algorithm)) return refuse()
    return identityOf(await request.jwksJwtVerify(), false) ?? refuse()
  }

  const authorize = async (request: FastifyRequest): Promise<void> => {
    request.user = await verify(request).catch(toProblem)
    const { user_id: owner = request.user.id } = (request.params ?? {}) as { user_id?: string }
    if (owner !== request.user.id) throw problem(403, 'wrong_user', 'This path belongs to another user.')
  }
  const authorizeOnce = (request: FastifyRequest) => (request.authorization ??= authorize(request))

  app.decorateRequest('authorization', null)
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  app.addHook('preHandler', authorizeOnce)
  app.setErrorHandler(async (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    const refusal = await authorizeOnce(request).then(() => undefined, (refused: Error) => refused)
    return sendProblem(refusal ?? error, request, reply)
  })
})

/** The scheme is case-insensitive (RFC 7235, 2.1). */
const bearerToken = (header = '') => /^Bearer +(\S.*)$/i.exec(header.trim())?.[1]

/** The algorithm only chooses the verifier, each of which accepts its own kind and nothing else. */
function algorithmOf(token: string): string {
  if (token.length > MAX_TOKEN_LENGTH) return refuse()
  try {
    const header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()) as Claims
    // An extension that must be understood is one we do not understand (RFC 7515, 4.1.11).
    return header.crit === undefined ? String(header.alg) : refuse()
  } catch {
    return refuse()
  }
}

const REFUSALS = {
  missing: ['token_missing', 'This needs the header Authorization: Bearer <token>.', 'Bearer'],
  invalid: ['token_invalid', 'The token is not valid.', 'Bearer error="invalid_token"'],
  expired: ['token_expired', 'The token has expired.', 'Bearer error="invalid_token", error_description="expired"'],
} as const

/** RFC 6750, section 3. */
function refuse(why: keyof typeof REFUSALS = 'invalid'): never {
  const [code, detail, challenge] = REFUSALS[why]
  throw problem(401, code, detail, { headers: { 'www-authenticate': challenge } })
}

const EXPIRED = ['FAST_JWT_EXPIRED', 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED']

function toProblem(error: Error & { status?: number; code?: string }): never {
  if (error instanceof KeysUnavailableError) {
    const headers = { 'retry-after': '5' }
    throw problem(503, 'keys_unavailable', 'The keys that verify tokens cannot be fetched right now.', { headers })
  }
  return error.status === 401 ? raise(error) : refuse(EXPIRED.includes(error.code ?? '') ? 'expired' : 'invalid')
}
