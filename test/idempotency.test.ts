import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl, transaction } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { startPostgres } from './helpers/postgres.ts'
import { startService } from './helpers/service.ts'

/** A request that creates, and the tasks in its answer. */
const REQUESTS: {
  path: string
  body: (title: string) => object
  tasksOf: (body: any) => { id: number }[]
}[] = [
  { path: '/tasks', body: (title) => ({ title }), tasksOf: (task) => [task] },
  {
    path: '/tasks/batch',
    body: (title) => ({ operations: [title, `${title}, too`].map((one) => ({ op: 'create', title: one })) }),
    tasksOf: ({ results }) => results.map(({ task }: { task: object }) => task),
  },
]

const post = ({ call }: Pick<TestApp, 'call'>, user: TestUser, path: string, body: object, key?: string) =>
  call('POST', `/api${path}`, {
    user,
    body,
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  })
const list = async ({ call }: TestApp, user: TestUser) => (await call('GET', '/api/tasks', { user })).body

/** As if the key had been used so long ago: tests own the tables. */
const age = (user: TestUser, hours: number) =>
  query(
    databaseUrl(),
    `UPDATE idempotency_keys SET created_at = now() - $2::float8 * interval '1 hour' WHERE user_id = $1`,
    [user.id, hours],
  )

t.test('the same request with the same key gives the first answer again, and creates nothing', async (t) => {
  const app = await startApp(t)
  for (const { path, body } of REQUESTS) {
    const user = await createUser()
    const first = await post(app, user, path, body('Quotes " and \\'), 'key')
    t.ok(first.status === 201 || first.status === 200)
    t.equal(first.headers['idempotency-replayed'], undefined)
    const before = await list(app, user)
    for (const mount of ['', `/${user.id}`]) {
      const again = await post(app, user, `${mount}${path}`, body('Quotes " and \\'), 'key')
      t.same([again.status, again.text], [first.status, first.text], path)
      t.equal(again.headers.etag, first.headers.etag)
      t.equal(again.headers.location, first.headers.location)
      t.equal(again.headers['idempotency-replayed'], 'true')
    }
    t.same(await list(app, user), before)
  }
})

t.test('a request without a key, or with another one, creates another task', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const key of [undefined, undefined, 'a', 'A', 'a'.repeat(255), '!~"\\,;'])
    t.equal((await post(app, user, '/tasks', { title: 'x' }, key)).headers['idempotency-replayed'], undefined)
  t.equal((await list(app, user)).length, 6)
})

t.test('another request with a used key is a 422 and creates nothing', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await post(app, user, '/tasks', { title: 'first' }, 'key')
  const others: [path: string, body: object][] = [
    ['/tasks', { title: 'second' }],
    ['/tasks', { title: 'first', completed: true }],
    ['/tasks/batch', { operations: [{ op: 'create', title: 'first' }] }],
  ]
  for (const [path, body] of others)
    t.match(await post(app, user, path, body, 'key'), {
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  t.equal((await list(app, user)).length, 1)
})

t.test('a request that nests thousands of values has a key like any other', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const deep = (levels: number, end: string) => `${'[{"a":'.repeat(levels)}${end}${'}]'.repeat(levels)}`
  for (const [path, body] of [
    ['/tasks', (other: string) => `{"title":"x","other":${other}}`],
    ['/tasks/batch', (other: string) => `{"operations":[{"op":"create","title":"x","other":${other}}]}`],
  ] as const) {
    const send = (other: string) =>
      app.call('POST', `/api${path}`, {
        user,
        body: body(other),
        headers: { 'idempotency-key': `key-of-${path}` },
      })
    const first = await send(deep(6000, '1'))
    t.ok(first.status < 300, path)
    t.match(await send(deep(6000, '1')), { text: first.text, headers: { 'idempotency-replayed': 'true' } })
    const others = [deep(6000, '2'), deep(5999, '1'), '[]', '{}', '[[],[]]', '[[[]]]', '"[]"', '1', 'null']
    for (const other of others)
      t.match(await send(other), { status: 422, body: { code: 'idempotency_key_reused' } }, other.slice(0, 9))
  }
  t.equal((await list(app, user)).length, 2)
})

t.test("another user's key is another key", async (t) => {
  const app = await startApp(t)
  const [alice, bob] = [await createUser(), await createUser()]
  const first = await post(app, alice, '/tasks', { title: 'secret' }, 'key')
  const other = await post(app, bob, '/tasks', { title: 'secret' }, 'key')
  t.equal(other.status, 201)
  t.not(other.body.id, first.body.id)
  t.equal(other.body.user_id, bob.id)
  t.match(await post(app, bob, '/tasks', { title: 'x' }, 'key'), { status: 422 })
})

t.test('a key is kept for 24 hours, and can then be used again', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const first = await post(app, user, '/tasks', { title: 'x' }, 'key')
  await age(user, 23.9)
  t.equal((await post(app, user, '/tasks', { title: 'x' }, 'key')).body.id, first.body.id)
  await age(user, 24.1)
  const second = await post(app, user, '/tasks', { title: 'another' }, 'key')
  t.equal(second.status, 201)
  t.equal(
    (await post(app, user, '/tasks', { title: 'another' }, 'key')).body.id,
    second.body.id,
    'and remembered again',
  )
})

t.test('old keys are purged, and no others', async (t) => {
  const app = await startApp(t)
  const [old, recent] = [await createUser(), await createUser()]
  for (const user of [old, recent]) await post(app, user, '/tasks', { title: 'x' }, 'key')
  await age(old, 25)
  await age(recent, 23)
  const purge = () =>
    query<{ count: number }>(serviceDatabaseUrl(), 'SELECT purge_idempotency_keys(1000) AS count')
  await eventually(async () => Number((await purge())[0]!.count) === 0)
  const rows = await query(databaseUrl(), 'SELECT user_id FROM idempotency_keys WHERE user_id = ANY($1)', [
    [old.id, recent.id],
  ])
  t.same(rows, [{ user_id: recent.id }])
})

t.test('the first answer is repeated even after the task was changed, deleted and purged', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const first = await post(app, user, '/tasks', { title: 'x' }, 'key')
  const url = `/api/tasks/${first.body.id}`
  for (const [method, path] of [
    ['PATCH', `${url}/complete`],
    ['DELETE', url],
    ['DELETE', `/api/tasks/trash/${first.body.id}`],
  ] as const) {
    await app.call(method, path, { user })
    t.equal((await post(app, user, '/tasks', { title: 'x' }, 'key')).text, first.text, method)
  }
  t.same(await list(app, user), [])
})

t.test('the answer of a batch that deletes is repeated, although the tasks are deleted', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const operations = [
    { op: 'complete', id },
    { op: 'delete', id },
    { op: 'create', title: 'new' },
  ]
  const first = await post(app, user, '/tasks/batch', { operations }, 'key')
  t.equal(first.status, 200)
  const again = await post(app, user, '/tasks/batch', { operations }, 'key')
  t.same([again.status, again.text, again.headers['idempotency-replayed']], [200, first.text, 'true'])
  t.equal((await list(app, user)).length, 1)
})

t.test('the answer of a batch is repeated, even if the batch would be refused now', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user, { title: 'x', due_date: '2026-12-01' })
  const operations = [{ op: 'update', id, recurrence: { rule: 'FREQ=DAILY' } }]
  const first = await post(app, user, '/tasks/batch', { operations }, 'key')
  t.equal(first.status, 200)
  await app.call('PATCH', `/api/tasks/${id}`, { user, body: { recurrence: null, due_date: null } })
  t.match(await post(app, user, '/tasks/batch', { operations }, 'another'), { status: 400 })
  const again = await post(app, user, '/tasks/batch', { operations }, 'key')
  t.same([again.status, again.text, again.headers['idempotency-replayed']], [200, first.text, 'true'])
  t.match(await app.call('GET', `/api/tasks/${id}`, { user }), { body: { recurrence: null } })
})

t.test('a request that failed uses no key', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  t.equal((await post(app, user, '/tasks', { title: '' }, 'key')).status, 400)
  const missing = {
    operations: [
      { op: 'create', title: 'x' },
      { op: 'delete', id: 2 ** 40 },
    ],
  }
  t.equal((await post(app, user, '/tasks/batch', missing, 'key')).status, 404)
  t.same(await list(app, user), [])
  t.equal((await post(app, user, '/tasks', { title: 'x' }, 'key')).status, 201)
})

t.test('a malformed key is a 400', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const { path, body } of REQUESTS)
    for (const [key, message] of [
      ['', 'must not be empty'],
      ['a b', 'must be visible ASCII characters, without spaces'],
      ['a\tb', /^must be visible ASCII/],
      ['é', /^must be visible ASCII/],
      ['x'.repeat(256), 'must have at most 255 characters'],
      ['a, b', /^must be visible ASCII/],
    ] as const)
      t.match(
        await post(app, user, path, body('x'), key),
        { status: 400, body: { errors: [{ path: '/idempotency-key', message }] } },
        JSON.stringify(key),
      )
  t.same(await list(app, user), [])
})

t.test(
  'fifty concurrent requests with one key create one task, through one copy of the service or two',
  async (t) => {
    const copies = [
      await startApp(t, { DATABASE_POOL_MAX: '20' }),
      await startApp(t, { DATABASE_POOL_MAX: '20', DATABASE_PIPELINE: 'off' }),
    ]
    for (const { path, body, tasksOf } of REQUESTS)
      for (let round = 0; round < 3; round += 1) {
        const user = await createUser()
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, index) => post(copies[index % 2]!, user, path, body('x'), 'key')),
        )
        const done = answers.filter(({ status }) => status === 200 || status === 201)
        const others = answers.filter(({ status }) => status !== 200 && status !== 201)
        t.ok(others.every(({ status, body }) => status === 409 && body.code === 'idempotency_key_in_use'))
        t.equal(done.filter(({ headers }) => headers['idempotency-replayed'] === undefined).length, 1)
        t.equal(new Set(done.map(({ text }) => text)).size, 1, 'all get the same answer')
        const ids = (tasks: { id: number }[]) => tasks.map(({ id }) => id).sort()
        t.same(ids(await list(copies[0]!, user)), ids(tasksOf(done[0]!.body)))
      }
  },
)

t.test('of different concurrent requests with one key, one succeeds and the others are a 422', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => post(app, user, '/tasks', { title: `${index}` }, 'key')),
  )
  t.equal(answers.filter(({ status }) => status === 201).length, 1)
  t.equal(answers.filter(({ status }) => status === 422).length, 19)
  t.equal((await list(app, user)).length, 1)
})

t.test('a request waits only for another one with the same key', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const [user, stranger] = [await createUser(), await createUser()]
  await createTask(app, user)
  const other = await transaction(t, databaseUrl())
  await other.query(
    "INSERT INTO idempotency_keys (user_id, key, fingerprint, answer) VALUES ($1, 'key', 'x', 'x')",
    [user.id],
  )
  const waiting = post(app, user, '/tasks', { title: 'waits' }, 'key')
  await other.isWaitedFor()
  t.equal((await post(app, user, '/tasks', { title: 'x' }, 'other')).status, 201)
  t.equal((await post(app, stranger, '/tasks', { title: 'x' }, 'key')).status, 201)
  await other.query('ROLLBACK')
  t.equal((await waiting).status, 201, 'the other one was not made')
})

t.test('a user who is deleted and created again has no old keys', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await post(app, user, '/tasks', { title: 'x' }, 'key')
  await app.call('DELETE', '/api/me', { user })
  const again = await post(app, user, '/tasks', { title: 'another' }, 'key')
  t.match(again, { status: 201, body: { title: 'another' } })
})

// IDEMPOTENCY_ROUNDS=100 npm test -- test/idempotency.test.ts: as often as you like.
const rounds = (usual: number) => Number(process.env.IDEMPOTENCY_ROUNDS ?? usual)

/** Sends requests with keys until something is killed; returns those without an answer. */
async function sendUntilKilled(url: string, users: TestUser[], kill: () => Promise<unknown>) {
  const unsure: { user: TestUser; key: string }[] = []
  let answered = 0
  const work = users.map(async (user) => {
    for (;;) {
      const key = randomUUID()
      const status = await create(url, user, key).catch(() => 0)
      if (status !== 201) return void unsure.push({ user, key })
      answered += 1
    }
  })
  const enough = 30 + Math.random() * 100
  await eventually(() => answered >= enough)
  await Promise.all([kill(), ...work])
  return unsure
}

async function create(url: string, { token }: TestUser, key: string): Promise<number> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': key,
  }
  const answer = await fetch(`${url}/api/tasks`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ title: key }),
  })
  await answer.text()
  return answer.status
}

/** Retries what had no answer, and fails where a task is there twice or not at all. */
async function retryAll(t: Test, url: string, unsure: { user: TestUser; key: string }[], ownerUrl: string) {
  for (const { user, key } of unsure) {
    let status = 0
    for (let tries = 0; tries < 100 && status !== 201; tries += 1) {
      status = await create(url, user, key).catch(() => 0)
      if (status !== 201) await sleep(20)
    }
    t.equal(status, 201)
    const rows = await query(ownerUrl, 'SELECT FROM tasks WHERE user_id = $1 AND title = $2', [user.id, key])
    if (rows.length !== 1) t.fail(`${rows.length} tasks of one request`)
  }
}

t.test('after a kill -9 of the service a retry with the key creates exactly one task', async (t) => {
  const { app } = await startApp(t, { RATE_LIMIT_MAX: '0' })
  const otherCopy = await app.listen({ port: 0, host: '127.0.0.1' })
  const users = await Promise.all(Array.from({ length: 8 }, () => createUser()))
  for (let round = 0; round < rounds(2); round += 1) {
    const variables = { DATABASE_URL: serviceDatabaseUrl(), RATE_LIMIT_MAX: '0' }
    const service = await startService(t, variables, { isCovered: false })
    const unsure = await sendUntilKilled(service.url, users, () => service.kill('SIGKILL'))
    t.ok(unsure.length > 0)
    await retryAll(t, otherCopy, unsure, databaseUrl())
  }
})

t.test('after a kill -9 of PostgreSQL a retry with the key creates exactly one task', async (t) => {
  const server = await startPostgres(t)
  const { app } = await startApp(t, { DATABASE_URL: server.serviceUrl, RATE_LIMIT_MAX: '0' })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const users = await Promise.all(Array.from({ length: 8 }, () => createUser()))
  for (let round = 0; round < rounds(2); round += 1) {
    const unsure = await sendUntilKilled(url, users, () => server.end('SIGKILL'))
    t.ok(unsure.length > 0)
    server.start()
    await eventually(async () => (await fetch(`${url}/ready`)).status === 200)
    await retryAll(t, url, unsure, server.url)
  }
})
