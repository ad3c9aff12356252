import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createTask, createUser, startApp } from './helpers/app.ts'
import { assertRefused, forge, goodClaims, HS256, type Json, seconds } from './helpers/forge.ts'

const withClaims = (changes: Json) => forge(HS256, goodClaims(changes))
const session = (user: Json = {}, details: Json = {}) => ({
  sub: undefined,
  user: { id: 'somebody', ...user },
  session: { userId: 'somebody', expiresAt: new Date(Date.now() + 60_000).toISOString(), ...details },
})

/** Claims that name no user, in tokens with a valid signature and lifetime. */
const nobody: Record<string, Json> = {
  'no identity': {},
  'an e-mail address': { email: 'somebody@example.com' },
  'an e-mail verification': { email: 'somebody@example.com', updateTo: 'else@example.com' },
  userId: { userId: 'somebody' },
  id: { id: 'somebody' },
  uid: { uid: 'somebody' },
  'an empty sub': { sub: '' },
  'an empty sub beside a user_id': { sub: '', user_id: 'somebody' },
  'an empty user_id': { user_id: '' },
  'sub null': { sub: null },
  'a sub that is true': { sub: true },
  'a sub that is false': { sub: false },
  'a sub that is an object': { sub: { id: 'somebody' } },
  'a sub that is a list': { sub: ['somebody'] },
  'a sub that is a fraction': { sub: 1.5 },
  'a sub that is no exact integer': { sub: 2 ** 53 },
  'a sub of 256 characters': { sub: 'x'.repeat(256) },
  'a sub of 256 characters beyond the BMP': { sub: '😀'.repeat(256) },
  'a sub with a line break': { sub: 'some\nbody' },
  'a sub with U+0000': { sub: 'some\0body' },
  'a sub with U+0085': { sub: 'some\u0085body' },
  'a sub with half a character': { sub: 'some\ud800body' },
  'a sub of one dot': { sub: '.' },
  'a sub of two dots': { sub: '..' },
  'a sub of spaces': { sub: '   ' },
  'a sub of no-break and ideographic spaces': { sub: '\u00a0\u3000\u2003' },
  'a sub of line separators': { sub: '\u2028\u2029' },
  'a sub of a zero-width space': { sub: '\u200b' },
  'a sub of joiners, marks of direction and a byte order mark': { sub: '\u200d\u200e\u202e\u2060\ufeff' },
  'a sub of fillers and blanks': { sub: '\u3164\u115f\u2800' },
  'a sub of invisible tags': { sub: '\u{e0061}\u{e007f}' },
  'an invisible sub beside a user_id': { sub: '\u200b', user_id: 'somebody' },
  'a user_id of two dots': { user_id: '..' },
  'a user_id of spaces': { user_id: '  ' },
  'a user_id of a zero-width space': { user_id: '\u200b' },
  'a session of a user of one dot': session({ id: '.' }, { userId: '.' }),
  'a session of an invisible user': session({ id: '\u200b' }, { userId: '\u200b' }),
  'user alone': { user: { id: 'somebody' } },
  'session alone': { session: session().session },
  'user and session as texts': { user: 'somebody', session: 'somebody' },
  'user null': { user: null, session: session().session },
  'session null': { user: { id: 'somebody' }, session: null },
  'a session of another user': session({ id: 'somebody-else' }),
  'a session without ids': session({ id: undefined }, { userId: undefined }),
  'a session of a user whose id is an object': session({ id: {} }, { userId: {} }),
  'a session without an end': session({}, { expiresAt: undefined }),
  'a session whose end is null': session({}, { expiresAt: null }),
  'a session whose end is no date': session({}, { expiresAt: 'tomorrow' }),
  'an expired session': session({}, { expiresAt: new Date(Date.now() - 1000).toISOString() }),
  'an expired session, in milliseconds': session({}, { expiresAt: Date.now() - 1000 }),
}

/** Claims, and the user they name. */
const somebody: [string, Json, string][] = [
  ['sub', { sub: 'user-by-sub' }, 'user-by-sub'],
  ['user_id', { sub: undefined, user_id: 'user-by-user-id' }, 'user-by-user-id'],
  ['user_id beside a sub that is null', { sub: null, user_id: 'user-by-user-id' }, 'user-by-user-id'],
  ['sub before user_id', { sub: 'user-by-sub', user_id: 'user-by-user-id' }, 'user-by-sub'],
  ['sub before a session', { ...session(), sub: 'user-by-sub' }, 'user-by-sub'],
  ['a number', { sub: 4711 }, '4711'],
  ['a number as user_id', { sub: undefined, user_id: 4712 }, '4712'],
  ['the largest exact integer', { sub: Number.MAX_SAFE_INTEGER }, '9007199254740991'],
  ['255 characters', { sub: 'x'.repeat(255) }, 'x'.repeat(255)],
  ['255 characters beyond the BMP', { sub: '😀'.repeat(255) }, '😀'.repeat(255)],
  ['any script and white space', { sub: 'Zoë / Ωμέγα 東京' }, 'Zoë / Ωμέγα 東京'],
  ['three dots', { sub: '...' }, '...'],
  ['dots in a name', { sub: '.alice.' }, '.alice.'],
  ['an emoji of joined characters', { sub: '👩‍👩‍👧' }, '👩‍👩‍👧'],
  ['an invisible character beside a visible one', { sub: 'a\u200b' }, 'a\u200b'],
  ['the name of a property that all objects have', { sub: 'constructor' }, 'constructor'],
  ['a session', session(), 'somebody'],
  ['a session whose end is in milliseconds', session({}, { expiresAt: Date.now() + 60_000 }), 'somebody'],
  ['a clock that runs ahead a little', { sub: 'early', iat: seconds(20), nbf: seconds(20) }, 'early'],
]

t.test('claims without a user are refused, even with a valid signature', async (t) => {
  const { call, statements } = await startApp(t)
  for (const [what, claims] of Object.entries(nobody)) {
    assertRefused(t, await call('GET', '/api/me', { token: withClaims({ sub: undefined, ...claims }) }), what)
  }
  t.same(statements, [])
})

t.test('the user is that of the claims', async (t) => {
  const { call } = await startApp(t)
  for (const [what, claims, expected] of somebody) {
    const { status, body } = await call('GET', '/api/me', { token: withClaims(claims) })
    t.same([status, body.id], [200, expected], what)
  }
})

t.test('an e-mail address or a name that cannot be stored or is invisible is ignored', async (t) => {
  const { call } = await startApp(t)
  for (const odd of ['', 7, null, ['a'], '  ', '\u200b', 'a\0b', 'a\ud800b', 'x'.repeat(321)]) {
    const { status, body } = await call('GET', '/api/me', {
      token: withClaims({ sub: `odd-${randomUUID()}`, email: odd, name: odd }),
    })
    t.match([status, body], [200, { email: null, name: null }], JSON.stringify(odd).slice(0, 20))
  }
})

t.test('a user whose id is also a path segment can use both paths of the tasks', async (t) => {
  const app = await startApp(t)
  for (const id of [
    'me',
    'auth',
    'api',
    'summary',
    'complete',
    'health',
    '42',
    'a/b',
    '...',
    '%2e',
    'ä ö?#',
  ]) {
    const user = await createUser(id)
    const mount = `/api/${encodeURIComponent(id)}/tasks`
    const created = await app.call('POST', mount, { user, body: { title: 'mine' } })
    t.match(created, { status: 201, body: { user_id: id } }, `${id} creates`)
    const path = `${mount}/${created.body.id}`
    t.match(await app.call('GET', path, { user }), { status: 200, body: { title: 'mine' } }, `${id} reads`)
    t.match(await app.call('PATCH', `${path}/complete`, { user }), { status: 200 }, `${id} completes`)
    t.match(await app.call('GET', `${mount}/summary`, { user }), { status: 200 }, `${id} counts`)
    t.match(await app.call('DELETE', path, { user }), { status: 204 }, `${id} deletes`)
    t.match(await app.call('GET', '/api/me', { user }), { status: 200, body: { id } })
  }
})

t.test(
  'a user with the id "tasks" lists and creates tasks only at /api/tasks, because /api/tasks/tasks is a task id',
  async (t) => {
    const app = await startApp(t)
    const [user, other] = [await createUser('tasks'), await createUser()]
    const { id } = await createTask(app, user, { title: 'mine' })
    t.match(await app.call('GET', '/api/tasks', { user }), { status: 200, body: [{ user_id: 'tasks' }] })
    t.match(await app.call('GET', `/api/tasks/tasks/${id}`, { user }), { status: 200, body: { id } })
    t.match(await app.call('PATCH', `/api/tasks/tasks/${id}/complete`, { user }), { status: 200 })
    t.match(await app.call('GET', '/api/tasks/tasks/summary', { user }), { status: 200, body: { total: 1 } })
    t.equal((await app.call('GET', `/api/tasks/tasks/${id}`, { user: other })).status, 403)
    const notAnId = { status: 400, body: { errors: [{ path: '/id' }] } }
    t.match(await app.call('GET', '/api/tasks/tasks', { user }), notAnId, 'a task with the id "tasks"')
    t.match(await app.call('POST', '/api/tasks/tasks', { user, body: { title: 'x' } }), { status: 405 })
  },
)
