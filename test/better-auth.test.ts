import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { jwt, type JwtOptions } from 'better-auth/plugins'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { SECRET, startApp } from './helpers/app.ts'
import { databaseUrl, query, withDatabase } from './helpers/database.ts'
import { assertRefused } from './helpers/forge.ts'

const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>

/** A real Better Auth on a port and a database of its own, which signs its cookie cache with the secret. */
async function startBetterAuth(url: string, options: JwtOptions) {
  const database = new pg.Pool({ connectionString: url })
  // end() does not wait until the server has closed the connections. Those that are left end with their database.
  database.on('error', () => {})
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const verifications: string[] = []
  const auth = betterAuth({
    database,
    baseURL: origin,
    secret: SECRET,
    emailAndPassword: { enabled: true },
    emailVerification: {
      sendOnSignUp: true,
      sendVerificationEmail: async ({ token }) => void verifications.push(token),
    },
    session: { cookieCache: { enabled: true, strategy: 'jwt' } },
    plugins: [jwt(options)],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
  const handle = toNodeHandler(auth)
  await (await getMigrations(auth.options)).runMigrations()
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    await database.end()
  }
  return { origin, verifications, close }
}

type BetterAuth = Awaited<ReturnType<typeof startBetterAuth>>

/** A browser that has signed up: it keeps its cookies and asks for tokens. */
async function signUp({ origin }: BetterAuth, name: string) {
  const email = `${randomUUID()}@example.com`
  const jar = new Map<string, string>()
  async function ask(path: string, body?: object) {
    const headers = {
      origin,
      cookie: [...jar].map((pair) => pair.join('=')).join('; '),
      ...(body && { 'content-type': 'application/json' }),
    }
    const init = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) }
    const response = await fetch(`${origin}/api/auth${path}`, init)
    for (const cookie of response.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      jar.set(key!, value!)
    }
    return (await response.json()) as { token: string; user: { id: string } }
  }
  const { token: sessionToken, user } = await ask('/sign-up/email', {
    email,
    name,
    password: 'a password, long enough',
  })
  return {
    ...user,
    email,
    sessionToken,
    token: async () => (await ask('/token')).token,
    cachedSession: () => jar.get('better-auth.session_data')!,
    signOut: () => ask('/sign-out', {}),
  }
}

/** A Better Auth and our service that trusts it, on one database server. */
async function withBetterAuth(
  t: Test,
  use: (auth: BetterAuth, url: string, call: Awaited<ReturnType<typeof startApp>>['call']) => Promise<void>,
  jwtOptions: JwtOptions = {},
) {
  await withDatabase(databaseUrl(), async (url) => {
    const auth = await startBetterAuth(url, jwtOptions)
    try {
      const { call } = await startApp(t, { BETTER_AUTH_URL: auth.origin, JWKS_COOLDOWN_S: '1' })
      await use(auth, url, call)
    } finally {
      await auth.close()
    }
  })
}

t.test('a user who signs up with Better Auth is a user of the service', (t) =>
  withBetterAuth(t, async (auth, _url, call) => {
    const alice = await signUp(auth, 'Alice')
    const token = await alice.token()
    t.match(decode(token.split('.')[0]!), { alg: 'EdDSA' })
    const { status, body } = await call('GET', '/api/me', { token })
    t.match([status, body], [200, { id: alice.id, email: alice.email, name: 'Alice' }])
    const { body: task } = await call('POST', '/api/tasks', { token, body: { title: 'Mine' } })
    t.equal(task.user_id, alice.id)

    const bob = await (await signUp(auth, 'Bob')).token()
    t.equal((await call('GET', `/api/tasks/${task.id}`, { token: bob })).status, 404)
    t.equal((await call('GET', `/api/${alice.id}/tasks`, { token: bob })).status, 403)
    t.same(
      (await call('GET', '/api/tasks', { token: await alice.token() })).body,
      [task],
      'another token, the same user',
    )

    await alice.signOut()
    t.notOk(await alice.token(), 'a user who has signed out gets no new token')
    t.equal(
      (await call('GET', '/api/me', { token })).status,
      200,
      'those that are out live until they expire',
    )
  }),
)

t.test('the session-cache cookie of Better Auth is accepted as a token', (t) =>
  withBetterAuth(t, async (auth, _url, call) => {
    const alice = await signUp(auth, 'Alice')
    const token = alice.cachedSession()
    t.match(decode(token.split('.')[0]!), { alg: 'HS256' })
    const { status, body } = await call('GET', '/api/me', { token })
    t.match([status, body], [200, { id: alice.id, email: alice.email, name: 'Alice' }])
    const { body: same } = await call('GET', '/api/me', { token: await alice.token() })
    t.same(same, body, 'the same user as with the other kind of token')
  }),
)

t.test('other tokens of Better Auth are refused', (t) =>
  withBetterAuth(t, async (auth, _url, call) => {
    const alice = await signUp(auth, 'Alice')
    t.match(alice.sessionToken, /^\w{32}$/)
    assertRefused(t, await call('GET', '/api/me', { token: alice.sessionToken }), 'a session token')
    const [verification] = auth.verifications
    t.match(decode(verification!.split('.')[1]!), { email: alice.email })
    assertRefused(t, await call('GET', '/api/me', { token: verification! }), 'an e-mail verification')
    t.equal((await call('GET', '/api/me', { token: await alice.token() })).status, 200)
  }),
)

t.test('a session cache signed with a published key is refused', (t) =>
  withBetterAuth(
    t,
    async (auth, _url, call) => {
      const alice = await signUp(auth, 'Alice')
      const token = alice.cachedSession()
      t.match(decode(token.split('.')[0]!), { alg: 'EdDSA', typ: 'better-auth.session-cache+jwt' })
      assertRefused(t, await call('GET', '/api/me', { token }), 'a session cache')
    },
    { sessionCookieCache: true },
  ),
)

t.test('tokens stay valid after a key rotation, and new ones work', (t) =>
  withBetterAuth(t, async (auth, url, call) => {
    const alice = await signUp(auth, 'Alice')
    const before = await alice.token()
    t.equal((await call('GET', '/api/me', { token: before })).status, 200)

    await query(url, 'UPDATE jwks SET "expiresAt" = now() - interval \'1 second\'')
    const after = await alice.token()
    t.not(decode(after.split('.')[0]!).kid, decode(before.split('.')[0]!).kid, 'signed by another key')
    await sleep(1050)
    t.equal((await call('GET', '/api/me', { token: after })).status, 200)
    t.equal((await call('GET', '/api/me', { token: before })).status, 200)

    await query(url, 'DELETE FROM jwks')
    await alice.token()
    t.equal(
      (await call('GET', '/api/me', { token: after })).status,
      200,
      'until the keys are looked at again',
    )
  }),
)

t.test('a token of Better Auth expires', (t) =>
  withBetterAuth(
    t,
    async (auth, _url, call) => {
      const alice = await signUp(auth, 'Alice')
      const token = await alice.token()
      t.equal((await call('GET', '/api/me', { token })).status, 200)
      await sleep(Number(decode(token.split('.')[1]!).exp) * 1000 - Date.now() + 50)
      assertRefused(t, await call('GET', '/api/me', { token }), 'an old token', 'token_expired')
      t.equal(
        (await call('GET', '/api/me', { token: await alice.token() })).status,
        200,
        'the next one works',
      )
    },
    { jwt: { expirationTime: '3s' } },
  ),
)

for (const keyPairConfig of [
  { alg: 'ES256' },
  { alg: 'ES512' },
  { alg: 'RS256' },
  { alg: 'PS256' },
] as const) {
  t.test(`tokens of Better Auth work with ${keyPairConfig.alg}`, (t) =>
    withBetterAuth(
      t,
      async (auth, _url, call) => {
        const alice = await signUp(auth, 'Alice')
        const token = await alice.token()
        t.match(decode(token.split('.')[0]!), keyPairConfig)
        t.match((await call('GET', '/api/me', { token })).body, { id: alice.id, email: alice.email })
      },
      { jwks: { keyPairConfig } },
    ),
  )
}
