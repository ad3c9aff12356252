import t from 'tap'
import { createTask, createUser, resolveUrl, startApp } from './helpers/app.ts'

t.test('a task can be created, read, changed, completed and deleted', async (t) => {
  const app = await startApp(t)
  const { call } = app
  const user = await createUser()

  const created = await call('POST', '/api/tasks', { user, body: { title: 'Water the plants' } })
  t.equal(created.status, 201)
  t.match(created.body, {
    user_id: user.id,
    title: 'Water the plants',
    description: null,
    completed: false,
    due_date: null,
  })
  t.match(created.body.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.equal(created.body.updated_at, created.body.created_at)
  const url = resolveUrl(created.headers.location!, '/api/tasks')
  t.equal(url, `/api/tasks/${created.body.id}`)

  t.same((await call('GET', url, { user })).body, created.body)
  t.same((await call('GET', '/api/tasks', { user })).body, [created.body])

  const changed = await call('PUT', url, {
    user,
    body: { title: 'Water the fern', description: 'A little.' },
  })
  t.equal(changed.status, 200)
  t.match(changed.body, { title: 'Water the fern', description: 'A little.', completed: false })
  t.ok(changed.body.updated_at > created.body.updated_at)

  const toggled = await call('PATCH', `${url}/complete`, { user })
  t.match(toggled.body, { completed: true, title: 'Water the fern' })

  const deleted = await call('DELETE', url, { user })
  t.equal(deleted.status, 204)
  t.equal(deleted.text, '')
  t.equal((await call('GET', url, { user })).status, 404)
  t.equal((await call('DELETE', url, { user })).status, 404)
})

t.test('creating accepts every field and ignores unknown ones', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const body = {
    title: 'T',
    description: 'D',
    completed: true,
    due_date: '2026-12-01',
    id: 2_000_000_000,
    user_id: 'x',
    priority: 'high',
    tags: ['home'],
    category: 'x',
  }
  const { status, body: task } = await call('POST', '/api/tasks', { user, body })
  t.equal(status, 201)
  t.match(task, { user_id: user.id, title: 'T', description: 'D', completed: true, due_date: '2026-12-01' })
  t.match(task, { priority: 'high', tags: ['home'] })
  t.not(task.id, 2_000_000_000)
  t.notOk('category' in task)
})

t.test('a whole task that is sent back changes nothing', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user, {
    title: 'T',
    description: 'D',
    due_date: '2026-12-01T15:00:00+01:00',
  })
  for (const method of ['PUT', 'PATCH']) {
    t.same((await app.call(method, `/api/tasks/${task.id}`, { user, body: task })).body, task)
    t.same((await app.call(method, `/api/tasks/${task.id}`, { user, body: {} })).body, task)
    t.same((await app.call(method, `/api/tasks/${task.id}`, { user, body: { unknown: 1 } })).body, task)
  }
})

t.test('fields that are not sent stay as they are, and null clears a field', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user, {
    title: 'T',
    description: 'D',
    due_date: '2026-12-01',
    completed: true,
  })
  const change = async (body: object) => (await app.call('PATCH', `/api/tasks/${id}`, { user, body })).body
  t.match(await change({ title: 'U' }), {
    title: 'U',
    description: 'D',
    due_date: '2026-12-01',
    completed: true,
  })
  t.match(await change({ description: null }), { title: 'U', description: null, due_date: '2026-12-01' })
  t.match(await change({ due_date: null }), { title: 'U', due_date: null, completed: true })
  t.match(await change({ completed: false }), { title: 'U', completed: false })
  t.match(await change({ due_date: '2026-12-02T10:00:00Z' }), { due_date: '2026-12-02T10:00:00.000Z' })
  t.match(await change({ description: '' }), { description: '' })
})

t.test('updated_at grows with every change of a value, and stays the same otherwise', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  let task = await createTask(app, user)
  const url = `/api/tasks/${task.id}`
  for (let round = 0; round < 10; round += 1) {
    const { body: flipped } = await app.call('PATCH', `${url}/complete`, { user })
    t.ok(flipped.updated_at > task.updated_at, 'even within one millisecond')
    const { body: renamed } = await app.call('PUT', url, { user, body: { title: `Round ${round}` } })
    t.ok(renamed.updated_at > flipped.updated_at)
    const same = { title: `Round ${round}`, completed: renamed.completed, due_date: null, description: null }
    t.equal((await app.call('PUT', url, { user, body: same })).body.updated_at, renamed.updated_at)
    task = renamed
  }
})

t.test('completing with a body sets the state, so a retry is harmless', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const complete = async (body?: object) =>
    (await app.call('PATCH', `/api/tasks/${id}/complete`, { user, body })).body
  const first = await complete({ completed: true })
  t.equal(first.completed, true)
  t.same(await complete({ completed: true }), first)
  t.equal((await complete({ completed: false })).completed, false)
  t.equal((await complete({})).completed, true, 'an empty object flips')
  t.equal((await complete()).completed, false, 'no body flips')
})

t.test('a Content-Type of JSON without a body is accepted', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const headers = { 'content-type': 'application/json' }
  t.equal((await app.call('PATCH', `/api/tasks/${id}/complete`, { user, headers })).body.completed, true)
  t.equal(
    (await app.call('PATCH', `/api/tasks/${id}/complete`, { user, headers, body: '' })).body.completed,
    false,
  )
  t.equal((await app.call('GET', '/api/tasks', { user, headers })).status, 200)
  t.match(await app.call('POST', '/api/tasks', { user, headers }), {
    status: 400,
    body: { code: 'validation_failed' },
  })
  t.equal((await app.call('DELETE', `/api/tasks/${id}`, { user, headers, body: '' })).status, 204)
})

t.test('any other Content-Type without a body is accepted, too', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const type of ['application/x-www-form-urlencoded', 'text/plain;charset=UTF-8', 'application/xml']) {
    const { id } = await createTask(app, user)
    const send = (method: string, path: string, body = '') =>
      app.call(method, `/api/tasks/${id}${path}`, { user, body, headers: { 'content-type': type } })
    t.match(await send('PATCH', '/complete'), { status: 200, body: { completed: true } }, type)
    t.equal((await send('DELETE', '')).status, 204, type)
    t.equal((await send('POST', '/restore', ' ')).status, 415, type)
    t.equal((await send('POST', '/restore')).status, 200, type)
    t.match(await send('PATCH', ''), { status: 400, body: { detail: 'The body must be an object.' } }, type)
  }
})

t.test('both paths of the tasks give the same answers, with and without a trailing slash', async (t) => {
  const app = await startApp(t)
  const user = await createUser('user with / and ü')
  const mount = `/api/${encodeURIComponent(user.id)}/tasks`
  const created = await app.call('POST', `${mount}/`, { user, body: { title: 'T' } })
  t.equal(created.status, 201)
  const url = resolveUrl(created.headers.location!, `${mount}/`)
  t.equal(url, `${mount}/${created.body.id}`)
  for (const base of ['/api/tasks', mount]) {
    t.same((await app.call('GET', `${base}/`, { user })).body, [created.body])
    t.same((await app.call('GET', `${base}/${created.body.id}/`, { user })).body, created.body)
    t.equal((await app.call('GET', `${base}/summary/`, { user })).body.total, 1)
    t.equal((await app.call('PATCH', `${base}/${created.body.id}/complete/`, { user })).status, 200)
    created.body = (await app.call('GET', url, { user })).body
  }
})

t.test('HEAD answers like GET, without the body', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  for (const url of ['/api/tasks', `/api/tasks/${id}`, '/api/tasks/summary', '/api/me', '/health', '/']) {
    const head = await app.app.inject({
      method: 'HEAD',
      url,
      headers: { authorization: `Bearer ${user.token}` },
    })
    t.equal(head.statusCode, 200, url)
    t.equal(head.payload, '', url)
  }
})

t.test('answers without an ETag are not cached', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  for (const [url, as] of [
    ['/api/tasks', user],
    ['/api/tasks/1', user],
    ['/api/nothing', user],
    ['/api/tasks', undefined],
  ] as const) {
    t.equal((await call('GET', url, { user: as })).headers['cache-control'], 'no-store')
  }
})

t.test('the summary counts all, pending, completed and overdue tasks', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const summary = async () => (await app.call('GET', '/api/tasks/summary', { user })).body
  t.same(await summary(), {
    total: 0,
    pending: 0,
    completed: 0,
    overdue: 0,
    message: '0 tasks pending, 0 overdue',
  })
  await createTask(app, user, { title: 'a', due_date: '2020-01-01' })
  t.equal((await summary()).message, '1 task pending, 1 overdue')
  await createTask(app, user, { title: 'b', due_date: '2020-01-01', completed: true })
  await createTask(app, user, { title: 'c', due_date: '9999-12-31' })
  t.same(await summary(), {
    total: 3,
    pending: 2,
    completed: 1,
    overdue: 1,
    message: '2 tasks pending, 1 overdue',
  })
})
