import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createTask, createUser, signToken, startApp } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'

t.test('the first call creates the user as the token describes them', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const { body } = await call('GET', '/api/me', { user })
  t.match(body, { id: user.id, email: user.email, name: 'Test User', created_at: /^\d{4}-.*Z$/ })
  t.same((await call('GET', '/api/auth/me', { user })).body, {
    user_id: user.id,
    email: user.email,
    name: 'Test User',
    is_authenticated: true,
  })
})

t.test('e-mail and name may be absent, and several users may have none', async (t) => {
  const { call } = await startApp(t)
  for (const claims of [
    {},
    { email: '', name: '' },
    { email: 5, name: {} },
    { email: 'x'.repeat(321), name: 'x'.repeat(256) },
    { email: 'a\u0000b', name: '\ud800' },
  ]) {
    const id = randomUUID()
    const { status, body } = await call('GET', '/api/me', { token: await signToken({ sub: id, ...claims }) })
    t.equal(status, 200)
    t.match(body, { id, email: null, name: null })
  }
})

t.test('a later token updates what it says, and leaves what it does not say', async (t) => {
  const { call } = await startApp(t)
  const { id, email, token } = await createUser()
  const me = async (token: string) => (await call('GET', '/api/me', { token })).body
  const first = await me(token)
  const later = `${randomUUID()}@example.com`
  t.same(await me(await signToken({ sub: id, email: later, name: 'New Name' })), {
    ...first,
    email: later,
    name: 'New Name',
  })
  t.same(await me(await signToken({ sub: id })), { ...first, email: later, name: 'New Name' })
  t.same(await me(await signToken({ sub: id, email })), { ...first, email, name: 'New Name' })
})

t.test('an e-mail address that belongs to another user is a 409, and nobody changes', async (t) => {
  const { call } = await startApp(t)
  const alice = await createUser()
  await call('GET', '/api/me', { user: alice })
  const other = randomUUID()
  const token = await signToken({ sub: other, email: alice.email, name: 'Other' })
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const answer = await call('POST', '/api/tasks', { token, body: { title: 'x' } })
    t.match(answer, { status: 409, body: { code: 'email_taken', detail: /belongs to another user/ } })
  }
  t.same(await query(databaseUrl(), 'SELECT id FROM users WHERE id = $1', [other]), [])
  t.equal((await call('GET', '/api/me', { user: alice })).body.email, alice.email)

  const bob = await createUser()
  await call('GET', '/api/me', { user: bob })
  const taken = await signToken({ sub: bob.id, email: alice.email, name: 'Changed' })
  t.equal((await call('GET', '/api/me', { token: taken })).status, 409)
  t.match((await call('GET', '/api/me', { user: bob })).body, { email: bob.email, name: 'Test User' })
})

t.test('a request that is refused creates nobody', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  t.equal((await call('POST', '/api/tasks', { user, body: { title: 5 } })).status, 400)
  t.equal((await call('POST', '/api/tasks', { user, body: '{' })).status, 400)
  t.equal((await call('GET', '/api/somebody/tasks', { user })).status, 403)
  t.equal((await call('GET', '/api/nothing', { user })).status, 404)
  t.equal((await call('PUT', '/api/me', { user })).status, 405)
  t.same(await query(databaseUrl(), 'SELECT id FROM users WHERE id = $1', [user.id]), [])
})

t.test('a user who is known costs no query', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const before = app.statements.length
  await app.call('GET', `/api/tasks/${id}`, { user })
  t.equal(app.statements.length, before + 1)
})

t.test('deleting oneself takes all tasks along, and the next call starts afresh', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const first = (await app.call('GET', '/api/me', { user })).body
  const { id } = await createTask(app, user)
  t.equal((await app.call('DELETE', '/api/me', { user })).status, 204)
  t.same(await query(databaseUrl(), 'SELECT id FROM tasks WHERE id = $1', [id]), [])
  t.same((await app.call('GET', '/api/tasks', { user })).body, [])
  const again = (await app.call('GET', '/api/me', { user })).body
  t.ok(again.created_at > first.created_at)
  t.equal((await app.call('DELETE', '/api/me', { user })).status, 204)
  t.equal((await app.call('DELETE', '/api/me', { user })).status, 204, 'and again')
})

t.test('a user whom another copy of the service deleted is made again without an error', async (t) => {
  const [here, there] = [await startApp(t), await startApp(t)]
  const user = await createUser()
  await createTask(here, user)
  await there.call('DELETE', '/api/me', { user })
  t.equal((await here.call('POST', '/api/tasks', { user, body: { title: 'again' } })).status, 201)
  await there.call('DELETE', '/api/me', { user })
  t.match(await here.call('GET', '/api/me', { user }), {
    status: 200,
    body: { id: user.id, email: user.email },
  })
  await there.call('DELETE', '/api/me', { user })
  t.same((await here.call('GET', '/api/tasks', { user })).body, [])
  t.equal((await here.call('GET', '/api/auth/me', { user })).status, 200)
})
