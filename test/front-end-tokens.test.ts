import t from 'tap'
import { signToken } from '../examples/next-better-auth/lib/token-hs256.ts'
import { SECRET, startApp } from './helpers/app.ts'

t.test('the tokens that the example signs with the shared secret name its users', async (t) => {
  const { call } = await startApp(t)
  const user = { id: `example-${Date.now()}`, email: `${Date.now()}@example.com`, name: 'Ada' }
  const { status, body } = await call('GET', '/api/me', { token: await signToken(user, SECRET, '15m') })
  t.match([status, body], [200, user])
  t.equal(
    (await call('GET', '/api/me', { token: await signToken(user, `not ${SECRET}`, '15m') })).status,
    401,
    'tokens with another secret are refused',
  )
  const expired = await call('GET', '/api/me', { token: await signToken(user, SECRET, '-1s') })
  t.match([expired.status, expired.body], [401, { code: 'token_expired' }])
})
