import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import pg from 'pg'
import t, { type Test } from 'tap'
import { createTask, createUser, SECRET, startApp } from './helpers/app.ts'
import { startCollector } from './helpers/collector.ts'
import { databaseUrl } from './helpers/database.ts'
import { startService } from './helpers/service.ts'

const SERVER = 2
const CLIENT = 3

/** OpenTelemetry's packages are CommonJS, which Node lists where it loads it; prom-client loads the one named api. */
const loadedParts = () =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) => /@opentelemetry.(?!api\b)/.test(path))

t.test('without a collector no part of OpenTelemetry is loaded', async (t) => {
  const app = await startApp(t, { OTEL_SERVICE_NAME: 'x', OTEL_TRACES_EXPORTER: 'otlp' })
  await createTask(app, await createUser())
  t.same(loadedParts(), [])
  t.notOk(app.logLines.some((line) => line.includes('trace_id')))
})

t.test('a request and its statements are spans in the trace of the caller', async (t) => {
  const collector = await startCollector(t)
  const service = await startService(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=a-key-for-the-collector',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  })
  const user = await createUser()
  const authorization = `Bearer ${user.token}`
  const traces = Array.from({ length: 4 }, () => randomUUID().replaceAll('-', ''))
  const parent = 'b7ad6b7169203331'
  const call = async (index: number, method: string, path: string, body?: object) =>
    fetch(service.url + path, {
      method,
      headers: {
        authorization,
        traceparent: `00-${traces[index]}-${parent}-01`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body ? JSON.stringify(body) : null,
    })
  const title = 'the-secret-title'
  await call(0, 'POST', '/api/tasks', { title, description: 'the-secret-description' })
  await call(1, 'GET', `/api/${user.id}/tasks?search=${title}`)
  await call(2, 'GET', `/nothing/${title}?${title}`)
  await fetch(`${service.url}/api/tasks`, { headers: { traceparent: `00-${traces[3]}-${parent}-01` } })
  t.equal(await service.kill(), 0, 'the remaining data is sent before the process ends')

  const spansOf = (index: number) => collector.spans().filter(({ traceId }) => traceId === traces[index])
  const [post] = spansOf(0).filter(({ kind }) => kind === SERVER)
  t.match(post, {
    name: 'POST /api/tasks',
    parentSpanId: parent,
    failed: false,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/api/tasks',
      'http.response.status_code': 201,
      'user.id': user.id,
    },
  })
  const statements = spansOf(0).filter(({ kind }) => kind === CLIENT)
  t.same(
    statements.map(({ name, parentSpanId }) => [name, parentSpanId]),
    [
      ['SELECT users', post!.spanId],
      ['INSERT tasks', post!.spanId],
    ],
    'also behind a body',
  )
  t.match(statements[1]!.attributes, {
    'db.system.name': 'postgresql',
    'db.operation.name': 'INSERT',
    'db.collection.name': 'tasks',
    'db.query.text': /^INSERT INTO tasks [^]* VALUES \(\$1, \$2/,
  })
  t.match(
    spansOf(1).map(({ name }) => name),
    ['SELECT tasks', 'GET /api/:user_id/tasks'],
  )
  t.match(spansOf(2), [
    { name: 'GET unknown', attributes: { 'error.type': 'route_not_found' }, failed: false },
  ])
  const [refused] = spansOf(3)
  t.match(refused, { name: 'GET /api/tasks', attributes: { 'error.type': 'token_missing' } })
  t.notOk('user.id' in refused!.attributes)

  const log = service.output.text()
  for (const trace of traces) t.match(log, new RegExp(`"trace_id":"${trace}".*"msg":"request"`))
  const metrics = Object.fromEntries(collector.metrics().map((metric) => [metric.name, metric]))
  t.same(Object.keys(metrics).toSorted(), ['db.client.operation.duration', 'http.server.request.duration'])
  t.match(metrics['http.server.request.duration'], { unit: 's' })
  t.ok(
    metrics['http.server.request.duration']!.attributes.some(
      (point) => point['http.route'] === '/api/tasks' && point['http.response.status_code'] === 201,
    ),
  )
  t.ok(
    metrics['db.client.operation.duration']!.attributes.some(
      (point) => point['db.collection.name'] === 'tasks',
    ),
  )
  for (const resource of collector.resources())
    t.match(resource, {
      'service.name': 'task-api',
      'service.version': /^\d/,
      'deployment.environment.name': 'test',
    })

  const sent = Buffer.concat(collector.received.map(({ body }) => body)).toString('latin1')
  for (const secret of [
    user.token,
    user.email,
    'Test User',
    'the-secret',
    SECRET,
    'a-key-for-the-collector',
    parent,
  ])
    t.notOk(sent.includes(secret), `${secret.slice(0, 12)}… is not sent`)
  for (const { headers } of collector.received) t.equal(headers['x-api-key'], 'a-key-for-the-collector')
  t.notMatch(log, 'a-key-for-the-collector')
})

/** The SDK reads its variables from the process. */
async function startTracedApp(t: Test, variables: Record<string, string>) {
  for (const [name, value] of Object.entries(variables)) process.env[name] = value
  t.teardown(() => Object.keys(variables).forEach((name) => delete process.env[name]))
  return startApp(t, variables)
}

/** The last thing that the server said: a wait for the lock ended, or the whole time. */
const GIVEN_UP = /^(55P03|57014)$/

t.test('a failed statement marks its own span and that of the request as failed', async (t) => {
  const collector = await startCollector(t)
  const app = await startTracedApp(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_METRICS_EXPORTER: 'none',
    DATABASE_QUERY_TIMEOUT_MS: '2000',
  })
  const user = await createUser()
  const { id } = await createTask(app, user)
  const lock = new pg.Client(databaseUrl())
  await lock.connect()
  await lock.query('BEGIN')
  await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  t.equal((await app.call('DELETE', `/api/tasks/${id}`, { user })).status, 503)
  await lock.end()
  await app.app.close()
  const failed = collector.spans().filter((span) => span.failed)
  t.match(failed, [
    { name: 'DELETE tasks', attributes: { 'error.type': GIVEN_UP } },
    { name: 'DELETE /api/tasks/:id', attributes: { 'error.type': 'database_unavailable' } },
  ])
  t.equal(failed[0]!.traceId, failed[1]!.traceId)
  t.same(collector.metrics(), [], 'metrics are switched off')
  t.ok(loadedParts().length > 0, 'now it is')
})

t.test(
  'a collector that refuses, hangs or is unavailable affects no request and is logged once',
  async (t) => {
    const refusing = await startCollector(t, 500)
    const hanging = createServer(() => {})
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
    t.teardown(() => hanging.close())
    const { port } = hanging.address() as { port: number }
    for (const url of [refusing.url, `http://127.0.0.1:${port}`, 'http://127.0.0.1:1']) {
      await t.test(url, async (t) => {
        const app = await startTracedApp(t, {
          OTEL_EXPORTER_OTLP_ENDPOINT: url,
          OTEL_BSP_SCHEDULE_DELAY: '10',
          OTEL_EXPORTER_OTLP_TIMEOUT: '100',
        })
        const user = await createUser()
        const warnings = () => app.logLines.filter((line) => line.includes('telemetry cannot be sent'))
        const seconds = 10
        for (const end = Date.now() + seconds * 1000; warnings().length === 0 && Date.now() < end;) {
          t.equal((await app.call('GET', '/api/tasks', { user })).status, 200)
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
        for (let count = 0; count < 20; count += 1) await app.call('GET', '/api/tasks', { user })
        await app.app.close()
        t.equal(warnings().length, 1)
      })
    }
  },
)
