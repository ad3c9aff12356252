import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import t, { type Test } from 'tap'
import { createTask, createUser, signToken, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { eventually } from './helpers/eventually.ts'
import { startRedis } from './helpers/redis.ts'

interface Stream {
  answer: IncomingMessage
  /** All that arrived so far. */
  text: () => string
  /** The ids of the events that arrived so far; an event without an id has an empty one. */
  ids: () => string[]
  hasEnded: () => boolean
}

/** The app, listening on loopback. */
async function listen(t: Test, variables: Record<string, string> = {}) {
  const app = await startApp(t, variables)
  const url = await app.app.listen({ port: 0, host: '127.0.0.1' })
  return { ...app, url }
}
type Listening = Awaited<ReturnType<typeof listen>>

/** Opens a stream, and reads it until the test ends. */
async function openStream(
  t: Test,
  { url }: Pick<Listening, 'url'>,
  { token }: Pick<TestUser, 'token'>,
  { headers = {}, path = '/api/tasks/events' }: { headers?: Record<string, string>; path?: string } = {},
): Promise<Stream> {
  const sent = httpRequest(url + path, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    agent: false,
  })
  t.teardown(() => sent.destroy())
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  let hasEnded = false
  answer.setEncoding('utf8').on('data', (part: string) => (text += part))
  answer.on('end', () => (hasEnded = true)).on('error', () => {})
  const ids = () =>
    [...text.matchAll(/event: changed\n(?:id: (.*)\n)?data: \{\}\n\n/g)].map(([, id = '']) => id)
  return { answer, text: () => text, ids, hasEnded: () => hasEnded }
}

const changes = async ({ call }: TestApp, user: TestUser, cursor: string) => {
  const { body } = await call('GET', `/api/tasks/changes?cursor=${encodeURIComponent(cursor)}`, { user })
  return body as { tasks: { id: number; title: string }[]; deleted: number[] }
}

t.test('a stream opens at once, with headers that proxies respect', async (t) => {
  const app = await listen(t)
  const { answer, text } = await openStream(t, app, await createUser())
  t.equal(answer.statusCode, 200)
  t.match(answer.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'content-length': undefined,
  })
  await eventually(async () => text() === 'retry: 2000\n\n')
})

t.test('each kind of write causes an event with a cursor, on both forms of the path', async (t) => {
  const app = await listen(t)
  const user = await createUser()
  const own = await openStream(t, app, user)
  const named = await openStream(t, app, user, { path: `/api/${user.id}/tasks/events` })
  const task = await createTask(app, user)
  const writes: [string, string, object?][] = [
    ['PATCH', `/api/tasks/${task.id}`, { title: 'Changed' }],
    ['PATCH', `/api/tasks/${task.id}/complete`],
    ['DELETE', `/api/${user.id}/tasks/${task.id}`],
    ['POST', `/api/tasks/${task.id}/restore`],
  ]
  await eventually(async () => own.ids().length === 1 && named.ids().length === 1)
  for (const [index, [method, url, body]] of writes.entries()) {
    await app.call(method, url, { user, body })
    await eventually(async () => own.ids().length === index + 2 && named.ids().length === index + 2)
  }
  t.same(
    (await changes(app, user, own.ids()[0]!)).tasks.map(({ id }) => id),
    [task.id],
  )
  t.same((await changes(app, user, own.ids().at(-1)!)).tasks, [])
})

t.test('many writes cause a few events, and the last event comes after the last write', async (t) => {
  const app = await listen(t)
  const user = await createUser()
  const stream = await openStream(t, app, user)
  const start = performance.now()
  for (let count = 0; count < 60; count += 1) await createTask(app, user)
  const mostEvents = 1 + Math.ceil((performance.now() - start) / 250)
  await eventually(async () => {
    const last = stream.ids().at(-1)
    return last !== undefined && (await changes(app, user, last)).tasks.length === 0
  })
  t.ok(stream.ids().length <= mostEvents + 1, `${stream.ids().length} events for 60 writes`)
})

t.test('changes of other users and reads cause no event', async (t) => {
  const app = await listen(t)
  const [one, other] = [await createUser(), await createUser()]
  const mine = await openStream(t, app, one)
  const theirs = await openStream(t, app, other)
  await createTask(app, other)
  await app.call('GET', '/api/tasks', { user: one })
  await eventually(async () => theirs.ids().length === 1)
  t.same(mine.ids(), [])
})

t.test('a stream with Last-Event-ID sends an event at once if something has changed', async (t) => {
  const app = await listen(t)
  const user = await createUser()
  const first = await openStream(t, app, user)
  await createTask(app, user)
  await eventually(async () => first.ids().length === 1)
  const [id] = first.ids() as [string]

  const upToDate = await openStream(t, app, user, { headers: { 'last-event-id': id } })
  await eventually(async () => upToDate.text() !== '')
  t.same(upToDate.ids(), [])
  await createTask(app, user)
  await eventually(async () => upToDate.ids().length === 1)
  for (const lastEventId of [id, 'nothing that is a cursor', '0']) {
    const late = await openStream(t, app, user, { headers: { 'last-event-id': lastEventId } })
    await eventually(async () => late.ids().length === 1)
  }
})

t.test('a stream ends when its token expires', async (t) => {
  const app = await listen(t)
  const { id } = await createUser()
  const exp = Math.floor(Date.now() / 1000) + 4
  const stream = await openStream(t, app, { token: await signToken({ sub: id, exp }) })
  await eventually(async () => stream.hasEnded())
  t.ok(Date.now() >= exp * 1000)
})

t.test('a user has at most 20 streams, and another one can be opened after one is closed', async (t) => {
  const app = await listen(t)
  const user = await createUser()
  const streams = []
  for (let count = 0; count < 20; count += 1) streams.push(await openStream(t, app, user))
  const refused = await app.call('GET', '/api/tasks/events', { user })
  t.match(refused, { status: 429, body: { code: 'too_many_streams' }, headers: { 'retry-after': '5' } })
  t.equal((await openStream(t, app, await createUser())).answer.statusCode, 200)
  streams[0]!.answer.destroy()
  await eventually(async () => (await openStream(t, app, user)).answer.statusCode === 200)
})

t.test(
  'streams need a token, do not count as requests in flight, and are not a 499 when the client leaves',
  async (t) => {
    const app = await listen(t, { MAX_REQUESTS_IN_FLIGHT: '2' })
    const user = await createUser()
    t.equal((await app.call('GET', '/api/tasks/events')).status, 401)
    const streams = await Promise.all([1, 2, 3, 4].map(() => openStream(t, app, user)))
    t.equal((await app.call('GET', '/api/tasks', { user })).status, 200)
    for (const { answer } of streams) answer.destroy()
    const lines = () => app.logLines.filter((line) => line.includes('"route":"/api/tasks/events"'))
    await eventually(async () => lines().length === 5)
    t.same(
      lines().map((line) => (JSON.parse(line) as { status: number }).status),
      [401, 200, 200, 200, 200],
    )
    t.equal((await app.call('HEAD', '/api/tasks/events', { user })).status, 405)
  },
)

t.test('streams end first when the service stops', async (t) => {
  const app = await listen(t)
  const stream = await openStream(t, app, await createUser())
  await app.app.close()
  await eventually(async () => stream.hasEnded())
})

t.test('copies of the service notify each other through Redis, also after an outage', async (t) => {
  const redis = await startRedis(t)
  if (redis === undefined) return
  const [one, other] = await Promise.all([
    listen(t, { REDIS_URL: redis.url }),
    listen(t, { REDIS_URL: redis.url }),
  ])
  const user = await createUser()
  const stream = await openStream(t, one, user)
  await eventually(async () => {
    await createTask(other, user)
    return stream.ids().length > 0
  })

  const metrics = async () => (await one.call('GET', '/metrics')).text
  t.match(await metrics(), /^redis_up 1$/m)
  t.match(await metrics(), /^event_streams_open 1$/m)

  await redis.stop()
  // Metrics are collected at most once a second.
  await eventually(async () => /^redis_up 0$/m.test(await metrics()))
  const away = stream.ids().length
  t.equal(
    (await other.call('POST', '/api/tasks', { user, body: { title: 'While Redis is away' } })).status,
    201,
  )
  await createTask(one, user)
  await eventually(async () => stream.ids().length > away)

  const before = stream.ids().length
  await redis.start()
  // Notifications were lost during the outage: every stream gets one event when Redis is available again.
  await eventually(async () => stream.ids().length > before)
  const last = stream.ids().length
  await eventually(async () => {
    await createTask(other, user)
    return stream.ids().length > last
  })
})
