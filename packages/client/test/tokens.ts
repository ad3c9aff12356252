import t from 'tap'
import { createUser } from '../../../test/helpers/app.ts'
import { expiredToken, startService } from './service.ts'

t.test('the client requests a token once and then keeps it', async (t) => {
  const { createClient } = await startService()
  const user = await createUser()
  const asked: unknown[] = []
  const { client } = await createClient({
    token: async ({ refused }) => {
      asked.push(refused)
      return user.token
    },
  })
  await Promise.all([client.list(), client.me()])
  await client.list()
  t.same(asked, [undefined])
})

t.test('an expired token is replaced by a new one, and the call is repeated with its body', async (t) => {
  const { createClient } = await startService()
  const user = await createUser()
  const expired = await expiredToken(user)
  const { client, sent } = await createClient({
    token: ({ refused }) => (refused === undefined ? expired : user.token),
  })
  const task = await client.create({ title: 'Written once' })
  t.equal(task.title, 'Written once')
  t.equal(sent.length, 2)
  t.equal((await client.list()).length, 1)
  t.equal(sent.length, 3)
})

t.test('requests that are refused at the same time share one new token', async (t) => {
  const { createClient } = await startService()
  const user = await createUser()
  const expired = await expiredToken(user)
  const asked: (string | undefined)[] = []
  let late: Promise<Response> | undefined
  const { client } = await createClient({
    async token({ refused }) {
      asked.push(refused)
      return refused === undefined ? expired : user.token
    },
    // This answer comes after the other calls have a new token.
    async fetch(request) {
      const answer = fetch(request)
      if (request.url.includes('/summary')) await (late ??= answer).then(() => others)
      return answer
    },
  })
  const summary = client.summary()
  const others = Promise.all(Array.from({ length: 10 }, () => client.list()))
  await Promise.all([others, summary])
  t.same(asked, [undefined, expired])
})

t.test('a new token that the service refuses is not replaced again', async (t) => {
  const { createClient } = await startService()
  const expired = await expiredToken(await createUser())
  const asked: (string | undefined)[] = []
  const { client, sent } = await createClient({
    token({ refused }) {
      asked.push(refused)
      return refused === undefined ? expired : 'no.token.atall'
    },
  })
  await t.rejects(client.list(), { status: 401, code: 'token_invalid' })
  t.equal(sent.length, 2)
  t.same(asked, [undefined, expired])
})

t.test('the call is not repeated if the provider returns the refused token again', async (t) => {
  const { createClient } = await startService()
  const expired = await expiredToken(await createUser())
  const { client, sent } = await createClient({ token: () => expired })
  await t.rejects(client.list(), { status: 401, code: 'token_expired' })
  t.equal(sent.length, 1)
})

t.test(
  'without a token the call fails as the service says, and the next call requests one again',
  async (t) => {
    const { createClient } = await startService()
    const user = await createUser()
    let isSignedIn = false
    const { client } = await createClient({ token: () => (isSignedIn ? user.token : null) })
    await t.rejects(client.list(), { status: 401, code: 'token_missing' })
    isSignedIn = true
    t.same(await client.list(), [])
  },
)

t.test(
  'the call throws the error of the token provider, and the next call requests a token again',
  async (t) => {
    const { createClient } = await startService()
    const user = await createUser()
    const failures = [new Error('the session is gone')]
    const { client, sent } = await createClient({
      token() {
        const failure = failures.pop()
        if (failure) throw failure
        return user.token
      },
    })
    await t.rejects(client.list(), new Error('the session is gone'))
    t.equal(sent.length, 0)
    t.same(await client.list(), [])
  },
)

t.test('a bare TypeError or SyntaxError of the token provider becomes a TaskApiError', async (t) => {
  const { createClient } = await startService()
  for (const cause of [new TypeError('fetch failed'), new SyntaxError('Unexpected token <')]) {
    const { client, sent } = await createClient({ token: () => Promise.reject(cause) })
    const error = await client.list().catch((error: unknown) => error)
    t.match(error, { name: 'TaskApiError', status: 0, code: 'token_failed', cause })
    t.equal(sent.length, 0)
  }
})

t.test('after another user has signed in, no call of the previous user uses the new token', async (t) => {
  const { createClient } = await startService()
  const [alice, bob] = [await createUser(), await createUser()]
  const expired = await expiredToken(alice)
  let current = expired
  let signIn = () => {}
  const { client } = await createClient({
    token: () => current,
    async fetch(request) {
      const answer = await fetch(request)
      signIn()
      return answer
    },
  })
  signIn = () => {
    current = bob.token
    client.forgetToken()
    signIn = () => {}
  }
  await t.rejects(client.create({ title: 'Of Alice' }), { status: 401, code: 'token_expired' })
  t.same(await client.list(), [])
  t.equal((await client.me()).id, bob.id)
})
