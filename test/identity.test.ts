import { randomUUID } from 'node:crypto'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { assertRefused, forge, goodClaims, HS256, type Json, seconds } from './helpers/forge.ts'

const withClaims = (changes: Json) => forge(HS256, goodClaims(changes))
const session = (user: Json = {}, details: Json = {}) => ({
  sub: undefined,
  user: { id: 'somebody', ...user },
  session: { userId: 'somebody', expiresAt: new Date(Date.now() + 60_000).toISOString(), ...details },
})

/** Claims of which none is an identity, under the right secret and in time. */
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

/** Claims, and whom they name. */
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
  ['the name of a property that all objects have', { sub: 'constructor' }, 'constructor'],
  ['a session', session(), 'somebody'],
  ['a session whose end is in milliseconds', session({}, { expiresAt: Date.now() + 60_000 }), 'somebody'],
  ['a clock that runs ahead a little', { sub: 'early', iat: seconds(20), nbf: seconds(20) }, 'early'],
]

t.test('claims that name nobody are refused, though the signature is right', async (t) => {
  const { call, statements } = await startApp(t)
  for (const [what, claims] of Object.entries(nobody)) {
    assertRefused(t, await call('GET', '/api/me', { token: withClaims({ sub: undefined, ...claims }) }), what)
  }
  t.same(statements, [])
})

t.test('the user is the one that the claims name', async (t) => {
  const { call } = await startApp(t)
  for (const [what, claims, expected] of somebody) {
    const { status, body } = await call('GET', '/api/me', { token: withClaims(claims) })
    t.same([status, body.id], [200, expected], what)
  }
})

t.test('an e-mail address or a name that no text column holds is left out', async (t) => {
  const { call } = await startApp(t)
  for (const odd of ['', 7, null, ['a'], 'a\0b', 'a\ud800b', 'x'.repeat(321)]) {
    const { status, body } = await call('GET', '/api/me', {
      token: withClaims({ sub: `odd-${randomUUID()}`, email: odd, name: odd }),
    })
    t.match([status, body], [200, { email: null, name: null }], JSON.stringify(odd).slice(0, 20))
  }
})
