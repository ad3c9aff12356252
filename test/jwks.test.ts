import { KeyObject, randomUUID, sign as signBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { JWKS_ALGORITHMS } from '../src/auth/published-keys.ts'
import { SECRET, signToken, startApp } from './helpers/app.ts'
import { assertRefused, encode, forge, goodClaims, hmac, HS256, type Json, seconds } from './helpers/forge.ts'
import { createKey, type Issuer, type IssuerKey, startIssuer } from './helpers/issuer.ts'

const keys: Record<string, IssuerKey> = {}
for (const alg of JWKS_ALGORITHMS) keys[alg] = await createKey(alg)
const key = keys.EdDSA!
const stranger = await createKey('EdDSA')

/** Signs as `alg` says, with whatever key: jose would refuse what does not fit. */
function signAs(alg: string, { privateKey }: IssuerKey) {
  const hash = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`
  const padding = alg.startsWith('PS') ? { padding: 6, saltLength: Number(alg.slice(2)) / 8 } : {}
  const options = { key: KeyObject.from(privateKey), dsaEncoding: 'ieee-p1363' as const, ...padding }
  return (input: string) => signBytes(hash, Buffer.from(input), options).toString('base64url')
}

/** A token that claims to be by `key`, in any way that it should not be. */
const pretend = (by: IssuerKey, alg: string, claims: Json, header: Json = {}, signer = by) =>
  forge({ alg, kid: by.kid, ...header }, claims, signAs(alg, signer))

const variables = ({ origin }: Issuer, others: Record<string, string> = {}) => ({
  BETTER_AUTH_URL: origin,
  JWKS_COOLDOWN_S: '1',
  ...others,
})

t.test('tokens of every algorithm work with one fetch of the keys', async (t) => {
  const issuer = await startIssuer(t, Object.values(keys))
  const { call } = await startApp(t, variables(issuer))
  for (const [alg, { sign }] of Object.entries(keys)) {
    const user = { sub: `user-${alg}`, email: `${randomUUID()}@example.com`, name: alg }
    const token = await sign(issuer.claims(user))
    for (const time of ['first', 'second']) {
      const { status, body } = await call('GET', '/api/me', { token })
      t.match(
        [status, body],
        [200, { id: user.sub, email: user.email, name: alg }],
        `${alg}, the ${time} time`,
      )
    }
  }
  t.equal(issuer.fetches, 1)
})

t.test('every bad asymmetric token gets the same answer', async (t) => {
  const issuer = await startIssuer(t, Object.values(keys))
  const attacker = await startIssuer(t, [stranger])
  const { call, statements } = await startApp(t, variables(issuer, { BETTER_AUTH_SECRET: '' }))
  const good = issuer.claims()
  const { RS256, PS256, ES256, ES384 } = keys
  const rsa = { RS256, PS256 } as Record<string, IssuerKey>
  const badTokens: Record<string, string> = {
    'a key of somebody else': await stranger.sign(good),
    'a key of somebody else under a known kid': await stranger.sign(good, { kid: key.kid }),
    'an RSA key under the kid of another': pretend(RS256!, 'RS256', good, {}, PS256),
    'the kid of another key of the issuer': await key.sign(good, { kid: ES256!.kid }),
    'PS256 by a key for RS256': pretend(rsa.RS256!, 'PS256', good),
    'RS256 by a key for PS256': pretend(rsa.PS256!, 'RS256', good),
    'RS512 by a key for RS256': pretend(rsa.RS256!, 'RS512', good),
    'PS384 by a key for PS256': pretend(rsa.PS256!, 'PS384', good),
    'ES256 by a key on P-384': pretend(ES384!, 'ES256', good),
    'ES384 by a key on P-256': pretend(ES256!, 'ES384', good),
    'EdDSA that is ES256': forge({ alg: 'EdDSA', kid: ES256!.kid }, good, signAs('ES256', ES256!)),
    'HS256 under a secret that is not configured': forge(HS256, good),
    'unsigned under a known kid': forge({ alg: 'EdDSA', kid: key.kid }, good, () => ''),
    'algorithm none under a known kid': forge({ alg: 'none', kid: key.kid }, good, () => ''),
    'an altered payload': (await key.sign(good)).replace(
      /\.[^.]+\./,
      `.${encode(issuer.claims({ sub: 'else' }))}.`,
    ),
    'an altered signature': (await key.sign(good)).replace(
      /\.(.)([^.]*)$/,
      (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`,
    ),
    'its own key in the header': await stranger.sign(good, { jwk: stranger.jwk }),
    'its own key set in the header': await stranger.sign(good, { jku: attacker.url }),
    'its own certificate in the header': await stranger.sign(good, { x5u: attacker.url, x5c: ['MIIB'] }),
    'the payload a list': forge({ alg: 'EdDSA', kid: key.kid }, [good], signAs('EdDSA', key)),
    'a critical extension': pretend(key, 'EdDSA', good, { crit: ['exp'] }),
  }
  for (const kid of [
    '',
    '../../dev/null',
    "' OR 1=1 --",
    '__proto__',
    'constructor',
    [key.kid],
    { kid: key.kid },
    0,
    true,
    null,
  ]) {
    badTokens[`kid ${JSON.stringify(kid)}`] = pretend(key, 'EdDSA', good, { kid })
  }
  const badClaims: Record<string, Json> = {
    'no issuer': { iss: undefined },
    'another issuer': { iss: 'https://evil.example' },
    'the issuer with a slash': { iss: `${issuer.origin}/` },
    'the issuer in a list': { iss: [issuer.origin] },
    'issuer null': { iss: null },
    'an empty issuer': { iss: '' },
    'no audience': { aud: undefined },
    'another audience': { aud: 'https://evil.example' },
    'no audience in the list': { aud: [] },
    'other audiences': { aud: ['https://evil.example', 'others'] },
    'audience null': { aud: null },
    'a number for an audience': { aud: 7 },
    'the audience of a session cache': { aud: 'better-auth:session-cache' },
    'no exp': { exp: undefined },
    'exp as a text': { exp: String(seconds(600)) },
    'exp beyond all dates': { exp: 1e18 },
    'iat in the future': { iat: seconds(60) },
    'nbf in the future': { nbf: seconds(60) },
    'no sub': { sub: undefined },
    'the user of a session cache': {
      sub: undefined,
      user: { id: 'somebody' },
      session: { userId: 'somebody', expiresAt: Date.now() + 60_000 },
    },
    'only an id': { sub: undefined, id: 'somebody', email: 'somebody@example.com' },
  }
  for (const [what, claims] of Object.entries(badClaims))
    badTokens[what] = pretend(key, 'EdDSA', { ...good, ...claims })
  for (const [what, token] of Object.entries(badTokens)) {
    assertRefused(t, await call('GET', '/api/tasks', { token }), what)
  }
  const expired = await key.sign(issuer.claims({ exp: seconds(-1) }))
  assertRefused(t, await call('GET', '/api/tasks', { token: expired }), 'expired', 'token_expired')
  t.same(statements, [])
  t.equal(attacker.fetches, 0, 'addresses in a header are ignored')
  const decorated = await key.sign(good, { jku: attacker.url, x5u: attacker.url, jwk: stranger.jwk })
  t.equal((await call('GET', '/api/tasks', { token: decorated })).status, 200, 'and do no harm')
  t.equal(
    (
      await call('GET', '/api/tasks', {
        token: await key.sign(issuer.claims({ aud: ['others', issuer.origin] })),
      })
    ).status,
    200,
  )
})

t.test(
  'a token signed with a public key as a secret is refused, with and without a configured secret',
  async (t) => {
    const issuer = await startIssuer(t, Object.values(keys))
    for (const secret of [SECRET, '']) {
      const { call } = await startApp(t, variables(issuer, { BETTER_AUTH_SECRET: secret }))
      for (const { kid, jwk, publicKey } of Object.values(keys)) {
        await call('GET', '/api/tasks', { token: await key.sign(issuer.claims()) })
        const object = KeyObject.from(publicKey)
        const pem = object.export({ type: 'spki', format: 'pem' }) as string
        const der = object.export({ type: 'spki', format: 'der' })
        const published = JSON.stringify(jwk)
        const forms = [
          pem,
          pem.trim(),
          der,
          der.toString('base64'),
          published,
          `{"keys":[${published}]}`,
          kid,
          jwk.x ?? jwk.n!,
        ]
        for (const [index, form] of forms.entries()) {
          const token = forge({ ...HS256, kid }, issuer.claims(), hmac(form))
          assertRefused(t, await call('GET', '/api/tasks', { token }), `${jwk.alg} in form ${index}`)
        }
      }
    }
  },
)

t.test('both kinds of token work at the same time, each with its own rules', async (t) => {
  const issuer = await startIssuer(t, [key])
  const { call } = await startApp(t, variables(issuer))
  const status = async (token: string) => (await call('GET', '/api/tasks', { token })).status
  t.equal(await status(await signToken({ sub: 'somebody' })), 200, 'HS256, without issuer')
  t.equal(issuer.fetches, 0, 'for which no keys are needed')
  t.equal(await status(await key.sign(issuer.claims())), 200, 'EdDSA')
  t.equal(await status(await key.sign(goodClaims())), 401, 'EdDSA without issuer')
  t.equal(await status(pretend(key, 'HS256', issuer.claims(), {}, keys.ES256)), 401, 'HS256 by a private key')
})

t.test('if only a secret is configured, tokens under keys are refused', async (t) => {
  const issuer = await startIssuer(t, Object.values(keys))
  const { call } = await startApp(t)
  for (const [alg, { sign, jwk }] of Object.entries(keys)) {
    const token = await sign(issuer.claims(), { jwk, jku: issuer.url })
    assertRefused(t, await call('GET', '/api/tasks', { token }), alg)
  }
  t.equal(issuer.fetches, 0)
})

t.test('several issuers and audiences may be set, and the JWKS URL may be on another host', async (t) => {
  const issuer = await startIssuer(t, [key])
  const { call } = await startApp(t, {
    JWKS_URL: `${issuer.origin}/elsewhere`,
    JWT_ISSUER: 'https://one.example, https://two.example',
    JWT_AUDIENCE: 'tasks,notes',
  })
  const status = async (iss: string, aud: string) =>
    (await call('GET', '/api/tasks', { token: await key.sign(goodClaims({ iss, aud })) })).status
  t.equal(await status('https://one.example', 'tasks'), 200)
  t.equal(await status('https://two.example', 'notes'), 200)
  t.equal(await status('https://three.example', 'notes'), 401)
  t.equal(await status('https://one.example', 'others'), 401)
  t.equal(await status(issuer.origin, issuer.origin), 401)
})

t.test(
  'a new key works after the cooldown at the latest, and a removed key no longer than the maximum age',
  async (t) => {
    const issuer = await startIssuer(t, [key])
    const { call } = await startApp(t, variables(issuer, { JWKS_MAX_AGE_S: '1' }))
    const status = async (by: IssuerKey) =>
      (await call('GET', '/api/tasks', { token: await by.sign(issuer.claims()) })).status
    t.equal(await status(key), 200)
    issuer.publish(keys.ES256!)
    await sleep(1050)
    t.equal(await status(keys.ES256!), 200, 'the new key works')
    t.equal(await status(key), 401, 'the old one does not')
  },
)

t.test('while the keys have never been fetched, the answer is a 503', async (t) => {
  const issuer = await startIssuer(t, [key])
  await issuer.goDown()
  const { call, logLines, statements } = await startApp(t, variables(issuer))
  const token = await key.sign(issuer.claims())
  for (const [method, url] of [
    ['GET', '/api/tasks'],
    ['GET', '/api/nothing'],
    ['POST', '/api/tasks'],
  ] as const) {
    const { status, headers, body } = await call(method, url, {
      token,
      ...(method === 'POST' && { body: '{' }),
    })
    t.match(
      { status, headers, body },
      { status: 503, headers: { 'retry-after': /^\d+$/ }, body: { code: 'keys_unavailable' } },
      `${method} ${url}`,
    )
  }
  t.same(statements, [])
  t.match(logLines.join(''), 'the JWKS could not be fetched')
  t.notOk(logLines.join('').includes(token))
  assertRefused(
    t,
    await call('GET', '/api/tasks', { token: 'a.b.c' }),
    'a malformed token is refused without the keys',
  )
  t.equal(
    (await call('GET', '/api/tasks', { token: await signToken({ sub: 'somebody' }) })).status,
    200,
    'HS256 works',
  )
  await issuer.comeUp()
  await sleep(1050)
  t.equal((await call('GET', '/api/tasks', { token })).status, 200)
})
