import { randomUUID } from 'node:crypto'
import pg from 'pg'
import t from 'tap'
import { createTask, createUser, signToken, startApp } from './helpers/app.ts'
import { databaseUrl, query, withMigratedDatabase } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { age, placesOf, type Trashed } from './helpers/trash.ts'

const times = <T>(count: number, use: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => use(index)))

t.test('fifty concurrent toggles end with the original state, fifty-one do not', async (t) => {
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

t.test('concurrent changes of different fields are all kept', async (t) => {
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

t.test('of many concurrent deletions of a task, one succeeds', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  const { id } = await createTask(app, user)
  const answers = await times(20, () => app.call('DELETE', `/api/tasks/${id}`, { user }))
  t.equal(answers.filter(({ status }) => status === 204).length, 1)
  t.equal(answers.filter(({ status }) => status === 404).length, 19)
})

t.test('concurrent toggles and deletions never bring a task back', async (t) => {
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

t.test(
  'fifty concurrent first calls of a user create one user, through one copy of the service or two',
  async (t) => {
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
  },
)

t.test('many users with one e-mail address can be created at the same time', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const email = `${randomUUID()}@example.com`
  const answers = await times(20, async () =>
    app.call('GET', '/api/me', { token: await signToken({ sub: randomUUID(), email }) }),
  )
  t.ok(answers.every(({ status, body }) => status === 200 && body.email === email))
})

t.test('concurrent tokens of one user with different names leave the newest name', async (t) => {
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

t.test('deleting a user repeatedly while tasks are created causes no 500', async (t) => {
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

t.test(
  'a task that is created while its user is deleted is deleted with the user or created afterwards',
  async (t) => {
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
  },
)

t.test('of many concurrent restores of a task, one succeeds', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  const { id } = await createTask(app, user)
  await app.call('DELETE', `/api/tasks/${id}`, { user })
  const answers = await times(20, () => app.call('POST', `/api/tasks/${id}/restore`, { user }))
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 404).length, 19)
  t.same([...(await placesOf([id])).values()], [['tasks']])
})

t.test('concurrent calls on a task and the trash lose no task and duplicate none', async (t) => {
  // Two copies of the service, so that the calls of one user do not take turns.
  const copies = [
    await startApp(t, { DATABASE_POOL_MAX: '20' }),
    await startApp(t, { DATABASE_POOL_MAX: '20' }),
  ]
  const user = await createUser()
  const calls: [method: string, path: (id: number) => string][] = [
    ['DELETE', (id) => `/${id}`],
    ['POST', (id) => `/${id}/restore`],
    ['PATCH', (id) => `/${id}/complete`],
    ['DELETE', () => '?status=completed'],
    ['POST', (id) => `/${id}/restore`],
    ['DELETE', (id) => `/${id}`],
    ['GET', () => '/trash'],
  ]
  for (let round = 0; round < 8; round += 1) {
    const ids = (await times(5, () => createTask(copies[0]!, user))).map(({ id }) => id)
    const answers = await times(105, (index) => {
      const [method, path] = calls[(index + round) % calls.length]!
      return copies[index % 2]!.call(method, `/api/tasks${path(ids[index % 5]!)}`, { user })
    })
    const wrong = answers.filter(({ status }) => ![200, 204, 404].includes(status))
    t.same(
      wrong.map(({ status, text }) => [status, text]),
      [],
      'no deadlock or conflict reaches a client',
    )
    const places = [...(await placesOf(ids)).values()]
    t.ok(
      places.every((found) => found.length === 1),
      JSON.stringify(places),
    )
  }
})

t.test('deletions and restores that succeed alternate', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  const { id } = await createTask(app, user)
  const answers = await times(200, (index) =>
    index % 2 === 0
      ? app.call('DELETE', `/api/tasks/${id}`, { user })
      : app.call('POST', `/api/tasks/${id}/restore`, { user }),
  )
  const deleted = answers.filter(({ status }) => status === 204).length
  const restored = answers.filter(({ status }) => status === 200)
  t.ok(deleted > 0)
  t.equal(deleted - restored.length, (await placesOf([id])).get(id)!.includes('trash') ? 1 : 0)
  t.equal(new Set(restored.map(({ body }) => body.updated_at)).size, restored.length, 'updated_at grows')
})

t.test('with a concurrent purge, a task is restored or permanently deleted, never both', (t) =>
  withMigratedDatabase(async (url) => {
    const app = await startApp(t, { DATABASE_POOL_MAX: '20', DATABASE_URL: url })
    const user = await createUser()
    const ids = (await times(40, () => createTask(app, user))).map(({ id }) => id)
    await times(40, (index) => app.call('DELETE', `/api/tasks/${ids[index]!}`, { user }))
    await age(ids.slice(0, 10), 31, url)
    const restored = new Set<number>()
    await times(60, async (index) => {
      // Another copy, with a shorter TRASH_DAYS, purges what this one still restores.
      if (index % 3 === 0) return void (await query(url, 'SELECT purge_deleted_tasks(0, 1)'))
      const id = ids[Math.floor((index * 2) / 3)]!
      const { status } = await app.call('POST', `/api/tasks/${id}/restore`, { user })
      if (status === 200) restored.add(id)
      else t.equal(status, 404)
    })
    const places = await placesOf(ids, url)
    const purged = ids.filter((id) => places.get(id)!.length === 0).length
    t.ok(purged >= 10 && purged <= 20, `20 purges, ten of them of expired tasks: ${purged} are gone`)
    for (const id of ids)
      t.equal(restored.has(id), places.get(id)!.join() === 'tasks', `${id}: ${places.get(id)!.join()}`)
  }),
)

t.test('tasks that move to or from the trash while their user is deleted are deleted too', async (t) => {
  const copies = [
    await startApp(t, { DATABASE_POOL_MAX: '20' }),
    await startApp(t, { DATABASE_POOL_MAX: '20' }),
  ]
  for (let round = 0; round < 6; round += 1) {
    const user = await createUser()
    const ids = (await times(10, () => createTask(copies[0]!, user))).map(({ id }) => id)
    for (const id of ids.slice(5)) await copies[0]!.call('DELETE', `/api/tasks/${id}`, { user })
    const answers = await times(21, (index) => {
      const app = copies[index % 2]!
      if (index === 10) return app.call('DELETE', '/api/me', { user })
      const id = ids[index % 10]!
      return index % 10 < 5
        ? app.call('DELETE', `/api/tasks/${id}`, { user })
        : app.call('POST', `/api/tasks/${id}/restore`, { user })
    })
    const wrong = answers.filter(({ status }) => ![200, 204, 404].includes(status))
    t.same(
      wrong.map(({ status, text }) => [status, text]),
      [],
    )
    t.same([...(await placesOf(ids)).values()].flat(), [], 'none is left')
    t.same((await copies[0]!.call<Trashed[]>('GET', '/api/tasks/trash', { user })).body, [])
  }
})

t.test('moving a task and deleting its user lock rows in the same order', async (t) => {
  const app = await startApp(t)
  for (const move of ['DELETE one', 'DELETE completed', 'POST restore']) {
    const user = await createUser()
    const { id } = await createTask(app, user, { title: 'x', completed: true })
    if (move === 'POST restore') await app.call('DELETE', `/api/tasks/${id}`, { user })
    const [method, path] = {
      'DELETE one': ['DELETE', `/${id}`] as const,
      'DELETE completed': ['DELETE', '?status=completed'] as const,
      'POST restore': ['POST', `/${id}/restore`] as const,
    }[move]!
    const deletion = new pg.Client(databaseUrl())
    await deletion.connect()
    // In a deadlock this one would be the first to find it.
    await deletion.query(`SET deadlock_timeout = '50ms'`)
    await deletion.query('BEGIN')
    await deletion.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [user.id])
    const moved = app.call(method, `/api/tasks${path}`, { user })
    const isWaiting = async () =>
      (
        await query(
          databaseUrl(),
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND $1 = ANY (pg_blocking_pids(pid))`,
          [(deletion as unknown as { processID: number }).processID],
        )
      ).length > 0
    await eventually(isWaiting)
    await deletion.query('DELETE FROM users WHERE id = $1', [user.id])
    await deletion.query('COMMIT')
    await deletion.end()
    const { status, body } = await moved
    t.match({ status, body }, move === 'DELETE completed' ? { body: { deleted: 0 } } : { status: 404 }, move)
    t.same((await placesOf([id])).get(id), [])
  }
})
