import t from 'tap'
import { KnownTokens } from '../src/auth/known-tokens.ts'
import { createUser, startApp } from './helpers/app.ts'

const identity = (id: string) => ({ id, email: null, name: null, issuedAt: new Date(0), expiresAt: 1000 })

t.test('a known token identifies its user until it expires, and no other token does', async (t) => {
  const known = new KnownTokens()
  known.remember('header.payload.signature', identity('alice'))
  t.equal(known.find('header.payload.signature', 999)?.id, 'alice')
  t.equal(known.find('header.payload.signature', 1000), undefined)
  t.equal(known.find('header.other.signature', 999), undefined)
})

t.test('if there are more tokens than can be remembered, the oldest is forgotten', async (t) => {
  const known = new KnownTokens()
  for (let count = 0; count <= 10_000; count += 1) known.remember(`token ${count}`, identity('alice'))
  t.equal(known.find('token 0', 0), undefined)
  t.ok(known.find('token 1', 0))
  t.ok(known.find('token 10000', 0))
})

t.test(
  'JSON answers have the security headers that protect them, the docs page has all of them',
  async (t) => {
    const { call } = await startApp(t)
    const user = await createUser()
    const json = (await call('GET', '/api/tasks', { user })).headers
    const page = (await call('GET', '/docs/')).headers
    for (const name of [
      'content-security-policy',
      'strict-transport-security',
      'x-content-type-options',
      'x-frame-options',
    ]) {
      t.ok(json[name], `JSON: ${name}`)
      t.ok(page[name], `page: ${name}`)
    }
    for (const name of ['referrer-policy', 'cross-origin-opener-policy', 'origin-agent-cluster']) {
      t.equal(json[name], undefined, `JSON: ${name}`)
      t.ok(page[name], `page: ${name}`)
    }
    t.match(page['content-security-policy'], "script-src 'self'")
  },
)
