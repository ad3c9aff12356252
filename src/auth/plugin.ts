import jwt, { type FastifyJwtNamespace } from '@fastify/jwt'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { algorithmOf, bearerToken } from './bearer.ts'
import { type Identity, identityOf, matches } from './identity.ts'
import { createKeyStore } from './jwks.ts'
import { KnownTokens } from './known-tokens.ts'
import { JWKS_ALGORITHMS } from './published-keys.ts'
import { checkPath } from './path-owner.ts'
import { refuse, toProblem } from './refusals.ts'
import type { Config } from '../config/config.ts'
import { sendProblem } from '../http/problems.ts'

type Claims = Record<string, unknown>
/** What the plugin passes on with `decode: { complete: true }`. */
type DecodedToken = { header?: Claims; [part: string]: unknown }

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: Claims
    user: Identity
    namespaces: 'secret' | 'jwks'
  }
}
declare module 'fastify' {
  interface FastifyInstance {
    /** Verifies the token and counts the request: the onRequest hook of routes with large bodies. */
    authorize(request: FastifyRequest, reply: FastifyReply): Promise<undefined>
  }
  interface FastifyRequest extends Pick<FastifyJwtNamespace<{ namespace: 'jwks' }>, 'jwksJwtVerify'> {
    /** Settles when the token has been verified; null before that has begun. */
    authorization: Promise<undefined> | null
  }
}

type Tokens = Config['tokens']
type Verify = (request: FastifyRequest, token: string) => Identity | undefined | Promise<Identity | undefined>

/**
 * Settings of both verifiers. Each keeps the results for 10,000 tokens. `nbf` is checked with `iat`, with the same
 * tolerance. The plugin would set `request.user` to the claims, which requests share. So they are in `request.claims`.
 */
const COMMON = { requiredClaims: ['exp'], cache: 10_000, ignoreNotBefore: true }
const CLAIMS = { decoratorName: 'claims' }

/**
 * Verifies the token of every request in its scope, as a preHandler hook, sets `request.user` and counts the request
 * for that user. If a request fails before that hook, the error handler does the same first: without a valid token the
 * answer is always a 401, which does not reveal whether the request was valid or what exists.
 */
export const auth = fp<{ tokens: Tokens }>(async (app, { tokens }) => {
  const known = new KnownTokens()
  const verifiers = await createVerifiers(app, tokens, known)
  const identify = async (request: FastifyRequest, token: string): Promise<Identity> => {
    const verify = verifiers.get(algorithmOf(token)) ?? refuse('token_invalid')
    return (await verify(request, token)) ?? refuse('token_invalid')
  }
  const authorize = async (request: FastifyRequest, reply: FastifyReply): Promise<undefined> => {
    const token = bearerToken(request.raw) ?? refuse('token_missing')
    request.user = known.find(token) ?? (await identify(request, token).catch(toProblem))
    await app.countUser(request, reply)
    checkPath(request.params as Record<string, string>, request.user.id, !request.is404)
  }
  const authorizeOnce = (request: FastifyRequest, reply: FastifyReply) =>
    (request.authorization ??= authorize(request, reply))

  app.decorate('authorize', authorizeOnce)
  app.decorateRequest('authorization', null)
  app.decorateRequest<Identity | null>('user', null)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.cacheControl('no-store')
    done()
  })
  app.addHook('preHandler', authorizeOnce)
  app.setErrorHandler(async (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    const refusal = await authorizeOnce(request, reply).catch((refused: Error) => refused)
    return sendProblem(refusal ?? error, request, reply)
  })
})

/** Verifiers by algorithm. The algorithm only chooses: each verifier accepts its own kind and nothing else. */
async function createVerifiers(
  app: FastifyInstance,
  tokens: Tokens,
  known: KnownTokens,
): Promise<Map<unknown, Verify>> {
  const verifiers = new Map<unknown, Verify>()
  if (tokens.secret) verifiers.set('HS256', await verifierBySecret(app, tokens.secret, tokens, known))
  if (tokens.jwks) {
    const verify = await verifierByKeys(app, tokens.jwks)
    for (const algorithm of JWKS_ALGORITHMS) verifiers.set(algorithm, verify)
  }
  return verifiers
}

async function verifierBySecret(
  app: FastifyInstance,
  secret: string,
  accepted: Tokens,
  known: KnownTokens,
): Promise<Verify> {
  await app.register(jwt, {
    namespace: 'secret',
    secret,
    verify: { ...COMMON, algorithms: ['HS256'] },
    ...CLAIMS,
  })
  return (_request, token) => {
    const claims = app.jwt.secret.verify<Claims>(token)
    const isForUs = matches(claims.iss, accepted.issuer) && matches(claims.aud, accepted.audience)
    const identity = isForUs ? identityOf(claims, true) : undefined
    // A session may end before its token: such a token is checked again each time.
    if (identity !== undefined && claims.session === undefined) known.remember(token, identity)
    return identity
  }
}

async function verifierByKeys(app: FastifyInstance, settings: NonNullable<Tokens['jwks']>): Promise<Verify> {
  const { origin, pathname } = new URL(settings.url)
  const keys = createKeyStore(settings, (err) =>
    app.log.warn({ err, url: origin + pathname }, 'the JWKS could not be fetched'),
  )
  await app.register(jwt, {
    namespace: 'jwks',
    decode: { complete: true },
    secret: async (_request: FastifyRequest, { header = {} }: DecodedToken) => {
      return (await keys.find(header)) ?? refuse('token_invalid')
    },
    verify: {
      ...COMMON,
      requiredClaims: ['exp', 'iss', 'aud'],
      algorithms: [...JWKS_ALGORITHMS],
      allowedIss: [...settings.issuer],
      allowedAud: [...settings.audience],
      extractToken: (request: FastifyRequest) => bearerToken(request.raw),
    },
    ...CLAIMS,
  })
  return async (request) => identityOf(await request.jwksJwtVerify<Claims>(), false)
}
