import jwt, { type JWT } from '@fastify/jwt'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { algorithmOf, bearerToken } from './bearer.ts'
import { type Identity, identityOf, matches } from './identity.ts'
import { createKeyStore, JWKS_ALGORITHMS, KeysUnavailableError } from './jwks.ts'
import type { Config } from '../config/config.ts'
import { problem, unavailable } from '../http/problem.ts'
import { sendProblem } from '../http/problems.ts'

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
    authorization: Promise<undefined> | null
    jwksJwtVerify(): Promise<Identity | undefined>
  }
}

type Tokens = Config['tokens']
type Verify = (request: FastifyRequest, token: string) => Promise<Identity | undefined>

/** Ten thousand verified tokens are remembered. `nbf` is checked with `iat`, with the same tolerance. */
const COMMON = { requiredClaims: ['exp'], cache: 10_000, ignoreNotBefore: true }

/**
 * Verifies the token of every request in its scope, as a preHandler hook, and sets `request.user`.
 * Where a request fails before that hook, the error handler verifies first: without a valid token the
 * answer is always a 401, which tells nothing about the request or about what exists.
 */
export const auth = fp<{ tokens: Tokens }>(async (app, { tokens }) => {
  const verifiers = await createVerifiers(app, tokens)
  const identify = async (request: FastifyRequest): Promise<Identity> => {
    const token = bearerToken(request.headers.authorization) ?? refuse('token_missing')
    const verify = verifiers.get(algorithmOf(token)) ?? refuse('token_invalid')
    return (await verify(request, token)) ?? refuse('token_invalid')
  }
  const authorize = async (request: FastifyRequest): Promise<undefined> => {
    request.user = await identify(request).catch(toProblem)
    const { user_id: owner = request.user.id } = request.params as { user_id?: string }
    if (owner !== request.user.id) throw problem('wrong_user')
  }
  const authorizeOnce = (request: FastifyRequest) => (request.authorization ??= authorize(request))

  app.decorateRequest('authorization', null)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store')
    done()
  })
  app.addHook('preHandler', authorizeOnce)
  app.setErrorHandler(async (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    const refusal = await authorizeOnce(request).catch((refused: Error) => refused)
    return sendProblem(refusal ?? error, request, reply)
  })
})

/** By algorithm, which only chooses: each verifier accepts its own kind and nothing else. */
async function createVerifiers(app: FastifyInstance, tokens: Tokens): Promise<Map<unknown, Verify>> {
  const verifiers = new Map<unknown, Verify>()
  if (tokens.secret) verifiers.set('HS256', await verifierBySecret(app, tokens.secret, tokens))
  if (tokens.jwks) {
    const verify = await verifierByKeys(app, tokens.jwks)
    for (const algorithm of JWKS_ALGORITHMS) verifiers.set(algorithm, verify)
  }
  return verifiers
}

async function verifierBySecret(app: FastifyInstance, secret: string, accepted: Tokens): Promise<Verify> {
  await app.register(jwt, { namespace: 'secret', secret, verify: { ...COMMON, algorithms: ['HS256'] } })
  // @fastify/jwt's types do not know its namespaces.
  const verifier = (app.jwt as unknown as { secret: JWT }).secret
  return async (_request, token) => {
    const claims = verifier.verify<Claims>(token)
    const isForUs = matches(claims.iss, accepted.issuer) && matches(claims.aud, accepted.audience)
    return isForUs ? identityOf(claims, true) : undefined
  }
}

async function verifierByKeys(app: FastifyInstance, settings: NonNullable<Tokens['jwks']>): Promise<Verify> {
  const keys = createKeyStore(settings, (err) => app.log.warn({ err }, 'the JWKS could not be fetched'))
  await app.register(jwt, {
    namespace: 'jwks',
    decode: { complete: true },
    formatUser: (claims) => identityOf(claims, false) as Identity,
    secret: async (_request: FastifyRequest, token: unknown) =>
      (await keys.find((token as { header: Claims }).header)) ?? refuse('token_invalid'),
    verify: {
      ...COMMON,
      requiredClaims: ['exp', 'iss', 'aud'],
      algorithms: [...JWKS_ALGORITHMS] as 'EdDSA'[],
      allowedIss: [...settings.issuer],
      allowedAud: [...settings.audience],
      extractToken: (request: FastifyRequest) => bearerToken(request.headers.authorization),
    },
  })
  return (request) => request.jwksJwtVerify()
}

/** RFC 6750, section 3. */
const CHALLENGES = {
  token_missing: 'Bearer',
  token_invalid: 'Bearer error="invalid_token"',
  token_expired: 'Bearer error="invalid_token", error_description="expired"',
}

function refuse(code: keyof typeof CHALLENGES): never {
  throw problem(code, { headers: { 'www-authenticate': CHALLENGES[code] } })
}

const EXPIRED = ['FAST_JWT_EXPIRED', 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED']

function toProblem(error: Error & { status?: number; code?: string }): never {
  if (error instanceof KeysUnavailableError) {
    throw unavailable('keys_unavailable', 5)
  }
  if (error.status === 401) throw error
  return EXPIRED.includes(error.code ?? '') ? refuse('token_expired') : refuse('token_invalid')
}
