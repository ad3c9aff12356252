import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { type Sending, startInterposed } from './helpers/interposed.ts'

const SORTS = ['created', 'updated', 'title', 'due_date', 'priority']
const ORDERS = ['asc', 'desc']

const authorized = ({ token }: TestUser) => ({ authorization: `Bearer ${token}` })
const isOfTasks = ({ text }: Sending) => /\btasks\b/.test(text)

/** Tasks of which a part has the same title, state, due date and times. */
async function fill({ call }: TestApp, user: TestUser, count: number, description = '') {
  await call('GET', '/api/me', { user })
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, description, completed, due_at, created_at, updated_at)
     SELECT $1, 'task ' || n % 400, $3, n % 3 = 0,
       CASE WHEN n % 4 > 0 THEN timestamptz '2026-01-01Z' + n % 300 * interval '1 hour' END,
       timestamptz '2026-01-01Z' + n / 2 * interval '1 s', timestamptz '2026-02-01Z' + n / 2 * interval '1 s'
     FROM generate_series(1, $2::int) AS n`,
    [user.id, count, description],
  )
}

const idsOf = async (user: TestUser) =>
  (await query<{ id: string }>(databaseUrl(), 'SELECT id FROM tasks WHERE user_id = $1', [user.id])).map(
    ({ id }) => Number(id),
  )

/** Moves a fifth of the tasks to other places in every order, deletes a few, and adds a few. Returns what it deleted. */
async function shuffle(user: TestUser): Promise<number[]> {
  await query(
    databaseUrl(),
    `UPDATE tasks SET title = 'moved ' || random(), completed = NOT completed, updated_at = now(),
       due_at = CASE WHEN random() < 0.7 THEN timestamptz '2026-01-01Z' + random() * interval '300 hours' END
     WHERE user_id = $1 AND random() < 0.2`,
    [user.id],
  )
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, created_at) SELECT $1, 'task 7', timestamptz '2026-01-01Z' + n * interval '1 minute'
     FROM generate_series(1, 10) AS n`,
    [user.id],
  )
  const gone = await query<{ id: string }>(
    databaseUrl(),
    `DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE user_id = $1 ORDER BY random() LIMIT 15) RETURNING id`,
    [user.id],
  )
  return gone.map(({ id }) => Number(id))
}

t.test(
  'a task that exists the whole time is in the complete list exactly once, whatever changes',
  async (t) => {
    const app = await startApp(t)
    for (const sort of SORTS) {
      for (const order of ORDERS) {
        const user = await createUser()
        await fill(app, user, 1300)
        const before = await idsOf(user)
        const gone = new Set<number>()
        let changes = 0
        const service = await startInterposed(app, async (sending) => {
          if (!isOfTasks(sending)) return
          changes += 1
          // The first statement reads the tasks as they are now.
          if (changes > 1) for (const id of await shuffle(user)) gone.add(id)
        })
        const url = `/api/tasks?sort=${sort}&order=${order}`
        const answer = await service.inject({ url, headers: authorized(user) })
        await service.close()
        const ids = answer.json<{ id: number }[]>().map(({ id }) => id)
        t.ok(changes > 5, 'several batches were read')
        t.equal(new Set(ids).size, ids.length, `${url}: none twice`)
        const listed = new Set(ids)
        t.same(
          before.filter((id) => !gone.has(id) && !listed.has(id)),
          [],
          `${url}: none is missing`,
        )
      }
    }
  },
)

t.test('a task that stops matching the filter is left out, and no task is there twice', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 1300)
  const complete = 'UPDATE tasks SET completed = true, updated_at = now() WHERE user_id = $1 AND id % 7 = 0'
  const service = await startInterposed(app, async (sending) => {
    if (sending.text.includes('unnest')) await query(databaseUrl(), complete, [user.id])
  })
  const url = '/api/tasks?status=pending&sort=updated'
  const tasks = (await service.inject({ url, headers: authorized(user) })).json<Record<string, unknown>[]>()
  await service.close()
  t.notOk(tasks.some(({ completed }) => completed))
  t.equal(new Set(tasks.map(({ id }) => id)).size, tasks.length)
  const pending = 'SELECT id FROM tasks WHERE user_id = $1 AND NOT completed'
  const listed = new Set(tasks.map(({ id }) => id))
  t.same(
    (await query<{ id: string }>(databaseUrl(), pending, [user.id])).filter(
      ({ id }) => !listed.has(Number(id)),
    ),
    [],
  )
})

t.test(
  'the complete list of a batch, of one more, and of several batches is complete and in order',
  async (t) => {
    const app = await startApp(t)
    for (const count of [0, 1, 249, 250, 251, 252, 500, 501, 502, 751]) {
      const user = await createUser()
      await fill(app, user, count)
      for (const parameters of ['', '?sort=title&order=desc', '?sort=due_date&order=desc']) {
        const { body, headers } = await app.call<{ id: number }[]>('GET', `/api/tasks${parameters}`, { user })
        t.equal(headers['content-type'], 'application/json; charset=utf-8')
        t.equal(body.length, count)
        const sorted = { '': 'created_at DESC, id DESC' }[parameters] ?? orderOf(parameters)
        const ids = await query<{ id: string }>(
          databaseUrl(),
          `SELECT id FROM tasks WHERE user_id = $1 ORDER BY ${sorted}`,
          [user.id],
        )
        t.same(
          body.map(({ id }) => id),
          ids.map(({ id }) => Number(id)),
          `${count} ${parameters}`,
        )
      }
    }
  },
)

const orderOf = (parameters: string) =>
  parameters.includes('title') ? 'title COLLATE task_title DESC, id DESC' : 'due_at DESC NULLS LAST, id DESC'

t.test('a task has the same bytes alone, in a page, and in each part of a complete list', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const odd = { title: 'a "b" \\ </c> é 😀', description: 'line\nline\ttab', due_date: '2026-12-01' }
  const created = await app.call('POST', '/api/tasks', { user, body: odd })
  const url = `/api/tasks/${created.body.id}`
  const texts = [
    created.text,
    (await app.call('PUT', url, { user, body: {} })).text,
    (await app.call('PATCH', url, { user, body: odd })).text,
    (await app.call('GET', url, { user })).text,
  ]
  t.equal(new Set(texts).size, 1)
  t.equal((await app.call('GET', '/api/tasks', { user })).text, `[${texts[0]}]`)
  t.equal((await app.call('GET', '/api/tasks?limit=1', { user })).text, `[${texts[0]}]`)
  await fill(app, user, 600)
  t.ok(
    (await app.call('GET', '/api/tasks?order=asc', { user })).text.includes(`,${texts[0]}`),
    'the last task',
  )
  t.ok((await app.call('GET', '/api/tasks', { user })).text.startsWith(`[${texts[0]},`), 'the first task')
})

t.test(
  'a user reads four long lists at once: others wait for a turn without tasks, or until their deadline',
  async (t) => {
    const app = await startApp(t, { DATABASE_QUERY_TIMEOUT_MS: '1500' })
    const [user, other] = [await createUser(), await createUser()]
    // The sockets buffer less than this, so a list that nobody reads does not end.
    await fill(app, user, 12_000, 'x'.repeat(1000))
    await fill(app, other, 300)
    const begun = { first: 0, ids: 0 }
    const service = await startInterposed(app, ({ text }) => {
      if (text.includes('OFFSET')) begun.first += 1
      if (text.includes('array_agg')) begun.ids += 1
    })
    const url = await service.listen({ port: 0, host: '127.0.0.1' })
    t.teardown(() => service.close())
    const ask = (who: TestUser, signal?: AbortSignal) =>
      fetch(`${url}/api/tasks`, { headers: authorized(who), signal: signal ?? null })
    const running = await Promise.all([1, 2, 3, 4].map(() => ask(user)))
    t.same(
      running.map(({ status }) => status),
      [200, 200, 200, 200],
    )
    await eventually(() => begun.ids === 4)

    const late = await ask(user)
    t.equal(late.status, 429)
    t.equal(late.headers.get('retry-after'), '2')
    t.match(await late.json(), {
      code: 'too_many_lists',
      detail: 'A user can read at most 4 long lists at the same time.',
    })
    t.equal(((await (await ask(other)).json()) as unknown[]).length, 300, 'another user does not wait')

    const leaving = new AbortController()
    const left = t.rejects(ask(user, leaving.signal))
    await eventually(() => begun.first === 7)
    const next = ask(user)
    await eventually(() => begun.first === 8)
    // A user has one large answer at a time. When this page is answered, the first batch of `next` was, too: it waits.
    await (await fetch(`${url}/api/tasks?limit=200`, { headers: authorized(user) })).arrayBuffer()
    leaving.abort()
    await left
    t.equal(begun.ids, 5, 'four lists and that of the other user')
    await running[0]!.body!.cancel()
    const answer = await next
    t.equal(answer.status, 200)
    t.equal(begun.first, 10, 'the waiting list is read again, the one whose client has left is not')
    t.equal(((await answer.json()) as unknown[]).length, 12_000)
    for (const { body } of running.slice(1)) await body!.cancel()
  },
)

t.test('HEAD of the complete list reads one row and has no Content-Length', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 1000)
  const sent: Sending[] = []
  const service = await startInterposed(app, (sending) => void sent.push(sending))
  const answer = await service.inject({
    method: 'HEAD',
    url: '/api/tasks?sort=title',
    headers: authorized(user),
  })
  await service.close()
  t.match(answer, {
    statusCode: 200,
    payload: '',
    headers: { 'content-type': 'application/json; charset=utf-8' },
  })
  t.equal(answer.headers['content-length'], undefined)
  const [statement, ...others] = sent.filter(isOfTasks)
  t.same(others, [])
  t.match(statement!.text, /LIMIT \$\d+ OFFSET/)
  t.same(statement!.values.slice(-2), [1, 0], 'one row, from the first on')
})

t.test(
  'statements whose cost grows with the number of tasks are sent as heavy, a first page is not',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const task = await createTask(app, user)
    await fill(app, user, 600)
    const sent: Sending[] = []
    const service = await startInterposed(app, (sending) => void sent.push(sending))
    const expected: Record<string, boolean[]> = {
      '/api/tasks?limit=20': [false],
      '/api/tasks?limit=200&offset=1000&sort=title': [false],
      '/api/tasks?limit=1&offset=1001': [true],
      '/api/tasks?limit=20&status=completed&sort=due_date': [false],
      '/api/tasks?limit=20&search=task': [true],
      '/api/tasks?limit=20&q=task': [true],
      '/api/tasks?limit=20&search=': [false],
      '/api/tasks?limit=20&overdue=false': [true],
      '/api/tasks?limit=20&due_from=2026-01-01': [true],
      '/api/tasks?limit=20&due_before=2026-01-01': [true],
      '/api/tasks?limit=20&time_zone=Europe/Berlin': [false],
      '/api/tasks?limit=20&count=true': [true, false],
      '/api/tasks?status=completed': [false],
      '/api/tasks': [false, true, true, true],
      '/api/tasks?search=nothing-like-this': [true],
      '/api/tasks/summary': [true],
      [`/api/tasks/${task.id}`]: [false],
    }
    for (const [url, heaviness] of Object.entries(expected)) {
      sent.length = 0
      const { statusCode } = await service.inject({ url, headers: authorized(user) })
      t.equal(statusCode, 200)
      const found = sent.filter(isOfTasks).map(({ options }) => options?.isHeavy ?? false)
      t.same(found, heaviness, url)
    }
    await service.close()
  },
)

for (const path of ['/api/tasks', '/api/tasks/export?format=ics'])
  t.test(
    `if the database fails while ${path} is streamed, the answer breaks off and the log has the reason`,
    async (t) => {
      const proxy = await startProxy(t)
      const app = await startApp(t, { DATABASE_URL: proxy.url })
      const user = await createUser()
      await fill(app, user, 1000)
      const service = await startInterposed(app, ({ text }) =>
        text.includes('unnest') ? proxy.cut() : undefined,
      )
      const url = await service.listen({ port: 0, host: '127.0.0.1' })
      t.teardown(() => service.close())
      const answer = await fetch(url + path, { headers: authorized(user) })
      t.equal(answer.status, 200, 'the first batch is on its way')
      await t.rejects(answer.text(), 'the client learns that it is not all')
      const faults = () =>
        service.logLines
          .map((line) => JSON.parse(line) as { level: number; msg: string })
          .filter(({ level }) => level >= 40)
      await eventually(() => faults().length > 0)
      const [fault, ...others] = faults()
      t.match(JSON.stringify(fault), /connect|terminated/i, 'the reason')
      t.match(fault, { msg: 'request', status: 503, code: 'database_unavailable' }, 'not a client that left')
      t.same(others, [])
    },
  )

/** Between service and database. After `cut` every connection is closed, and new ones are too. */
async function startProxy(t: Test) {
  const address = new URL(serviceDatabaseUrl())
  const sockets = new Set<Socket>()
  let isCut = false
  const proxy = createServer((socket) => {
    if (isCut) return void socket.destroy()
    const upstream = connect(Number(address.port), address.hostname)
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
    socket.pipe(upstream).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    cut()
    proxy.close()
  })
  const { port } = proxy.address() as { port: number }
  return { url: Object.assign(new URL(serviceDatabaseUrl()), { port: String(port) }).href, cut }
}
