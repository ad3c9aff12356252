import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { createTask, createUser, signToken, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { encode, seconds } from './helpers/forge.ts'
import { startRaw } from './helpers/raw.ts'

/** The samples of /metrics, by the text before their value. */
async function samplesOf({ call }: Pick<TestApp, 'call'>): Promise<Map<string, number>> {
  // Within a second they would be those of the last call.
  await sleep(1100)
  const { text } = await call('GET', '/metrics')
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)![0])]))
}

interface Line {
  level: number
  msg: string
  route: string
  status: number
  code?: string
  reason?: string
  sqlstate?: string
}
const requestLines = ({ logLines }: Pick<TestApp, 'logLines'>) =>
  logLines.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg === 'request')

t.test('refusals are counted by their code, and the log has the code too', async (t) => {
  const app = await startApp(t, {
    RATE_LIMIT_MAX: '3',
    // Nobody answers there.
    JWKS_URL: 'http://127.0.0.1:1/jwks',
    JWT_ISSUER: 'https://issuer.example',
    JWT_AUDIENCE: 'https://api.example',
  })
  const user = await createUser()
  const expired = await signToken({ sub: user.id, exp: seconds(-600) })
  const unknownKey = `${encode({ alg: 'EdDSA', kid: 'x' })}.${encode({ sub: 'x' })}.${encode('x')}`
  const url = '/api/tasks'
  await app.call('GET', url)
  await app.call('GET', url, { token: 'not.a.token' })
  await app.call('POST', url, { token: 'not.a.token', body: '{' })
  await app.call('GET', url, { token: expired })
  await app.call('GET', url, { token: unknownKey })
  await app.call('GET', '/api/somebody-else/tasks', { user })
  await app.call('GET', url, { user })
  await app.call('GET', url, { user })
  await app.call('GET', url, { user })
  await app.call('GET', '/nothing')
  const samples = await samplesOf(app)
  const counts = Object.fromEntries(
    [...samples].flatMap(([name, value]) => {
      const [, status, code] = /^http_problems_total\{status="(\d+)",code="(\w+)"\}$/.exec(name) ?? []
      return code === undefined ? [] : [[`${status} ${code}`, value]]
    }),
  )
  const expected = {
    '401 token_missing': 1,
    '401 token_invalid': 2,
    '401 token_expired': 1,
    '503 keys_unavailable': 1,
    '403 wrong_user': 1,
    '429 rate_limited': 1,
    '404 route_not_found': 1,
  }
  t.same(counts, expected)
  const logged = requestLines(app).flatMap(({ status, code }) => (code ? [`${status} ${code}`] : []))
  t.same(logged.toSorted(), ['401 token_invalid', ...Object.keys(expected)].toSorted())
})

t.test('statements are timed by operation, including the wait for a connection', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  await app.call('PATCH', `/api/tasks/${id}`, { user, body: { title: 'y' } })
  await app.call('GET', '/api/tasks?search=y', { user })

  const lock = new pg.Client(databaseUrl())
  await lock.connect()
  await lock.query('BEGIN')
  await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  const deleted = app.call('DELETE', `/api/tasks/${id}`, { user })
  // The time counts from when the statement is asked for, which is after the request has begun.
  await eventually(() => app.database.statementsInFlight() > 0)
  await new Promise((resolve) => setTimeout(resolve, 260))
  await lock.query('ROLLBACK')
  await lock.end()
  t.equal((await deleted).status, 204)

  const samples = await samplesOf(app)
  const sample = (part: string, operation: string) =>
    samples.get(`database_statement_duration_seconds_${part}{operation="${operation}"}`)
  t.equal(sample('count', 'INSERT'), 1)
  t.equal(sample('count', 'UPDATE'), 1)
  t.equal(sample('count', 'SELECT'), 2, 'the user, found or created, and the list')
  t.equal(sample('count', 'DELETE'), 1)
  t.ok(sample('sum', 'DELETE')! >= 0.25, 'in seconds')
})

t.test('clients cannot create new time series', async (t) => {
  const app = await startApp(t)
  const { exchange } = await startRaw(t, app)
  const odd = async (word: string, methods: readonly string[]) => {
    const user = await createUser()
    const path = encodeURIComponent(word)
    for (const method of methods) {
      await exchange(
        `${method} /api/${path}/tasks?${path}=${path} HTTP/1.1\r\nHost: ${path}\r\nConnection: close\r\n` +
          `X-Request-Id: ${path}\r\nContent-Type: ${path}\r\nAuthorization: Bearer ${user.token}\r\n\r\n`,
      )
      await exchange(`${method} /${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    }
    const task = await createTask(app, user)
    await app.call('GET', `/api/${user.id}/tasks/${task.id}?search=${path}`, { user })
    await app.call('GET', `/api/tasks?search=${path}`, { user })
    await app.call('GET', '/api/tasks', { token: encode(word) })
    await app.call('GET', '/api/tasks')
  }
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
  await odd(randomUUID(), [...methods, 'PROPFIND', 'TRACE'])
  // The route of the metrics has its own from now on.
  await samplesOf(app)
  const before = [...(await samplesOf(app)).keys()]
  await odd(randomUUID(), [...methods, 'PURGE', 'REPORT', 'MKCOL', 'SUBSCRIBE'])
  await odd(`x"} 1\n${randomUUID()}`, methods)
  const others = [...(await samplesOf(app)).keys()].filter((name) => !before.includes(name))
  // Garbage collections of Node's that had not taken place before are no client's doing.
  t.same(
    others.filter((name) => !name.startsWith('nodejs_')),
    [],
  )
})

t.test(
  'a client that disconnects before its answer is complete is logged and counted as a 499',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const { id } = await createTask(app, user)
    const { port } = await startRaw(t, app)
    const lock = new pg.Client(databaseUrl())
    await lock.connect()
    t.teardown(() => lock.end())
    await lock.query('BEGIN')
    await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])

    const send = (bytes: string) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(bytes)
      return socket
    }
    const start = (line: string) => `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n`
    const toggle = `${start(`PATCH /api/tasks/${id}/complete`)}\r\n`
    const json = '{"completed": true}'
    const withBody = `${start(`PUT /api/tasks/${id}`)}Content-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`
    const waiting = [send(toggle), send(withBody)]
    await eventually(() => app.database.statementsInFlight() === 2)
    for (const socket of waiting) socket.destroy()
    const body = 'Content-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n{'
    const writing = send(`POST /api/tasks HTTP/1.1\r\nHost: x\r\n${body}`)
    await once(writing, 'data')
    writing.destroy()
    await eventually(() => requestLines(app).length === 4)
    await lock.query('ROLLBACK')
    await eventually(() => app.database.statementsInFlight() === 0)

    const left = { status: 499, user_id: user.id }
    const lines = requestLines(app).filter(({ status }) => status === 499)
    t.match(
      lines.toSorted((one, other) => (one.route < other.route ? -1 : 1)),
      [
        { method: 'POST', route: '/api/tasks', status: 499 },
        { ...left, method: 'PUT', route: '/api/tasks/:id' },
        { ...left, method: 'PATCH', route: '/api/tasks/:id/complete' },
      ],
    )
    t.equal(requestLines(app).length, 4, 'each has one line, and nothing follows when the answer is there')
    const samples = await samplesOf(app)
    for (const labels of [
      'method="PATCH",route="/api/tasks/:id/complete"',
      'method="PUT",route="/api/tasks/:id"',
    ])
      t.equal(samples.get(`http_request_duration_seconds_count{${labels},status="499"}`), 1, labels)
  },
)

/** Creates this number of tasks, each of a little more than one kilobyte. */
const fill = (user: TestUser, tasks: number) =>
  query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, description)
     SELECT $1, 'x', repeat('x', 1000) FROM generate_series(1, $2::int)`,
    [user.id, tasks],
  )

/** Reads the beginning of a list that is too long for all buffers. */
async function beginLongList(user: TestUser, port: number) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`GET /api/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${user.token}\r\n\r\n`)
  await once(socket, 'readable')
  return socket
}

t.test(
  'an answer that breaks off because of the database is counted and logged as a fault, with its reason',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    await createTask(app, user)
    await fill(user, 15_000)
    const { port } = await startRaw(t, app)
    const { prisma } = app.database
    const original = prisma.$queryJson
    const socket = await beginLongList(user, port)
    const failure = Object.assign(new Error('the connection was terminated'), {
      code: '57P01',
      severity: 'FATAL',
    })
    t.teardown(() => Object.assign(prisma, { $queryJson: original }))
    Object.assign(prisma, { $queryJson: () => Promise.reject(failure) })
    socket.resume()
    await once(socket, 'close')
    await eventually(() => requestLines(app).length === 2)
    const line = requestLines(app)[1]!
    t.match(line, {
      level: 40,
      status: 503,
      code: 'database_unavailable',
      route: '/api/tasks',
      user_id: user.id,
      sqlstate: '57P01',
      reason: 'the connection was terminated',
    })
    const samples = await samplesOf(app)
    t.equal(samples.get('http_problems_total{status="503",code="database_unavailable"}'), 1)
    t.equal(
      samples.get('http_request_duration_seconds_count{method="GET",route="/api/tasks",status="503"}'),
      1,
    )
    t.equal(app.logLines.filter((text) => text.includes('"level":40')).length, 1, 'in one line')
  },
)

t.test('a client that disconnects in the middle of a list does not count as a fault', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createTask(app, user)
  await fill(user, 15_000)
  const { port } = await startRaw(t, app)
  const socket = await beginLongList(user, port)
  socket.destroy()
  await eventually(() => requestLines(app).length === 2)
  t.match(requestLines(app)[1], { level: 30, status: 499, code: undefined, reason: undefined })
})

t.test('a 5xx is one line, with its reason and the SQLSTATE', async (t) => {
  const app = await startApp(t, { DATABASE_QUERY_TIMEOUT_MS: '2000' })
  const user = await createUser()
  const { id } = await createTask(app, user)
  const lock = new pg.Client(databaseUrl())
  await lock.connect()
  t.teardown(() => lock.end())
  await lock.query('BEGIN')
  await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  const before = app.logLines.length
  const answer = await app.call('PATCH', `/api/tasks/${id}/complete`, { user })
  t.equal(answer.status, 503)
  const lines = app.logLines.slice(before).map((line) => JSON.parse(line) as Line)
  t.match(lines, [{ level: 40, msg: 'request', status: 503, code: 'database_unavailable', reason: String }])
  // The last thing that the server said: a wait for the lock ended, or the whole time.
  t.match(lines[0], { sqlstate: /^(55P03|57014)$/ })
})

t.test('a log line with headers or a URL has no token and no search words', async (t) => {
  const { app, logLines } = await startApp(t)
  const headers = { authorization: 'Bearer hidden', cookie: 'session=hidden', accept: 'text/html' }
  const request = { method: 'GET', url: '/api/tasks?search=hidden', headers }
  app.log.info({ headers, req: request, request }, 'a mistake')
  const line = logLines.find((text) => text.includes('a mistake'))
  t.match(JSON.parse(line!), { headers: { accept: 'text/html' }, req: { method: 'GET' } })
  t.notMatch(line, 'hidden')
})

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The rules of deploy/alerts.yaml, as far as a pattern can read them: one entry of the list each. */
const alerts = read('deploy/alerts.yaml')
  .split(/^ +- alert: /m)
  .slice(1)
  .map((text) => ({
    name: /^\w+/.exec(text)![0],
    expression: /expr: ([^]*?)\n {8}(for|labels):/.exec(text)![1]!.replace(/^\|/, ''),
    text,
  }))

interface Panel {
  title: string
  targets?: { expr: string }[]
}
const { panels, templating } = JSON.parse(read('deploy/grafana-dashboard.json')) as {
  panels: Panel[]
  templating: { list: { query: string | { query: string } }[] }
}
const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

/** Of Prometheus, not of the service. */
const OF_PROMETHEUS = ['job', 'instance']
const WORDS = ['and', 'or', 'by', 'ignoring']

/** What is named in an expression of PromQL: metrics, with the labels that choose among their series. */
function namesIn(expression: string) {
  const grouped = [...expression.matchAll(/\b(?:by|ignoring) \(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(', '),
  )
  const bare = expression
    .replaceAll(/\b(by|ignoring) \([^)]*\)/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b[\d.]+\b/g, '')
  const metrics = [...bare.matchAll(/\b[a-z_]\w*\b(?! *\()/g)].map(([name]) => name)
  const selectors = [...expression.matchAll(/(\w+)\{([^}]*)\}/g)].map(([, metric, list]) => ({
    metric: metric!,
    matchers: [...list!.matchAll(/(\w+)=(~?)"([^"]*)"/g)].map(([, label, isPattern, value]) => ({
      label: label!,
      fits: (text: string) => (isPattern ? new RegExp(`^(${value})$`).test(text) : text === value),
    })),
  }))
  return { grouped, metrics: metrics.filter((name) => !WORDS.includes(name)), selectors }
}

t.test('dashboard and alerts use metrics, labels and values that are exported', async (t) => {
  // Nothing listens on this port: the copy is without its Redis.
  const app = await startApp(t, { RATE_LIMIT_MAX: '3', REDIS_URL: 'redis://127.0.0.1:1' })
  const user = await createUser()
  for (let count = 0; count < 4; count += 1) await app.call('GET', '/api/tasks', { user })
  await app.call('GET', '/api/tasks')
  await app.call('GET', '/ready')
  const served = [...(await samplesOf(app)).keys()].map((name) => ({
    metric: /^\w+/.exec(name)![0],
    labels: Object.fromEntries(
      [...name.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label!, value!]),
    ),
  }))
  // Made by Prometheus itself.
  served.push({ metric: 'up', labels: {} })
  // Most errors do not occur here, but their codes and statuses are in the source.
  const rooms = ['http', 'openapi', 'auth', 'operations'].map((room) => `src/${room}`)
  const sources = rooms.flatMap((room) =>
    readdirSync(join(root, room)).map((name) => read(`${room}/${name}`)),
  )
  const words = sources.join('').match(/[a-z]+(_[a-z]+)*|\b[1-5]\d\d\b/g)!

  t.ok(alerts.length >= 10 && queries.length >= 20)
  for (const expression of [...alerts.map((alert) => alert.expression), ...queries]) {
    const { grouped, metrics, selectors } = namesIn(expression)
    t.same(
      metrics,
      selectors.map(({ metric }) => metric),
      `every metric has its selector: ${expression}`,
    )
    const known = new Set(OF_PROMETHEUS)
    for (const { metric, matchers } of selectors) {
      const series = served.filter((sample) => sample.metric === metric)
      t.ok(series.length > 0, `${metric} is served`)
      for (const label of series.flatMap(({ labels }) => Object.keys(labels))) known.add(label)
      t.ok(
        matchers.some(({ label }) => label === 'job'),
        `of this service alone: ${expression}`,
      )
      for (const { label, fits } of matchers) {
        if (OF_PROMETHEUS.includes(label)) continue
        const values = series.flatMap(({ labels }) => labels[label] ?? [])
        if (values.length > 0 && /^(code|status)$/.test(label)) values.push(...words)
        t.ok(values.some(fits), `${metric} has such a ${label}: ${expression}`)
      }
    }
    for (const label of grouped) t.ok(known.has(label), `${label} is a label in ${expression}`)
  }
  for (const { query } of templating.list)
    if (typeof query === 'object') {
      const metric = /label_values\((\w+)/.exec(query.query)![1]!
      t.ok(
        served.some((sample) => sample.metric === metric),
        metric,
      )
    }
})

t.test('every alert has a summary, a description and a runbook that exists', async (t) => {
  const headings = new Set([...read('docs/operations.md').matchAll(/^#+ (\w+)$/gm)].map(([, name]) => name))
  for (const { name, text } of alerts) {
    t.match(text, /severity: (critical|warning|info)\b/, name)
    for (const annotation of ['summary', 'description'])
      t.match(text, new RegExp(`^ +${annotation}: \\S.+$`, 'm'))
    t.ok(text.includes(`runbook_url: docs/operations.md#${name.toLowerCase()}\n`), name)
    t.ok(headings.has(name), `${name} has a paragraph`)
  }
  const mentioned = [...JSON.stringify(panels).matchAll(/\bTaskApi\w+/g)].map(([name]) => name)
  t.ok(mentioned.length > 5)
  for (const name of mentioned)
    t.ok(
      alerts.some((alert) => alert.name === name),
      name,
    )
})
