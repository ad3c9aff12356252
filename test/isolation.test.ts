import t from 'tap'
import { createDatabase } from '../src/database/client.ts'
import { Prisma } from '../src/generated/prisma/client.ts'
import { createTask, createUser, startApp, type TestUser } from './helpers/app.ts'
import { isOwned } from './helpers/owned.ts'
import { databaseUrl, query, serviceDatabaseUrl } from './helpers/database.ts'

/** Every call that names one task; `{id}` is where. */
const CALLS: [method: string, path: string, body?: object][] = [
  ['GET', '/tasks/{id}'],
  ['PUT', '/tasks/{id}', { title: 'stolen' }],
  ['PUT', '/tasks/{id}', {}],
  ['PATCH', '/tasks/{id}', { completed: true, description: null, due_date: null }],
  ['DELETE', '/tasks/{id}'],
  ['PATCH', '/tasks/{id}/complete'],
  ['PATCH', '/tasks/{id}/complete', { completed: true }],
  ['PATCH', '/tasks/{id}', { due_date: '2090-01-01', recurrence: { rule: 'FREQ=DAILY' } }],
  ['POST', '/tasks/{id}/skip'],
  ['GET', '/tasks/{id}/occurrences'],
  ['POST', '/tasks/{id}/restore'],
  ['DELETE', '/tasks/trash/{id}'],
]

/** An answer without what differs from call to call. */
const essence = (answer: { status: number; headers: Record<string, unknown>; text: string }) => {
  const { 'x-request-id': _id, date: _date, ...headers } = answer.headers
  return { status: answer.status, headers, text: answer.text.replace(/"request_id":"[^"]+"/, '') }
}

t.test(
  "another user's task gives the same answer as one that does not exist, and does not change",
  async (t) => {
    const app = await startApp(t)
    const [alice, mallory] = [await createUser(), await createUser()]
    const task = await createTask(app, alice, {
      title: 'secret',
      description: 'of Alice',
      due_date: '2026-12-01',
    })
    const gone = await createTask(app, alice, { title: 'secret in the trash' })
    await app.call('DELETE', `/api/tasks/${gone.id}`, { user: alice })
    const trash = await app.call('GET', '/api/tasks/trash', { user: alice })

    for (const mount of ['/api', `/api/${mallory.id}`]) {
      for (const [method, path, body] of CALLS) {
        const on = (id: number) =>
          app.call(method, mount + path.replace('{id}', String(id)), { user: mallory, body })
        const foreign = await on(task.id)
        t.equal(foreign.status, 404, `${method} ${mount}${path}`)
        t.same(essence(foreign), essence(await on(gone.id)), 'as a task that was deleted')
        t.same(essence(foreign), essence(await on(Number.MAX_SAFE_INTEGER)), 'as a task that never was')
      }
    }
    t.same((await app.call('GET', `/api/tasks/${task.id}`, { user: alice })).body, task)
    t.equal((await app.call('GET', '/api/tasks/trash', { user: alice })).text, trash.text)
    t.equal(trash.body.length, 1)
  },
)

t.test('the trash has only the tasks of its user, and emptying or clearing changes no others', async (t) => {
  const app = await startApp(t)
  const [alice, mallory] = [await createUser(), await createUser()]
  const done = await createTask(app, alice, { title: 'done', completed: true })
  const gone = [await createTask(app, alice), await createTask(app, alice)]
  for (const { id } of gone) await app.call('DELETE', `/api/tasks/${id}`, { user: alice })
  const first = await app.call('GET', '/api/tasks/trash?limit=1', { user: alice })
  const cursor = /cursor=([\w-]+)/.exec(first.headers.link!)![1]!

  t.same((await app.call('GET', '/api/tasks/trash', { user: mallory })).body, [])
  t.same((await app.call('GET', `/api/tasks/trash?cursor=${cursor}`, { user: mallory })).body, [])
  t.same((await app.call('DELETE', '/api/tasks/trash', { user: mallory })).body, { deleted: 0 })
  t.same((await app.call('DELETE', '/api/tasks?status=completed', { user: mallory })).body, { deleted: 0 })
  t.equal((await app.call('GET', '/api/tasks/trash', { user: alice })).body.length, 2)
  t.same((await app.call('GET', '/api/tasks', { user: alice })).body, [done])
})

t.test("another user's path is a 403, whatever the rest of the request looks like", async (t) => {
  const app = await startApp(t)
  const [alice, mallory] = [await createUser(), await createUser()]
  const task = await createTask(app, alice)
  const requests: [method: string, path: string, body?: unknown][] = [
    ...CALLS.map(
      ([method, path, body]) =>
        [method, path.replace('{id}', String(task.id)), body] as [string, string, unknown],
    ),
    ['GET', '/tasks'],
    ['GET', '/tasks/'],
    ['GET', '/tasks?limit=abc'],
    ['GET', '/tasks/summary'],
    ['GET', '/tasks/summary?time_zone=nowhere'],
    ['POST', '/tasks', { title: 'planted' }],
    ['POST', '/tasks', { title: 5 }],
    ['POST', '/tasks', '{"title'],
    ['POST', '/tasks', 'x'.repeat(70_000)],
    ['PUT', '/tasks/abc', { title: 'x' }],
    ['GET', '/tasks/99999999999999999999'],
    ['POST', '/tasks/summary'],
    ['POST', '/tasks/1/complete'],
    ['GET', '/tasks/trash'],
    ['GET', '/tasks/trash?limit=abc'],
    ['DELETE', '/tasks/trash'],
    ['DELETE', '/tasks'],
    ['DELETE', '/tasks?status=completed'],
  ]
  const whole = (await app.call('GET', '/api/tasks', { user: alice })).text
  for (const [method, path, body] of requests) {
    for (const owner of [
      alice.id,
      `${mallory.id}%20`,
      mallory.id.toUpperCase(),
      'nobody',
      '%00',
      `${mallory.id}%2f..`,
    ]) {
      const answer = await app.call(method, `/api/${owner}${path}`, { user: mallory, body })
      t.match(answer, { status: 403, body: { code: 'wrong_user' } }, `${method} /api/${owner}${path}`)
    }
  }
  t.equal((await app.call('GET', '/api/tasks', { user: alice })).text, whole)
})

t.test('lists, counts, summaries and cursors contain only the tasks of the user', async (t) => {
  const app = await startApp(t)
  const [alice, mallory] = [await createUser(), await createUser()]
  for (const title of ['a', 'b', 'c']) await createTask(app, alice, { title, due_date: '2020-01-01' })
  const page = await app.call('GET', '/api/tasks?limit=2', { user: alice })
  const cursor = /cursor=([\w-]+)/.exec(page.headers.link!)![1]!

  t.same((await app.call('GET', '/api/tasks', { user: mallory })).body, [])
  for (const parameters of [
    'overdue=true',
    'sort=title',
    'sort=due_date',
    'status=pending',
    'limit=200&offset=0',
    `limit=2&cursor=${cursor}`,
  ]) {
    const { body, headers } = await app.call('GET', `/api/tasks?count=true&${parameters}`, { user: mallory })
    t.same(body, [], parameters)
    t.equal(headers['x-total-count'], '0', parameters)
  }
  t.match((await app.call('GET', '/api/tasks/summary', { user: mallory })).body, {
    total: 0,
    pending: 0,
    overdue: 0,
  })
})

t.test('the owner of a new task comes from the token, not from the body', async (t) => {
  const app = await startApp(t)
  const [alice, mallory] = [await createUser(), await createUser()]
  await createTask(app, alice)
  const planted = await createTask(app, mallory, {
    title: 'x',
    user_id: alice.id,
    userId: alice.id,
    owner: alice.id,
  })
  t.match(planted, { user_id: mallory.id })
  await app.call('PATCH', `/api/tasks/${planted.id}`, {
    user: mallory,
    body: { user_id: alice.id, title: 'y' },
  })
  t.equal((await app.call('GET', '/api/tasks', { user: alice })).body.length, 1)
  t.equal((await app.call('GET', `/api/tasks/${planted.id}`, { user: mallory })).body.user_id, mallory.id)
})

t.test('deleting an account changes no other user', async (t) => {
  const app = await startApp(t)
  const [alice, mallory] = [await createUser(), await createUser()]
  const [kept] = [await createTask(app, alice), await createTask(app, mallory)]
  t.equal((await app.call('DELETE', '/api/me', { user: mallory })).status, 204)
  t.same((await app.call('GET', '/api/tasks', { user: alice })).body, [kept])
})

t.test('alternating requests of two users never mix their data', async (t) => {
  const app = await startApp(t)
  const users = await Promise.all(Array.from({ length: 8 }, () => createUser()))
  const check = async (user: TestUser) => {
    const { id } = await createTask(app, user, { title: user.id })
    const { body } = await app.call('GET', `/api/tasks/${id}`, { user })
    t.match(body, { user_id: user.id, title: user.id })
    t.equal((await app.call('GET', '/api/me', { user })).body.email, user.email)
  }
  await Promise.all(users.flatMap((user) => Array.from({ length: 5 }, () => check(user))))
  for (const user of users) {
    const { body } = await app.call<{ user_id: string }[]>('GET', '/api/tasks', { user })
    t.same([...new Set(body.map(({ user_id }) => user_id))], [user.id])
  }
})

t.test('the check of statements finds one that forgets its owner', async (t) => {
  t.notOk(isOwned('SELECT * FROM tasks'))
  t.notOk(isOwned('SELECT id FROM "tasks" WHERE id = $1'))
  t.notOk(isOwned('UPDATE tasks SET completed = true WHERE id = $1'))
  t.notOk(isOwned('DELETE FROM tasks WHERE id = $1 AND title = $2'))
  t.notOk(isOwned('INSERT INTO tasks (title) VALUES ($1)'))
  t.notOk(isOwned('SELECT * FROM deleted_tasks'))
  t.notOk(isOwned('DELETE FROM "public"."deleted_tasks" WHERE ("public"."deleted_tasks"."id" = $1)'))
  t.ok(isOwned('DELETE FROM "public"."deleted_tasks" WHERE ("public"."deleted_tasks"."user_id" = $1)'))
  t.ok(isOwned('SELECT * FROM tasks WHERE user_id = $1 AND id = $2'))
  t.ok(isOwned('DELETE FROM users WHERE id = $1'))
})

t.test('every index of tasks except the primary key begins with the owner', async (t) => {
  const indexes = await query<{ indexdef: string }>(
    databaseUrl(),
    "SELECT indexdef FROM pg_indexes WHERE tablename = 'tasks'",
  )
  const others = indexes.map(({ indexdef }) => indexdef).filter((text) => !text.includes('tasks_pkey'))
  t.ok(others.length > 0)
  for (const text of others) t.match(text, /\(user_id[,)]/)
})

t.test('a query that forgets its owner reads, changes and deletes no data of other users', async (t) => {
  const app = await startApp(t)
  const [alice, bob] = [await createUser(), await createUser()]
  const mine = await createTask(app, alice, { title: 'mine' })
  const theirs = await createTask(app, bob, { title: 'theirs' })
  const { prisma, close } = createDatabase(app.config.database)
  t.teardown(close)
  const asAlice = (statement: Prisma.Sql) => prisma.$queryJson(alice.id, statement)

  t.same(await asAlice(Prisma.sql`SELECT id FROM tasks`), [String(mine.id)])
  t.same(await asAlice(Prisma.sql`SELECT id FROM users`), [alice.id])
  t.same(await asAlice(Prisma.sql`UPDATE tasks SET title = 'x' WHERE id = ${theirs.id} RETURNING id`), [])
  t.same(await asAlice(Prisma.sql`DELETE FROM tasks WHERE id = ${theirs.id} RETURNING id`), [])
  t.same(await asAlice(Prisma.sql`DELETE FROM users WHERE id = ${bob.id} RETURNING id`), [])
  const deleted = await createTask(app, bob)
  await app.call('DELETE', `/api/tasks/${deleted.id}`, { user: bob })
  t.same(await asAlice(Prisma.sql`SELECT id FROM deleted_tasks`), [])
  t.same(await asAlice(Prisma.sql`DELETE FROM deleted_tasks RETURNING id`), [])
  await t.rejects(
    asAlice(Prisma.sql`INSERT INTO tasks (user_id, title) VALUES (${bob.id}, 'planted')`),
    /row-level security/,
  )
  await t.rejects(
    asAlice(Prisma.sql`UPDATE tasks SET user_id = ${bob.id} WHERE id = ${mine.id}`),
    /row-level security/,
  )
  const { body } = await app.call<{ title: string }[]>('GET', '/api/tasks', { user: bob })
  t.same(
    body.map(({ title }) => title),
    ['theirs'],
  )
})

t.test('the owner of a statement is reset before the next statement on the same connection', async (t) => {
  const { config } = await startApp(t)
  const { prisma, connections, close } = createDatabase({ ...config.database, poolMax: 2, isPipelined: true })
  t.teardown(close)
  const setting = Prisma.sql`SELECT current_setting('app.user_id', true)`
  const users = Array.from({ length: 50 }, (_, number) => `user ${number}`)
  t.same(
    await Promise.all(users.map((user) => prisma.$queryJson(user, setting))),
    users.map((user) => [user]),
  )
  t.equal(connections().total, 1)
  const left = () => prisma.$queryRaw`SELECT current_setting('app.user_id', true) AS left`
  await prisma.$asOwner('somebody', ({ task }) => task.count())
  t.match(await left(), [{ left: '' }], 'nor on the connections of Prisma')
  t.equal(await prisma.user.count(), 0, 'without an owner no user is visible')
})

t.test('the role of the service has only the rights that the service needs', async (t) => {
  const refuses = async (sql: string) => {
    await t.rejects(query(serviceDatabaseUrl(), sql), /permission denied|must be owner|policy/, sql)
  }
  await refuses('CREATE TABLE more ()')
  await refuses('TRUNCATE tasks')
  await refuses('ALTER TABLE tasks DISABLE ROW LEVEL SECURITY')
  await refuses('DROP POLICY tasks_owner ON tasks')
  await refuses('SELECT * FROM _prisma_migrations')
  await refuses("SELECT allow_purge('purge_deleted_tasks(integer, integer)')")
  await refuses("SELECT isolate_by_owner('tasks', 'user_id')")
  await refuses('ALTER FUNCTION purge_deleted_tasks RESET search_path')
  await refuses('CREATE ROLE another')
})
