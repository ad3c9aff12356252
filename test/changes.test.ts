import fc from 'fast-check'
import t from 'tap'
import { decodeCursor, encodeCursor, type Walk } from '../src/tasks/changes/cursor.ts'
import { readChanges } from '../src/tasks/changes/statements.ts'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { createReader } from './helpers/changes.ts'
import { databaseUrl, query, transaction } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { startPostgres } from './helpers/postgres.ts'

const readerOf = ({ app }: TestApp, user: TestUser) => createReader(app, user.token)
const list = async ({ call }: TestApp, user: TestUser) =>
  (await call('GET', '/api/tasks?sort=created', { user })).body
const byId = (tasks: { id: number }[]) => [...tasks].sort((one, other) => one.id - other.id)

t.test('a walk without a cursor gives a complete copy, however small its pages are', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (let count = 0; count < 7; count += 1)
    await createTask(app, user, { title: `Quotes " and \\ ${count}`, due_date: '2026-12-01' })
  for (const limit of [1, 2, 3, 7, 8, 500]) {
    const reader = readerOf(app, user)
    await reader.walk(() => limit)
    t.same(reader.tasks, byId(await list(app, user)), String(limit))
    t.equal(reader.pages, Math.ceil(7 / limit), 'no page is empty')
  }
})

t.test('a walk of a user without tasks is empty', async (t) => {
  const app = await startApp(t)
  const { body } = await app.call('GET', '/api/tasks/changes', { user: await createUser() })
  t.match(body, { tasks: [], deleted: [], has_more: false, cursor: /^[\w-]+$/ })
})

t.test('each kind of change is returned once, with the current task', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const reader = readerOf(app, user)
  await reader.walk()
  const url = `/api/tasks/${task.id}`
  const seen = async (change: () => Promise<unknown>) => {
    await change()
    const [page, ...more] = await reader.walk()
    t.same(more, [])
    t.same(
      (await reader.walk()).map(({ tasks, deleted }) => [tasks, deleted]),
      [[[], []]],
      'only once',
    )
    return page!
  }
  for (const [method, path, body] of [
    ['PUT', url, { title: 'changed' }],
    ['PATCH', url, { description: 'changed' }],
    ['PATCH', `${url}/complete`],
  ] as const) {
    const { tasks, deleted } = await seen(() => app.call(method, path, { user, body }))
    t.same(tasks, [(await app.call('GET', url, { user })).body], method)
    t.same(deleted, [])
  }
  const { tasks: created } = await seen(() => createTask(app, user, { title: 'new' }))
  t.match(created, [{ title: 'new' }])
  const gone = await seen(() => app.call('DELETE', url, { user }))
  t.same([gone.tasks, gone.deleted], [[], [task.id]])
  const back = await seen(() => app.call('POST', `${url}/restore`, { user }))
  t.same([back.tasks.map(({ id }) => id), back.deleted], [[task.id], []])
  const cleared = await seen(() => app.call('DELETE', '/api/tasks?status=completed', { user }))
  t.same([cleared.tasks, cleared.deleted], [[], [task.id]])
  for (const path of [`/api/tasks/trash/${task.id}`, '/api/tasks/trash']) {
    const { tasks, deleted } = await seen(() => app.call('DELETE', path, { user }))
    t.same([tasks, deleted], [[], []], 'it was deleted before')
  }
})

t.test('a task that is deleted, restored and deleted again is a deleted task', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const reader = readerOf(app, user)
  await reader.walk()
  for (const [method, path] of [
    ['DELETE', ''],
    ['POST', '/restore'],
    ['DELETE', ''],
    ['POST', '/restore'],
  ] as const)
    await app.call(method, `/api/tasks/${id}${path}`, { user })
  const [page] = await reader.walk()
  t.same([page!.tasks.map((task) => task.id), page!.deleted], [[id], []])
  await app.call('DELETE', `/api/tasks/${id}`, { user })
  t.same((await reader.walk())[0]!.deleted, [id])
  t.same(reader.tasks, [])
})

t.test('a deletion is returned once, also after the task has left the trash', async (t) => {
  for (const leave of [
    (_app: TestApp, _user: TestUser, id: number) =>
      query(databaseUrl(), 'DELETE FROM deleted_tasks WHERE id = $1', [id]),
    ({ call }: TestApp, user: TestUser, id: number) => call('DELETE', `/api/tasks/trash/${id}`, { user }),
    ({ call }: TestApp, user: TestUser) => call('DELETE', '/api/tasks/trash', { user }),
  ]) {
    const app = await startApp(t)
    const user = await createUser()
    const { id } = await createTask(app, user)
    const [early, late] = [readerOf(app, user), readerOf(app, user)]
    await Promise.all([early.walk(), late.walk()])
    await app.call('DELETE', `/api/tasks/${id}`, { user })
    t.same((await early.walk())[0]!.deleted, [id])
    await leave(app, user, id)
    t.same((await early.walk())[0]!.deleted, [])
    t.same((await late.walk())[0]!.deleted, [id])
  }
})

t.test('without a trash, permanent deletions are in the feed', async (t) => {
  const app = await startApp(t, { TRASH_DAYS: '0' })
  const user = await createUser()
  const [one, other] = [
    await createTask(app, user),
    await createTask(app, user, { title: 'x', completed: true }),
  ]
  const reader = readerOf(app, user)
  await reader.walk()
  await app.call('DELETE', `/api/tasks/${one.id}`, { user })
  await app.call('DELETE', '/api/tasks?status=completed', { user })
  t.same((await reader.walk())[0]!.deleted, [one.id, other.id])
})

t.test('changes by psql, Studio or another version of the service are in the feed', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const [one, other] = [await createTask(app, user), await createTask(app, user)]
  const reader = readerOf(app, user)
  await reader.walk()
  await query(databaseUrl(), "UPDATE tasks SET title = 'by hand' WHERE id = $1", [one.id])
  await query(databaseUrl(), 'DELETE FROM tasks WHERE id = $1', [other.id])
  const [page] = await reader.walk()
  t.match(page, { tasks: [{ id: one.id, title: 'by hand' }], deleted: [other.id] })
  t.same(reader.tasks, byId(await list(app, user)))
})

t.test('changes that commit late and out of order are not missed', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const insert = 'INSERT INTO tasks (user_id, title) VALUES ($1, $2)'
  const [early, late] = [await transaction(t, databaseUrl()), await transaction(t, databaseUrl())]
  await early.query(insert, [user.id, 'began first'])
  await late.query(insert, [user.id, 'began second'])
  await late.query('UPDATE tasks SET description = $2 WHERE id = $1', [task.id, 'began second'])
  const reader = readerOf(app, user)
  await reader.walk()
  t.equal(reader.tasks.length, 1)
  await late.query('COMMIT')
  await createTask(app, user, { title: 'after both' })
  t.same((await reader.walk())[0]!.tasks.length, 3)
  await early.query('COMMIT')
  t.same(
    (await reader.walk())[0]!.tasks.map(({ title }) => title),
    ['began first'],
  )
  t.same(reader.tasks, byId(await list(app, user)))
})

t.test('a long transaction of another user delays no change and repeats none', async (t) => {
  const app = await startApp(t)
  const [user, other] = [await createUser(), await createUser()]
  const { id } = await createTask(app, other)
  const long = await transaction(t, databaseUrl())
  await long.query('UPDATE tasks SET title = title WHERE id = $1', [id])
  const reader = readerOf(app, user)
  for (let count = 0; count < 5; count += 1) {
    await createTask(app, user, { title: String(count) })
    const [page] = await reader.walk()
    t.same(
      page!.tasks.map(({ title }) => title),
      [String(count)],
    )
  }
  await long.query('COMMIT')
  t.same((await reader.walk())[0]!.tasks, [])
})

t.test('a change that is rolled back is not in the feed', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const reader = readerOf(app, user)
  const other = await transaction(t, databaseUrl())
  await other.query('DELETE FROM tasks WHERE id = $1', [id])
  await reader.walk()
  await other.query('ROLLBACK')
  t.same(
    (await reader.walk()).map(({ tasks, deleted }) => [tasks, deleted]),
    [[[], []]],
  )
  t.equal(reader.tasks.length, 1)
})

t.test('a change during a walk is returned by the next walk, so every walk ends', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const tasks = []
  for (let count = 0; count < 6; count += 1) tasks.push(await createTask(app, user, { title: String(count) }))
  const reader = readerOf(app, user)
  await reader.page(2)
  for (const { id } of tasks)
    await app.call('PATCH', `/api/tasks/${id}`, { user, body: { description: 'x' } })
  await app.call('DELETE', `/api/tasks/${tasks[0]!.id}`, { user })
  let pages = 1
  while ((await reader.page(2)).has_more) pages += 1
  t.ok(pages <= 3, 'the changes do not make the walk longer')
  await reader.walk()
  t.same(reader.tasks, byId(await list(app, user)))
})

t.test('an invalid limit or cursor is a 400', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const ask = (search: string) => app.call('GET', `/api/tasks/changes?${search}`, { user })
  for (const limit of ['0', '501', '-1', 'x', '1.5'])
    t.match(await ask(`limit=${limit}`), { status: 400, body: { errors: [{ path: '/limit' }] } })
  const { cursor } = (await ask('')).body
  const text = Buffer.from(cursor, 'base64url').toString()
  const forged = [
    '',
    '1',
    '1 x - - 0 0',
    text.replace('1 ', '2 '),
    `${text} `,
    text.replace(' - ', ' 0.0.0 '),
  ]
  for (const other of [
    `${cursor}A`,
    'x',
    '*',
    'W10',
    ...forged.slice(1).map((one) => Buffer.from(one).toString('base64url')),
  ])
    t.match(await ask(`cursor=${other}`), { status: 400, body: { errors: [{ path: '/cursor' }] } }, other)
  t.equal((await ask(`cursor=${cursor}`)).status, 200)
})

t.test('an invented cursor is never a 500', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const identity = decodeCursor((await app.call('GET', '/api/tasks/changes', { user })).body.cursor)!.identity
  const number = fc.oneof(fc.bigInt({ min: 0n, max: 2000n }), fc.bigInt({ min: 0n, max: 2n ** 64n }))
  const snapshot = fc
    .array(number, { maxLength: 6 })
    .map((all) => all.map((one) => one.toString(36)).join('.'))
  const parts = fc.tuple(
    fc.oneof(snapshot, fc.constant('-')),
    fc.oneof(snapshot, fc.constant('-')),
    number,
    number,
  )
  const cursors = parts.map(
    ([from, to, xid, id]) =>
      `1 ${identity} ${from || '0'} ${to || '0'} ${xid.toString(36)} ${id.toString(36)}`,
  )
  await fc.assert(
    fc.asyncProperty(cursors, async (text) => {
      const cursor = Buffer.from(text).toString('base64url')
      const { status } = await app.call('GET', `/api/tasks/changes?cursor=${cursor}`, { user })
      return [200, 400, 410].includes(status)
    }),
    { numRuns: 300 },
  )
})

t.test("another user's cursor shows nothing and is a 410", async (t) => {
  const app = await startApp(t)
  const [alice, mallory] = [await createUser(), await createUser()]
  await createTask(app, alice, { title: 'secret' })
  const { cursor } = (await app.call('GET', '/api/tasks/changes', { user: alice })).body
  await createTask(app, alice, { title: 'secret, too' })
  const answer = await app.call('GET', `/api/tasks/changes?cursor=${cursor}`, { user: mallory })
  t.match(answer, { status: 410, body: { code: 'cursor_expired' } })
  t.notOk(answer.text.includes('secret'))
  t.notOk(Buffer.from(cursor, 'base64url').toString().includes('secret'))
  t.same((await app.call('GET', '/api/tasks/changes', { user: mallory })).body.tasks, [])
})

t.test('after the account was deleted and created again, an old cursor is a 410', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createTask(app, user)
  const { cursor } = (await app.call('GET', '/api/tasks/changes', { user })).body
  t.equal((await app.call('DELETE', '/api/me', { user })).status, 204)
  t.equal((await app.call('GET', `/api/tasks/changes?cursor=${cursor}`, { user })).status, 410)
  t.same((await app.call('GET', '/api/tasks/changes', { user })).body.tasks, [])
  const rows = 'SELECT FROM deleted_task_ids WHERE user_id = $1'
  t.same(await query(databaseUrl(), rows, [user.id]), [], 'nothing of the account is left')
})

t.test('ids of deleted tasks are kept for longer than a cursor is valid, and then purged', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const ids: number[] = []
  for (const days of [89, 90.5, 92]) {
    // The trash keeps 30 days by default: by then the purge of the trash has left only the id.
    const { id } = await createTask(app, user)
    await app.call('DELETE', `/api/tasks/${id}`, { user })
    await app.call('DELETE', `/api/tasks/trash/${id}`, { user })
    const age = `UPDATE deleted_task_ids SET deleted_at = now() - $2::float8 * interval '1 day' WHERE id = $1`
    await query(databaseUrl(), age, [id, days])
    ids.push(id)
  }
  const purge = { text: 'SELECT purge_deleted_task_ids(1000)', values: [] } as never
  await eventually(async () => Number((await app.database.prisma.$queryJson('', purge))[0]) === 0)
  const left = await query<{ id: string }>(
    databaseUrl(),
    'SELECT id FROM deleted_task_ids WHERE user_id = $1 ORDER BY id',
    [user.id],
  )
  t.same(
    left.map(({ id }) => Number(id)),
    ids.slice(0, 2),
  )

  const { cursor } = (await app.call('GET', '/api/tasks/changes', { user })).body
  const aged = (days: number) => {
    const walk = decodeCursor(cursor)!
    const from = { ...walk.from!, at: walk.from!.at - Math.round(days * 24 * 3600) }
    return encodeCursor({ ...walk, from })
  }
  const ask = (days: number) => app.call('GET', `/api/tasks/changes?cursor=${aged(days)}`, { user })
  t.equal((await ask(89.9)).status, 200)
  t.match(await ask(90.1), { status: 410, body: { code: 'cursor_expired' } })
})

t.test(
  'a cursor survives a crash of the server; one of a later moment or another database is a 410',
  async (t) => {
    const server = await startPostgres(t)
    const app = await startApp(t, { DATABASE_URL: server.serviceUrl })
    const user = await createUser()
    const task = await createTask(app, user)
    const reader = readerOf(app, user)
    await reader.walk()
    await app.call('PATCH', `/api/tasks/${task.id}`, { user, body: { title: 'before the crash' } })
    await server.end('SIGKILL')
    server.start()
    await eventually(async () => (await app.app.inject('/ready')).statusCode === 200)
    await createTask(app, user, { title: 'after the crash' })
    t.same(
      (await reader.walk()).flatMap(({ tasks }) => tasks.map(({ title }) => title)),
      ['before the crash', 'after the crash'],
    )

    const walk = decodeCursor(reader.cursor!)!
    const later = encodeCursor({ ...walk, from: { ...walk.from!, xmax: walk.from!.xmax + 1000n } })
    t.equal((await app.call('GET', `/api/tasks/changes?cursor=${later}`, { user })).status, 410)
    await query(server.url, 'TRUNCATE deleted_task_ids, deleted_tasks, tasks')
    t.equal((await app.call('GET', `/api/tasks/changes?cursor=${reader.cursor}`, { user })).status, 410)
  },
)

t.test(
  'after a dump was restored, an old cursor is a 410, and a new walk misses and repeats nothing',
  async (t) => {
    const server = await startPostgres(t)
    const before = await startApp(t, { DATABASE_URL: server.serviceUrl })
    const user = await createUser()
    for (let count = 0; count < 5; count += 1) await createTask(before, user, { title: String(count) })
    const { cursor } = (await before.call('GET', '/api/tasks/changes', { user })).body
    await before.database.close()
    // As a dump leaves them: the old rows in a new database, with transactions that this server has not reached.
    await query(server.url.replace(/tasks$/, 'postgres'), 'CREATE DATABASE restored TEMPLATE tasks')
    const restored = server.url.replace(/tasks$/, 'restored')
    await query(
      restored,
      `SET session_replication_role = replica; UPDATE tasks SET changed_xid = ((4000000000 + id)::text)::xid8`,
    )
    await query(
      restored,
      `INSERT INTO deleted_task_ids (user_id, id, changed_xid) SELECT user_id, 1000000, '4000000000' FROM tasks LIMIT 1`,
    )

    const after = await startApp(t, { DATABASE_URL: server.serviceUrl.replace(/tasks$/, 'restored') })
    t.match(await after.call('GET', `/api/tasks/changes?cursor=${cursor}`, { user }), {
      status: 410,
      body: { code: 'cursor_expired' },
    })
    const reader = readerOf(after, user)
    await reader.walk(() => 2)
    t.same(reader.tasks, byId(await list(after, user)))
    t.equal(reader.tasks.length, 5)
    t.same(
      (await reader.walk()).map(({ tasks, deleted }) => [tasks, deleted]),
      [[[], []]],
    )
    await createTask(after, user, { title: 'new' })
    t.same(
      (await reader.walk()).map(({ tasks }) => tasks.length),
      [1],
    )
  },
)

t.test('a page reads only its own rows, however many tasks there are', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createTask(app, user)
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title) SELECT $1, 'Task ' || n FROM generate_series(1, 20000) AS n`,
    [user.id],
  )
  await query(databaseUrl(), 'ANALYZE tasks')
  // Other tests fill the table at the same time, so the planner's estimates vary. With these off, what is left
  // is what cannot be done otherwise.
  const planned = new URL(databaseUrl())
  planned.searchParams.set('options', '-c enable_sort=off -c enable_bitmapscan=off -c enable_seqscan=off')
  const read = async (walk: Walk) => {
    const { text, values } = readChanges(user.id, walk, 101)
    const rows = await query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      planned.href,
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    )
    return rowsRead(rows[0]!['QUERY PLAN'][0].Plan)
  }
  const first = await app.call('GET', '/api/tasks/changes?limit=500', { user })
  const deep = decodeCursor(first.body.cursor)!
  const empty: Walk = { ...deep, from: deep.to, to: undefined, xid: deep.to!.xmin, id: 0n }
  for (const walk of [{ ...deep, from: undefined, to: undefined, xid: 0n, id: 0n }, deep, empty])
    t.ok((await read(walk)) < 400, 'not the 20 000 of the user')
})

interface Plan {
  'Node Type': string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}
const rowsRead = (plan: Plan): number =>
  (/Scan/.test(plan['Node Type'])
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0) + (plan.Plans ?? []).reduce((sum, child) => sum + rowsRead(child), 0)

t.test('a cursor stays short, however many transactions are running', async (t) => {
  const running = Array.from({ length: 5000 }, (_, index) => 10n ** 12n + BigInt(index * 7))
  const from = { xmin: running[0]!, xmax: 10n ** 12n + 10n ** 6n, running, at: 1_800_000_000 }
  const walk: Walk = { identity: '0123456789abcdef', from, to: from, xid: 5n, id: 7n }
  const cursor = encodeCursor(walk)
  t.ok(cursor.length < 4000, `${cursor.length} characters`)
  const cut = decodeCursor(cursor)!
  t.equal(cut.from!.xmax, running[300], 'it counts all later transactions as not over')
  t.same(cut.from!.running, running.slice(0, 300))
})
