import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createUserRepository } from '../src/users/repository.ts'
import { createTask, createUser, signToken, startApp } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'

t.test('the first call creates the user from the token', async (t) => {
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

t.test('e-mail and name may be missing, also for several users', async (t) => {
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

/** A token that was issued some seconds ago, or will have been. */
const issued = (seconds: number, claims: object) =>
  signToken({ iat: Math.floor(Date.now() / 1000) + seconds, ...claims })

t.test('a newer token updates the claims that it has, and does not change the others', async (t) => {
  const { call } = await startApp(t)
  const id = randomUUID()
  const me = async (token: string) => (await call('GET', '/api/me', { token })).body
  const first = await me(await issued(-100, { sub: id, email: 'first@example.com', name: 'First' }))
  const changed = { ...first, email: 'new@example.com', name: 'New Name' }
  t.same(await me(await issued(-90, { sub: id, email: 'new@example.com', name: 'New Name' })), changed)
  t.same(await me(await issued(-80, { sub: id })), changed)
  const back = { ...changed, email: 'first@example.com' }
  t.same(await me(await issued(-70, { sub: id, email: 'first@example.com' })), back)
})

t.test('an older token changes nothing, whichever copy of the service it reaches', async (t) => {
  const copies = [await startApp(t), await startApp(t)]
  const id = randomUUID()
  const old = await issued(-100, { sub: id, email: 'old@example.com', name: 'Old' })
  const recent = await issued(-50, { sub: id, email: 'recent@example.com', name: 'Recent' })
  for (const { call } of copies)
    t.equal((await call('GET', '/api/me', { token: old })).body.email, 'old@example.com')
  for (const { call } of [...copies, ...copies])
    for (const token of [recent, old])
      t.match((await call('GET', '/api/me', { token })).body, { email: 'recent@example.com', name: 'Recent' })
})

t.test('two valid tokens of one user do not rewrite the row at each call', async (t) => {
  const app = await startApp(t)
  const id = randomUUID()
  const tokens = [
    await issued(-100, { sub: id, email: 'one@example.com' }),
    await issued(-50, { sub: id, email: 'two@example.com', name: 'Two' }),
    await issued(-40, { sub: id }),
  ]
  for (const token of tokens) await app.call('GET', '/api/tasks', { token })
  const before = app.statements.length
  for (let round = 0; round < 3; round += 1)
    for (const token of tokens) await app.call('GET', '/api/tasks', { token })
  t.equal(app.statements.length, before + 9, 'one statement for each list')
})

t.test('tokens without iat are ordered by their exp', async (t) => {
  const { call } = await startApp(t)
  const id = randomUUID()
  const now = Math.floor(Date.now() / 1000)
  const token = (exp: number, email: string) => signToken({ sub: id, iat: undefined, exp, email })
  const me = async (token: string) => (await call('GET', '/api/me', { token })).body.email as string
  t.equal(await me(await token(now + 600, 'one@example.com')), 'one@example.com')
  t.equal(await me(await token(now + 700, 'two@example.com')), 'two@example.com')
  t.equal(await me(await token(now + 600, 'one@example.com')), 'two@example.com')
  t.equal(
    await me(await token(9e11, 'far@example.com')),
    'far@example.com',
    'an expiry beyond the range of the database is accepted',
  )
})

t.test('an e-mail address does not identify a user: several users may have the same', async (t) => {
  const { call } = await startApp(t)
  const email = `${randomUUID()}@example.com`
  const users = [randomUUID(), randomUUID(), randomUUID()]
  for (const id of users) {
    const token = await signToken({ sub: id, email })
    t.equal((await call('POST', '/api/tasks', { token, body: { title: id } })).status, 201)
    t.match((await call('GET', '/api/me', { token })).body, { id, email })
    t.match((await call('GET', '/api/tasks', { token })).body, { length: 1, 0: { title: id } })
  }
})

t.test('a limited number of users is remembered, and the oldest is forgotten first', async (t) => {
  const { database, statements } = await startApp(t)
  const users = createUserRepository(database.prisma, 2)
  const now = new Date()
  const expiresAt = now.getTime() + 60_000
  const identities = [1, 2, 3].map(() => ({
    id: randomUUID(),
    email: null,
    name: null,
    issuedAt: now,
    expiresAt,
  }))
  const costs = async (index: number) => {
    const before = statements.length
    await users.provision(identities[index]!)
    return statements.length > before
  }
  t.same([await costs(0), await costs(1)], [true, true])
  t.same([await costs(0), await costs(1)], [false, false], 'two fit')
  t.same(
    [await costs(2), await costs(1), await costs(2)],
    [true, false, false],
    'the third replaces the first',
  )
  t.same(await costs(0), true, 'the forgotten user is read again')
})

t.test('a request that is refused creates no user', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  t.equal((await call('POST', '/api/tasks', { user, body: { title: 5 } })).status, 400)
  t.equal((await call('POST', '/api/tasks', { user, body: '{' })).status, 400)
  t.equal((await call('GET', '/api/somebody/tasks', { user })).status, 403)
  t.equal((await call('GET', '/api/nothing', { user })).status, 404)
  t.equal((await call('PUT', '/api/me', { user })).status, 405)
  t.same(await query(databaseUrl(), 'SELECT id FROM users WHERE id = $1', [user.id]), [])
})

t.test('the first call of a user costs one statement, in each copy of the service', async (t) => {
  const user = await createUser()
  for (const copy of [await startApp(t), await startApp(t)]) {
    const before = copy.statements.length
    t.equal((await copy.call('GET', '/api/tasks', { user })).status, 200)
    t.equal(copy.statements.length, before + 2, 'one for the user, one for the list')
  }
})

t.test('50 concurrent first calls of one user create the user once', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const calls = Array.from({ length: 50 }, () =>
    app.call('POST', '/api/tasks', { user, body: { title: 'One of 50' } }),
  )
  t.same(new Set((await Promise.all(calls)).map(({ status }) => status)), new Set([201]))
  t.same(await query(databaseUrl(), 'SELECT count(*)::int FROM tasks WHERE user_id = $1', [user.id]), [
    { count: 50 },
  ])
})

t.test('a known user costs no query', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const before = app.statements.length
  await app.call('GET', `/api/tasks/${id}`, { user })
  t.equal(app.statements.length, before + 1)
})

t.test('deleting the account deletes all tasks, and the next call creates the user again', async (t) => {
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

t.test('a user that another copy of the service has deleted is created again without an error', async (t) => {
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
