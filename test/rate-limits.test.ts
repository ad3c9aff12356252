import t from 'tap'
import { createUser, signToken, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { forge, goodClaims, HS256, hmac, seconds } from './helpers/forge.ts'
import { startRedis } from './helpers/redis.ts'

const badToken = forge(HS256, goodClaims(), hmac('a secret of somebody else, long enough too'))
const UNKNOWN = { token: badToken, address: '203.0.113.7' }

interface Caller {
  user?: TestUser
  token?: string
  address?: string
  headers?: Record<string, string>
}

/** Calls from an address of choice. */
async function callFrom(
  { app }: TestApp,
  { user, token = user?.token, address = UNKNOWN.address, headers }: Caller,
  url = '/api/tasks',
  method: 'GET' | 'PUT' = 'GET',
) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await app.inject({
    method,
    url,
    remoteAddress: address,
    headers: { ...authorization, ...headers },
  })
  return { status: answer.statusCode, headers: answer.headers, body: answer.body }
}

/** The statuses of this number of calls with a bad token. */
async function fail(app: TestApp, times: number, caller: (count: number) => Caller = () => ({})) {
  const statuses = []
  for (let count = 0; count < times; count += 1)
    statuses.push((await callFrom(app, { ...UNKNOWN, ...caller(count) })).status)
  return statuses
}

const FAILURES: [status: number, url: string, caller: Caller, method?: 'PUT'][] = [
  [401, '/api/tasks', {}],
  [401, '/api/tasks', { token: badToken }],
  [401, '/api/nothing', { token: 'nothing' }],
  [401, '/api/tasks', {}, 'PUT'],
  [404, '/.env', {}],
  [404, '/docs/nothing', {}],
  [405, '/health', {}, 'PUT'],
  [405, '/docs', {}, 'PUT'],
  [400, '/%ZZ', {}],
]

t.test('an address that guesses tokens and paths gets a 429 with Retry-After', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: String(FAILURES.length) })
  for (const [index, [status, url, caller, method]] of FAILURES.entries()) {
    const answer = await callFrom(app, caller, url, method)
    t.match(answer, {
      status,
      headers: {
        'ratelimit-limit': String(FAILURES.length),
        'ratelimit-remaining': String(FAILURES.length - index - 1),
        'ratelimit-reset': /^([1-9]|[1-5]\d|60)$/,
        'retry-after': undefined,
      },
    })
  }
  for (const [, url, caller, method] of FAILURES) {
    const answer = await callFrom(app, caller, url, method)
    t.match(answer, {
      status: 429,
      headers: {
        'content-type': /problem\+json/,
        'ratelimit-limit': String(FAILURES.length),
        'ratelimit-remaining': '0',
        'ratelimit-reset': answer.headers['retry-after'],
        'retry-after': /^([1-9]|[1-5]\d|60)$/,
        'www-authenticate': undefined,
        allow: undefined,
      },
    })
    t.match(JSON.parse(answer.body), { code: 'rate_limited' })
  }
  t.same(app.statements, [], 'all of it costs the database nothing')
  t.same(await fail(app, 1, () => ({ address: '203.0.113.8' })), [401], 'another address is not concerned')
})

t.test(
  'requests with a valid token from the address of an attacker are served, and count for their user only',
  async (t) => {
    const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '2' })
    const user = await createUser()
    for (const [url, status] of [
      ['/api/tasks', 200],
      ['/api/nothing', 404],
      ['/api/tasks/abc', 400],
      ['/api/tasks/1', 404],
      ['/api/somebody-else/tasks', 403],
    ] as const) {
      const answer = await callFrom(app, { user }, url)
      t.equal(answer.status, status)
      t.notOk('ratelimit-limit' in answer.headers)
    }
    t.same(await fail(app, 4), [401, 401, 429, 429])
    t.equal((await callFrom(app, { user })).status, 200)
    t.equal((await callFrom(app, { user }, '/api/tasks', 'PUT')).status, 405)
    for (const url of ['/health', '/ready', '/metrics', '/'])
      for (let count = 0; count < 5; count += 1) t.not((await callFrom(app, {}, url)).status, 429, url)
  },
)

t.test('an expired token is always a 401 token_expired, however often its address fails', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '1' })
  const expired = await signToken({ sub: 'somebody', exp: seconds(-1) })
  const forged = forge(
    HS256,
    goodClaims({ exp: seconds(-1) }),
    hmac('a secret of somebody else, long enough'),
  )
  for (let count = 0; count < 3; count += 1) {
    const answer = await callFrom(app, { token: expired })
    t.match(answer, { status: 401, headers: { 'ratelimit-limit': undefined } })
  }
  t.same(await fail(app, 2), [401, 429])
  t.match((await callFrom(app, { token: expired })).body, 'token_expired')
  t.equal((await callFrom(app, { token: forged })).status, 429, 'a forged token does not count as expired')
})

t.test('the pages of the documentation count, too', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '3' })
  for (const url of ['/docs/', '/docs/static/swagger-ui.css', '/openapi.json'])
    t.match(await callFrom(app, {}, url), { status: 200, headers: { 'ratelimit-limit': '3' } })
  for (const url of ['/docs/', '/docs/json', '/docs/yaml', '/docs/static/swagger-ui.css', '/openapi.json'])
    t.equal((await callFrom(app, {}, url)).status, 429, url)
})

t.test('an IPv6 network counts as one address, and so does an IPv4 address in any spelling', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '3' })
  const network = ['2001:db8:1:2::1', '2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:0db8:0001:0002::']
  t.same(await fail(app, 4, (count) => ({ address: network[count] ?? network[0]! })), [401, 401, 401, 429])
  t.same(await fail(app, 1, () => ({ address: '2001:db8:1:3::1' })), [401])
  const spellings = ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '192.0.2.1']
  t.same(await fail(app, 4, (count) => ({ address: spellings[count]! })), [401, 401, 401, 429])
})

t.test('the log names an address only when it reaches its limit, and only once', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '3' })
  const user = await createUser()
  await callFrom(app, { user })
  await fail(app, 2)
  t.notMatch(app.logLines.join(''), UNKNOWN.address)
  await fail(app, 5)
  const named = app.logLines.filter((line) => line.includes(UNKNOWN.address))
  t.equal(named.length, 1)
  t.match(JSON.parse(named[0]!), { level: 40, client: `address ${UNKNOWN.address}`, request_id: String })
})

t.test('without a trusted proxy, X-Forwarded-For does not change the address', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '2' })
  const claim = (count: number) => ({
    headers: {
      'x-forwarded-for': `198.51.100.${count}`,
      'x-real-ip': `198.51.100.${count}`,
      forwarded: `for=198.51.100.${count}`,
      'x-client-ip': `198.51.100.${count}`,
      'true-client-ip': `198.51.100.${count}`,
    },
  })
  t.same(await fail(app, 4, claim), [401, 401, 429, 429])
  t.notMatch(app.logLines.join(''), '198.51.100.')
})

t.test('behind trusted proxies, the address is the one that they saw', async (t) => {
  for (const [trusted, seenBy] of [
    ['1', (client: string) => client],
    ['2', (client: string) => `${client}, 10.0.0.2`],
    ['10.0.0.0/8', (client: string) => client],
    ['10.0.0.0/8', (client: string) => `${client}, 10.1.2.3`],
    ['10.0.0.1, 10.1.2.3', (client: string) => `${client}, 10.1.2.3`],
  ] as const) {
    const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '2', TRUST_PROXY: trusted })
    const behind = (client: string, claimed = '') => ({
      address: '10.0.0.1',
      headers: { 'x-forwarded-for': `${claimed}${seenBy(client)}` },
    })
    t.same(await fail(app, 3, () => behind('198.51.100.1')), [401, 401, 429], trusted)
    t.same(await fail(app, 1, () => behind('198.51.100.2')), [401], `${trusted}: another client`)
    const forged = (count: number) => behind('198.51.100.3', `192.0.2.${count}, `)
    t.same(await fail(app, 3, forged), [401, 401, 429], `${trusted}: what a client adds is its own claim`)
  }
  const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '2', TRUST_PROXY: '10.0.0.0/8' })
  const outside = (count: number) => ({ headers: { 'x-forwarded-for': `198.51.100.${count}` } })
  t.same(
    await fail(app, 3, outside),
    [401, 401, 429],
    'headers of a client that bypasses the proxies are ignored',
  )
})

t.test('a proxy may pass on text that is not an address', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_ADDRESS_MAX: '2', TRUST_PROXY: 'true' })
  for (const claimed of ['unknown', '_hidden', '198.51.100.9:4711', '[2001:db8::1]:4711', '\u00ff', ' , ,']) {
    const headers = { 'x-forwarded-for': claimed }
    t.same(await fail(app, 3, () => ({ headers })), [401, 401, 429], claimed)
  }
  const long = (count: number) => ({ headers: { 'x-forwarded-for': `${'x'.repeat(5000)}${count}` } })
  t.same(await fail(app, 3, long), [401, 401, 429], 'a long value is cut to the length of an address')
})

const manyHeaders = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'x']))
const json = { 'content-type': 'application/json' }
const post = (payload: string, headers: object = json) =>
  ({ method: 'POST', url: '/api/tasks', payload, headers }) as const

t.test(
  'every request with a valid token counts for its user, even if the rest of it is refused',
  async (t) => {
    const LIMIT = 5
    const app = await startApp(t, { RATE_LIMIT_MAX: String(LIMIT), RATE_LIMIT_ADDRESS_MAX: '5' })
    const kinds: [what: string, status: number, request: { headers?: object; url: string }][] = [
      ['the path of another user', 403, { url: '/api/somebody-else/tasks' }],
      ['malformed JSON', 400, post('{')],
      ['invalid input', 400, post('{}')],
      ['a body that is too large', 413, post('x'.repeat(70_000))],
      ['no JSON', 415, post('x', { 'content-type': 'text/plain' })],
      ['a content coding', 415, post('{}', { ...json, 'content-encoding': 'gzip' })],
      ['too many headers', 431, { url: '/api/tasks', headers: manyHeaders }],
      ['a path that cannot be decoded', 400, { url: '/api/tasks/%ZZ' }],
      ['a query that is no UTF-8', 400, { url: '/api/tasks?search=%ff' }],
      ['an unknown path', 404, { url: '/api/nothing' }],
      ['an empty segment', 404, { url: '/api//tasks' }],
      ['another method', 405, { ...post(''), url: '/api/tasks/1' }],
    ]
    for (const [what, status, request] of kinds) {
      const { token } = await createUser()
      const statuses = []
      for (let count = 0; count < LIMIT + 2; count += 1) {
        const headers = { ...request.headers, authorization: `Bearer ${token}` }
        const answer = await app.app.inject({ ...request, headers })
        t.equal(answer.headers['ratelimit-limit'], String(LIMIT), what)
        statuses.push(answer.statusCode)
      }
      t.same(statuses, [...Array<number>(LIMIT).fill(status), 429, 429], what)
    }
  },
)

t.test('eight hundred refused requests in a row end in 429s in production', async (t) => {
  const app = await startApp(t, { NODE_ENV: 'production' })
  const user = await createUser()
  const statuses = []
  for (let count = 0; count < 800; count += 1)
    statuses.push((await callFrom(app, { user }, '/api/somebody-else/tasks')).status)
  t.same(statuses, [...Array<number>(600).fill(403), ...Array<number>(200).fill(429)])
})

const batchOf = ({ call }: TestApp, user: TestUser, size: number) =>
  call('POST', '/api/tasks/batch', {
    user,
    body: { operations: Array(size).fill({ op: 'create', title: 'x' }) },
  })

t.test('a batch counts as many requests as it has operations, and is refused as a whole', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_MAX: '10' })
  const user = await createUser()
  const told = (limit: string, remaining: string) => ({
    'ratelimit-limit': limit,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': /^([1-9]|[1-5]\d|60)$/,
  })
  t.match(await batchOf(app, user, 6), { status: 200, headers: told('10', '4') })
  t.match(await batchOf(app, user, 1), { status: 200, headers: told('10', '3') })
  const refused = await batchOf(app, user, 4)
  t.match(refused, {
    status: 429,
    headers: { ...told('10', '2'), 'retry-after': String },
    body: { code: 'rate_limited' },
  })
  t.match(
    await batchOf(app, user, 2),
    { status: 200, headers: told('10', '0') },
    'the remaining requests can be used',
  )
  t.match(await batchOf(app, user, 1), { status: 429, headers: told('10', '0') })
  const rows = await query(databaseUrl(), 'SELECT 1 FROM tasks WHERE user_id = $1', [user.id])
  t.equal(rows.length, 9, 'a refused batch changes nothing')
})

t.test('a batch that is larger than the limit of a minute is a 400 without Retry-After', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_MAX: '10' })
  const user = await createUser()
  const { status, headers, body } = await batchOf(app, user, 11)
  t.equal(status, 400)
  t.notOk('retry-after' in headers)
  const message = 'must have at most 10 items, because each counts as a request and you may send 10 a minute'
  t.same(body.errors, [{ path: '/operations', message }])
  t.match(await batchOf(app, await createUser(), 10), { status: 200 })
  const unlimited = await startApp(t, { RATE_LIMIT_MAX: '0' })
  t.match(await batchOf(unlimited, user, 100), { status: 200, headers: { 'ratelimit-limit': undefined } })
})

t.test('concurrent batches never run more operations than the limit allows', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_MAX: '20' })
  const user = await createUser()
  const answers = await Promise.all(Array.from({ length: 8 }, () => batchOf(app, user, 5)))
  const done = answers.filter(({ status }) => status === 200).length
  t.ok(answers.every(({ status }) => status === 200 || status === 429))
  t.ok(done <= 4, `${done} of 8 batches`)
  const rows = await query(databaseUrl(), 'SELECT 1 FROM tasks WHERE user_id = $1', [user.id])
  t.equal(rows.length, 5 * done)
})

t.test(
  'copies of the service share their counts in Redis, and serve requests without it if it fails',
  async (t) => {
    const redis = await startRedis(t)
    if (redis === undefined) return
    const settings = { RATE_LIMIT_MAX: '3', RATE_LIMIT_ADDRESS_MAX: '3', REDIS_URL: redis.url }
    const [one, two] = [await startApp(t, settings), await startApp(t, settings)]
    const user = await createUser()
    // A user whose id looks like the address is counted separately.
    const namesake = await createUser(UNKNOWN.address)
    const statuses = async (user: TestUser) => {
      const found = []
      for (const app of [one, two, one, two]) found.push((await callFrom(app, { user })).status)
      return found
    }
    const isCounting = async () => {
      for (const app of [one, two])
        await eventually(async () => (await callFrom(app, { user })).status !== 200)
    }
    const told = (app: TestApp) => app.logLines.filter((line) => line.includes('Redis is'))
    await isCounting()
    t.same(
      [...(await fail(one, 2)), ...(await fail(two, 2)), ...(await fail(one, 1))],
      [401, 401, 401, 429, 429],
    )
    t.same(await statuses(namesake), [200, 200, 200, 429])
    const batcher = await createUser()
    t.match(await batchOf(one, batcher, 2), { status: 200, headers: { 'ratelimit-remaining': '1' } })
    t.match(await batchOf(two, batcher, 2), { status: 429, headers: { 'ratelimit-remaining': '0' } })

    redis.pause()
    t.same(await statuses(user), [200, 200, 200, 200], 'a Redis that hangs delays no request for long')
    redis.resume()
    await isCounting()

    await redis.stop()
    for (const app of [one, two]) await eventually(() => told(app).length >= 3)
    t.same(await statuses(user), [200, 200, 200, 200])
    await redis.start()
    await isCounting()
    for (const app of [one, two]) t.equal(told(app).length, 4, 'each outage is one line, and its end another')
  },
)
