import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createTask, createUser, signToken, startApp } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'

const times = <T>(count: number, use: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => use(index)))

t.test('fifty toggles at once end where they began, fifty-one do not', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  for (const count of [50, 51]) {
    const { id } = await createTask(app, user)
    const answers = await times(count, () => app.call('PATCH', `/api/tasks/${id}/complete`, { user }))
    t.ok(answers.every(({ status }) => status === 200))
    t.equal(new Set(answers.map(({ body }) => body.updated_at)).size, count, 'each is a change of its own')
    const done = answers.filter(({ body }) => body.completed).length
    t.equal(done, Math.ceil(count / 2), 'half of them completed it')
    t.equal((await app.call('GET', `/api/tasks/${id}`, { user })).body.completed, count % 2 === 1)
  }
})

t.test('changes of different fields at once are all kept', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  for (let round = 0; round < 10; round += 1) {
    const { id } = await createTask(app, user)
    const changes = [
      { title: 'new' },
      { description: 'new' },
      { due_date: '2026-12-01' },
      { completed: true },
    ]
    await times(4, (index) => app.call('PATCH', `/api/tasks/${id}`, { user, body: changes[index]! }))
    const { body } = await app.call('GET', `/api/tasks/${id}`, { user })
    t.match(body, { title: 'new', description: 'new', due_date: '2026-12-01', completed: true })
  }
})

t.test('of many who delete a task at once, one does', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  const { id } = await createTask(app, user)
  const answers = await times(20, () => app.call('DELETE', `/api/tasks/${id}`, { user }))
  t.equal(answers.filter(({ status }) => status === 204).length, 1)
  t.equal(answers.filter(({ status }) => status === 404).length, 19)
})

t.test('toggling and deleting at once never brings a task back', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  for (let round = 0; round < 10; round += 1) {
    const { id } = await createTask(app, user)
    const answers = await times(10, (index) =>
      app.call(index === 5 ? 'DELETE' : 'PATCH', `/api/tasks/${id}${index === 5 ? '' : '/complete'}`, {
        user,
      }),
    )
    t.ok(answers.every(({ status }) => [200, 204, 404].includes(status)))
    t.equal((await app.call('GET', `/api/tasks/${id}`, { user })).status, 404)
  }
})

t.test('fifty first calls of one user make one user, through one copy of the service or two', async (t) => {
  const copies = [
    await startApp(t, { DATABASE_POOL_MAX: '20' }),
    await startApp(t, { DATABASE_POOL_MAX: '20' }),
  ]
  for (let round = 0; round < 5; round += 1) {
    const user = await createUser()
    const answers = await times(50, (index) =>
      copies[index % 2]!.call('POST', '/api/tasks', { user, body: { title: String(index) } }),
    )
    t.same([...new Set(answers.map(({ status }) => status))], [201])
    t.equal((await copies[0]!.call('GET', '/api/tasks', { user })).body.length, 50)
    const rows = await query(databaseUrl(), 'SELECT id FROM users WHERE email = $1', [user.email])
    t.same(rows, [{ id: user.id }])
  }
})

t.test('many users with one e-mail address come at once, and each of them is served', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const email = `${randomUUID()}@example.com`
  const answers = await times(20, async () =>
    app.call('GET', '/api/me', { token: await signToken({ sub: randomUUID(), email }) }),
  )
  t.ok(answers.every(({ status, body }) => status === 200 && body.email === email))
})

t.test('tokens of one user with different names at once leave the newest one', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  for (let round = 0; round < 5; round += 1) {
    const id = randomUUID()
    const now = Math.floor(Date.now() / 1000)
    await times(20, async (index) =>
      app.call('GET', '/api/tasks', {
        token: await signToken({ sub: id, iat: now - index, name: `Name ${index}` }),
      }),
    )
    const { body } = await app.call('GET', '/api/me', { token: await signToken({ sub: id, iat: now - 100 }) })
    t.equal(body.name, 'Name 0')
  }
})

t.test('a user who is deleted again and again while tasks are created causes no error of ours', async (t) => {
  const copies = [
    await startApp(t, { DATABASE_POOL_MAX: '8' }),
    await startApp(t, { DATABASE_POOL_MAX: '8' }),
  ]
  const user = await createUser()
  const answers = await times(200, (index) =>
    index % 20 === 0
      ? copies[(index / 20) % 2]!.call('DELETE', '/api/me', { user })
      : copies[index % 2]!.call('POST', '/api/tasks', { user, body: { title: String(index) } }),
  )
  const allowed = (status: number, code?: string) =>
    [201, 204].includes(status) || code === 'user_being_deleted'
  t.same(
    answers
      .filter(({ status, body }) => !allowed(status, body?.code))
      .map(({ status, text }) => [status, text]),
    [],
  )
  t.ok(answers.filter(({ status }) => status === 201).length > 100)
})

t.test('tasks that are created while their user is deleted go with the user or come after', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  for (let round = 0; round < 5; round += 1) {
    const user = await createUser()
    await createTask(app, user)
    const answers = await times(20, (index) =>
      index === 10
        ? app.call('DELETE', '/api/me', { user })
        : app.call('POST', '/api/tasks', { user, body: { title: 'x' } }),
    )
    t.ok(answers.every(({ status }) => status === 201 || status === 204))
    const { body } = await app.call('GET', '/api/tasks', { user })
    t.ok(body.length <= 19, `${body.length} of 19 tasks came after`)
  }
})
