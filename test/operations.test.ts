import { randomUUID } from 'node:crypto'
import { type AddressInfo, connect } from 'node:net'
import pg from 'pg'
import t from 'tap'
import { createDatabase } from '../src/database/client.ts'
import { Prisma } from '../src/generated/prisma/client.ts'
import { createTask, createUser, startApp, type TestApp } from './helpers/app.ts'
import { databaseUrl } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'

t.test('the routes for operators need no token', async (t) => {
  const { call } = await startApp(t)
  t.match(await call('GET', '/'), {
    status: 200,
    body: { name: 'task-api', version: /^\d/, links: { docs: '/docs' } },
  })
  t.match(await call('GET', '/health'), { status: 200, body: { status: 'ok' } })
  // On a busy machine the first connection may take longer than /ready waits.
  await eventually(async () => (await call('GET', '/ready')).status === 200)
  t.match(await call('GET', '/ready'), { status: 200, body: { status: 'ok' } })
  t.match(await call('GET', '/openapi.json'), { status: 200, body: { openapi: '3.1.0' } })
  t.match(await call('GET', '/docs/'), { status: 200, text: /swagger-ui/ })
})

t.test('while the service stops, /health is a 200 and /ready a 503', async (t) => {
  const { app, call } = await startApp(t)
  app.stopping = true
  t.match(await call('GET', '/ready'), {
    status: 503,
    body: { code: 'stopping' },
    headers: { 'retry-after': '2' },
  })
  t.equal((await call('GET', '/health')).status, 200)
})

t.test(
  'while the database is unavailable, /health is a 200 and the other answers are a 503 with Retry-After',
  async (t) => {
    const { call } = await startApp(t, { DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/none' })
    const user = await createUser()
    t.equal((await call('GET', '/health')).status, 200)
    t.match(await call('GET', '/ready'), {
      status: 503,
      body: { code: 'database_unavailable' },
      headers: { 'retry-after': /^\d+$/ },
    })
    for (const [method, url, body] of [
      ['GET', '/api/tasks'],
      ['POST', '/api/tasks', { title: 'x' }],
      ['GET', '/api/me'],
      ['DELETE', '/api/me'],
    ] as const) {
      const answer = await call(method, url, { user, body })
      t.match(
        answer,
        { status: 503, body: { code: 'database_unavailable' }, headers: { 'retry-after': /^\d+$/ } },
        `${method} ${url}`,
      )
    }
    t.equal(
      (await call('GET', '/api/tasks')).status,
      401,
      'a client without a token does not learn that the database is unavailable',
    )
  },
)

t.test('metrics count requests by the pattern of their route', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  await app.call('GET', `/api/tasks/${id}`, { user })
  await app.call('GET', '/api/tasks/abc', { user })
  await app.call('GET', '/nothing')
  const { text, headers } = await app.call('GET', '/metrics')
  t.match(headers['content-type'], /^text\/plain/)
  t.match(
    text,
    /http_request_duration_seconds_count\{method="GET",route="\/api\/tasks\/:id",status="200"\} 1/,
  )
  t.match(
    text,
    /http_request_duration_seconds_count\{method="GET",route="\/api\/tasks\/:id",status="400"\} 1/,
  )
  t.match(text, /http_request_duration_seconds_bucket\{le="0.2"/)
  t.match(text, /database_pool_connections\{state="total"\} [1-9]/)
  t.match(text, /database_statements_in_flight 0/)
  t.match(text, /process_cpu_seconds_total/)
  t.notMatch(text, user.id)
})

t.test('metrics can be switched off or have a separate port', async (t) => {
  const off = await startApp(t, { METRICS: 'off' })
  t.equal((await off.call('GET', '/metrics')).status, 404)

  const own = await startApp(t, { METRICS_PORT: '0', HOST: '127.0.0.1' })
  t.equal((await own.call('GET', '/metrics')).status, 404)
  await own.app.listen({ port: 0, host: '127.0.0.1' })
  t.match(await (await fetch(`${portOf(own)}/metrics`)).text(), /nodejs_eventloop_lag/)
  t.equal((await fetch(`${portOf(own)}/api/tasks`)).status, 404)
})

const portOf = ({ logLines }: TestApp) =>
  `http://127.0.0.1:${/metrics are on port (\d+)/.exec(logLines.join('\n'))![1]}`

t.test('in production, metrics have a separate port, or need a token, or are not served', async (t) => {
  const production = { NODE_ENV: 'production', HOST: '127.0.0.1', RATE_LIMIT_ADDRESS_MAX: '0' }
  const none = await startApp(t, production)
  t.equal((await none.call('GET', '/metrics')).status, 404)
  t.ok(none.logLines.some((line) => line.includes('/metrics is not served')))
  const off = await startApp(t, { ...production, METRICS: 'off' })
  t.notOk(off.logLines.some((line) => line.includes('/metrics is not served')))

  const METRICS_TOKEN = 'a-token-for-the-metrics'
  const behindToken = await startApp(t, { ...production, METRICS_TOKEN })
  for (const authorization of [
    undefined,
    'Bearer',
    `Bearer ${METRICS_TOKEN}x`,
    METRICS_TOKEN,
    'Bearer x',
    `Basic ${METRICS_TOKEN}`,
  ]) {
    const headers = authorization === undefined ? {} : { authorization }
    const answer = await behindToken.call('GET', '/metrics', { headers })
    t.match(answer, { status: 401, headers: { 'www-authenticate': 'Bearer' } }, String(authorization))
  }
  const user = await createUser()
  t.equal((await behindToken.call('GET', '/metrics', { user })).status, 401, 'a token of a user is refused')
  t.match(await behindToken.call('GET', '/metrics', { token: METRICS_TOKEN }), {
    status: 200,
    text: /nodejs_eventloop_lag/,
  })

  const both = await startApp(t, { ...production, METRICS_TOKEN, METRICS_PORT: '0' })
  t.equal((await both.call('GET', '/metrics', { token: METRICS_TOKEN })).status, 404)
  await both.app.listen({ port: 0, host: '127.0.0.1' })
  t.equal((await fetch(`${portOf(both)}/metrics`)).status, 401)
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` }
  t.equal((await fetch(`${portOf(both)}/metrics?x=1`, { headers })).status, 200)
})

t.test('requests with a wrong metrics token count against their address', async (t) => {
  const app = await startApp(t, { METRICS_TOKEN: 'a-token-for-the-metrics', RATE_LIMIT_ADDRESS_MAX: '2' })
  const guess = async () => (await app.call('GET', '/metrics', { token: 'a guess' })).status
  t.same([await guess(), await guess(), await guess()], [401, 401, 429])
})

t.test('metrics are collected at most once a second, however many requests there are', async (t) => {
  const app = await startApp(t)
  const sample = /http_request_duration_seconds_count\{method="GET",route="\/health",status="200"\} (\d+)/
  const texts = await Promise.all(
    Array.from({ length: 50 }, async () => (await app.call('GET', '/metrics')).text),
  )
  t.equal(new Set(texts).size, 1)
  await app.call('GET', '/health')
  await eventually(async () => sample.exec((await app.call('GET', '/metrics')).text)?.[1] === '1')
})

t.test('the request id of the client is kept if it is short and safe', async (t) => {
  const { call, logLines } = await startApp(t)
  const echoed = async (given: string) =>
    (await call('GET', '/health', { headers: { 'x-request-id': given } })).headers['x-request-id']
  for (const id of ['abc', randomUUID(), 'a.b:c~d_e-f', 'x'.repeat(128)]) {
    t.equal(await echoed(id), id)
    t.ok(logLines.some((line) => line.includes(`"request_id":"${id}"`)))
  }
  for (const id of ['', 'a b', 'x'.repeat(129), 'ü', '<script>', '{"a":1}', 'a,b']) {
    t.match(await echoed(id), /^[0-9a-f-]{36}$/, id)
  }
})

t.test('a request is one line in the log, without secrets', async (t) => {
  const { call, logLines } = await startApp(t)
  const user = await createUser()
  await call('POST', '/api/tasks', { user, body: { title: 'x' } })
  await call('GET', '/api/tasks', { token: 'not.a.token' })
  const lines = logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'request')
  t.equal(lines.length, 2)
  t.match(lines[0], {
    method: 'POST',
    route: '/api/tasks',
    status: 201,
    user_id: user.id,
    duration_ms: Number,
    request_id: String,
  })
  t.match(lines[1], { method: 'GET', route: '/api/tasks', status: 401, user_id: undefined })
  t.notMatch(logLines.join(''), user.token)
  t.notMatch(logLines.join(''), 'not.a.token')
})

t.test('browsers may call from the configured origins only', async (t) => {
  const { call } = await startApp(t, { CORS_ORIGINS: 'https://app.example.com, http://localhost:3000' })
  const user = await createUser()
  for (const origin of ['https://app.example.com', 'http://localhost:3000']) {
    const preflight = await call('OPTIONS', '/api/tasks/1', {
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    t.equal(preflight.status, 204)
    t.match(preflight.headers, {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': /Authorization, Content-Type/,
      'access-control-max-age': /^\d+$/,
      vary: /Origin/i,
    })
    for (const [url, as, status] of [
      ['/api/tasks', user, 200],
      ['/api/tasks', undefined, 401],
      ['/api/%ZZ', user, 400],
      ['/nothing', undefined, 404],
    ] as const) {
      const answer = await call('GET', url, { user: as, headers: { origin } })
      t.equal(answer.status, status)
      t.equal(answer.headers['access-control-allow-origin'], origin, `${url} ${status}`)
      for (const name of [
        'Link',
        'Location',
        'ETag',
        'Retry-After',
        'X-Request-Id',
        'X-Total-Count',
        'RateLimit-Remaining',
      ]) {
        t.match(answer.headers['access-control-expose-headers'], name)
      }
    }
  }
  for (const origin of [
    'https://evil.example',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'null',
  ]) {
    const answer = await call('GET', '/api/tasks', { user, headers: { origin } })
    t.equal(answer.headers['access-control-allow-origin'], undefined, origin)
  }
})

t.test(
  'an answer to a request without Origin has no CORS headers, and caches tell it by Origin',
  async (t) => {
    const { call } = await startApp(t, { CORS_ORIGINS: 'https://app.example.com' })
    const user = await createUser()
    for (const [method, url, as, status] of [
      ['GET', '/api/tasks', user, 200],
      ['GET', '/api/tasks', undefined, 401],
      ['POST', '/api/tasks', user, 400],
      ['GET', '/nothing', undefined, 404],
      ['PROPFIND', '/health', undefined, 405],
      ['GET', '/health', undefined, 200],
      ['GET', '/openapi.json', undefined, 200],
    ] as const) {
      const answer = await call(method, url, { user: as })
      t.equal(answer.status, status)
      t.match(answer.headers.vary, /\bOrigin\b/, `${url} ${status}`)
      const cors = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))
      t.same(cors, [], `${url} ${status}`)
    }
    const { status, headers } = await call('OPTIONS', '/api/tasks')
    t.equal(status, 204)
    t.match(headers['access-control-allow-methods'], 'PATCH')
  },
)

t.test('a wildcard matches exactly one label of an origin', async (t) => {
  const { call } = await startApp(t, {
    CORS_ORIGINS: 'https://*.example.app, http://*.preview.example.com:8080, https://app.example.com',
  })
  const allowed = async (origin: string) =>
    (await call('GET', '/health', { headers: { origin } })).headers['access-control-allow-origin']
  for (const origin of [
    'https://x.example.app',
    'https://my-app-git-main-team.example.app',
    'https://xn--bcher-kva.example.app',
    'http://7.preview.example.com:8080',
    'https://app.example.com',
  ])
    t.equal(await allowed(origin), origin)
  for (const origin of [
    'https://example.app',
    'https://.example.app',
    'https://a.b.example.app',
    'https://evil.com/.example.app',
    'https://evil.com#.example.app',
    'https://evil.com?.example.app',
    'https://evil.com@x.example.app',
    'https://x.example.app.evil.com',
    'https://x.example.app:8443',
    'https://x-example.app',
    'https://x.exampleXapp',
    'http://x.example.app',
    'https://-.example.app',
    'https://x\n.example.app',
    'https://X.example.app',
    'https://*.example.app',
    'http://7.preview.example.com',
    'https://sub.app.example.com',
  ])
    t.equal(await allowed(origin), undefined, origin)
})

t.test(
  'a preflight allows the headers of front ends and of tracing tools, and those of a setting',
  async (t) => {
    const names = [
      ...['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'last-event-id'],
      ...['x-request-id', 'x-requested-with', 'traceparent', 'tracestate', 'baggage', 'sentry-trace'],
    ]
    const allowedBy = async (variables: Record<string, string>) => {
      const { call } = await startApp(t, variables)
      const { headers } = await call('OPTIONS', '/api/tasks', {
        headers: {
          origin: 'http://localhost:3000',
          'access-control-request-method': 'POST',
          'access-control-request-headers': names.join(','),
        },
      })
      return headers['access-control-allow-headers']!.toLowerCase().split(', ').sort()
    }
    t.same(await allowedBy({}), names.toSorted())
    const more = await allowedBy({ CORS_ALLOWED_HEADERS: 'X-Api-Version, x-datadog-trace-id' })
    t.same(more, [...names, 'x-api-version', 'x-datadog-trace-id'].sort())
  },
)

t.test('by default the front end of Better Auth and a local one may call', async (t) => {
  const { call } = await startApp(t, { BETTER_AUTH_URL: 'https://auth.example.com/base/' })
  for (const origin of ['https://auth.example.com', 'http://localhost:3000']) {
    t.equal(
      (await call('GET', '/health', { headers: { origin } })).headers['access-control-allow-origin'],
      origin,
    )
  }
})

t.test('a user who calls too often gets a 429 with Retry-After, and other users do not', async (t) => {
  const { call } = await startApp(t, { RATE_LIMIT_MAX: '3' })
  const [busy, calm] = [await createUser(), await createUser()]
  const remaining = []
  for (let count = 0; count < 3; count += 1) {
    const answer = await call('GET', '/api/tasks', { user: busy })
    t.equal(answer.status, 200)
    t.equal(String(answer.headers['ratelimit-limit']), '3')
    remaining.push(Number(answer.headers['ratelimit-remaining']))
  }
  t.same(remaining, [2, 1, 0])
  for (const url of ['/api/tasks', `/api/${busy.id}/tasks`, '/api/me', '/api/nothing', '/api/tasks/abc']) {
    const answer = await call('GET', url, { user: busy })
    t.match(
      answer,
      { status: 429, body: { code: 'rate_limited' }, headers: { 'retry-after': /^([1-9]|[1-5]\d|60)$/ } },
      url,
    )
  }
  t.equal((await call('GET', '/api/tasks', { user: calm })).status, 200)
  t.equal((await call('GET', '/health')).status, 200)
})

t.test('without a limit, requests are not counted', async (t) => {
  const { call } = await startApp(t, { RATE_LIMIT_MAX: '0' })
  const user = await createUser()
  t.notOk((await call('GET', '/api/tasks', { user })).headers['ratelimit-limit'])
})

t.test('while Redis is unavailable, requests are served and not counted', async (t) => {
  const { call, logLines } = await startApp(t, { RATE_LIMIT_MAX: '1', REDIS_URL: 'redis://127.0.0.1:1' })
  const user = await createUser()
  for (let count = 0; count < 3; count += 1) t.equal((await call('GET', '/api/tasks', { user })).status, 200)
  t.ok(logLines.some((line) => line.includes('Redis is not available')))
})

t.test('answers have security headers', async (t) => {
  const { call } = await startApp(t)
  const { headers } = await call('GET', '/health')
  t.match(headers, {
    'x-content-type-options': 'nosniff',
    'content-security-policy': /default-src 'none'/,
    'x-frame-options': /SAMEORIGIN|DENY/,
  })
  t.notOk(headers['x-powered-by'])
})

t.test('requests over the limit in flight are a 503, and later ones are served', async (t) => {
  const { app, call, database } = await startApp(t, {
    MAX_REQUESTS_IN_FLIGHT: '2',
    DATABASE_POOL_MAX: '2',
  })
  const user = await createUser()
  const { id } = await createTask({ call }, user)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const toggle = () =>
    fetch(`${url}/api/tasks/${id}/complete`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${user.token}` },
    })
  const lock = new pg.Client(databaseUrl())
  await lock.connect()
  await lock.query('BEGIN')
  await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  const waiting = [toggle(), toggle()]
  // The one waits for the lock, the other for the one.
  await eventually(() => database.statementsInFlight() === 2)
  const shed = await toggle()
  t.equal(shed.status, 503)
  t.match(await shed.json(), { code: 'overloaded' })
  t.match(shed.headers.get('retry-after'), /^\d+$/)
  t.equal((await fetch(`${url}/health`)).status, 200, 'operators are always served')
  await lock.query('ROLLBACK')
  await lock.end()
  t.same(
    (await Promise.all(waiting)).map(({ status }) => status),
    [200, 200],
  )
  t.equal((await toggle()).status, 200)
})

t.test('requests of disconnected clients are no longer in flight', async (t) => {
  const { app, call, database } = await startApp(t, { MAX_REQUESTS_IN_FLIGHT: '3' })
  const user = await createUser()
  const { id } = await createTask({ call }, user)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const lock = new pg.Client(databaseUrl())
  await lock.connect()
  await lock.query('BEGIN')
  await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  const head = `Host: x\r\nAuthorization: Bearer ${user.token}`
  const sockets = Array.from({ length: 3 }, () => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    // What waits behind the first request is not in flight, and is never begun.
    socket.write(`PATCH /api/tasks/${id}/complete HTTP/1.1\r\n${head}\r\n\r\n`.repeat(3))
    return socket
  })
  await eventually(() => database.statementsInFlight() === 3)
  for (const socket of sockets) socket.destroy()
  await lock.query('ROLLBACK')
  await lock.end()
  await eventually(() => database.statementsInFlight() === 0)
  const answers = await Promise.all(Array.from({ length: 3 }, () => call('GET', '/api/tasks', { user })))
  t.same(
    answers.map(({ status }) => status),
    [200, 200, 200],
  )
})

t.test(
  'while the event loop is delayed, requests are a 503, and the routes for operators work',
  async (t) => {
    const { call } = await startApp(t, { MAX_EVENT_LOOP_DELAY_MS: '5' })
    const user = await createUser()
    let answer = await call('GET', '/api/tasks', { user })
    t.equal(answer.status, 200)
    await eventually(async () => {
      for (const until = Date.now() + 100; Date.now() < until;);
      answer = await call('GET', '/api/tasks', { user })
      return answer.status !== 200
    })
    t.match(answer, { status: 503, body: { code: 'overloaded' }, headers: { 'retry-after': /^\d+$/ } })
    t.equal((await call('GET', '/health')).status, 200)
    t.equal((await call('GET', '/ready')).status, 200)
  },
)

t.test('a closed database keeps no connection', async (t) => {
  const { config } = await startApp(t)
  const { prisma, connections, close } = createDatabase(config.database)
  await prisma.$queryJson('nobody', Prisma.sql`SELECT 1`)
  await prisma.$asOwner('nobody', ({ user }) => user.count())
  t.equal(connections().total, 2)
  await close()
  t.equal(connections().total, 0)
})
