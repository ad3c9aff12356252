import { createTaskClient } from 'TaskApiClient'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createUser } from '../../../test/helpers/app.ts'
import { expiredToken, faulty, noAnswer, refusal, startService } from './service.ts'

const never = new Promise<never>(() => {})

/** A service that hangs: it accepts connections and requests, and never completes an answer. */
async function startHanging(t: Test, answer = '') {
  const server = createServer((_request, response) => {
    if (answer) response.setHeader('content-type', 'application/json').write(answer)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('each attempt to call a service that hangs ends after the timeout', async (t) => {
  for (const answer of ['', '[']) {
    const baseUrl = await startHanging(t, answer)
    let attempts = 0
    const client = createTaskClient({
      baseUrl,
      token: () => 'a.b.c',
      timeoutMs: 100,
      retry: { attempts: 3, delayMs: 1 },
      fetch(request) {
        attempts += 1
        return fetch(request)
      },
    })
    const error = { name: 'TaskApiError', status: 0, code: 'timeout', detail: /0\.1 seconds/ }
    await t.rejects(client.list(), error)
    t.equal(attempts, 3)
    await t.rejects(client.create({ title: 'Task' }), error)
    t.equal(attempts, 4)
    await t.rejects(client.get(1, { timeoutMs: 50 }), { code: 'timeout', detail: /0\.05 seconds/ })
    await t.rejects(client.api.GET('/api/me'), error)
  }
})

t.test('there is a timeout by default', async (t) => {
  const delays: (number | undefined)[] = []
  const { setTimeout: original } = globalThis
  t.teardown(() => (globalThis.setTimeout = original))
  const client = createTaskClient({ baseUrl: 'http://localhost', token: () => 'a.b.c', fetch: () => never })
  globalThis.setTimeout = ((run: () => void, delay?: number) => {
    delays.push(delay)
    return original(run, 0)
  }) as typeof setTimeout
  await t.rejects(client.create({ title: 'Task' }), { code: 'timeout', detail: /20 seconds/ })
  t.same(delays, [20_000, 20_000], 'one for the token, one for the request')
})

t.test('0 switches the timeout off, and a long timeout does not overflow', async (t) => {
  const { createClient } = await startService()
  for (const timeoutMs of [0, Infinity, 2 ** 40]) {
    const { client } = await createClient({ timeoutMs })
    t.same(await client.list(), [])
  }
})

t.test('no attempt begins after maxWaitMs, however long earlier attempts take', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient({
    fetch: () => never,
    timeoutMs: 200,
    retry: { attempts: 100, delayMs: 1, maxWaitMs: 100 },
  })
  await t.rejects(client.list(), { code: 'timeout' })
  t.equal(sent.length, 1)
})

t.test('an abort ends a request, a wait before another attempt, and a wait for a token', async (t) => {
  const { createClient } = await startService()
  const reason = new TypeError('the page is closed')
  const user = await createUser()
  for (const options of [
    { fetch: faulty(noAnswer) },
    { fetch: () => never },
    { fetch: faulty(refusal(503, { 'retry-after': '20' })) },
    { token: () => never },
  ]) {
    const { client } = await createClient({ token: () => user.token, ...options })
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 50)
    t.equal(await client.list({}, { signal: controller.signal }).catch((error: unknown) => error), reason)
  }

  const { client, sent } = await createClient()
  await t.rejects(client.list({}, { signal: AbortSignal.abort(reason) }), reason)
  t.equal(sent.length, 0)
  await client.create({ title: 'a' })
  await client.create({ title: 'b' })
  const controller = new AbortController()
  const pages = client.pages({ limit: 1 }, { signal: controller.signal })
  await pages.next()
  controller.abort(reason)
  await t.rejects(pages.next(), reason)
})

t.test(
  'a token provider that hangs is aborted after the timeout, and the next call asks again',
  async (t) => {
    const { createClient } = await startService()
    const user = await createUser()
    const signals: AbortSignal[] = []
    const { client, sent } = await createClient({
      timeoutMs: 1000,
      token({ signal }) {
        signals.push(signal)
        return signals.length === 1 ? never : user.token
      },
    })
    await t.rejects(client.create({ title: 'Task' }), { name: 'TaskApiError', code: 'timeout' })
    t.equal(signals[0]?.aborted, true)
    t.equal(sent.length, 0)
    t.same(await client.list(), [])
    t.equal(signals[1]?.aborted, false)
  },
)

t.test('the request for a token is aborted when the last call that waits for it is aborted', async (t) => {
  const { createClient } = await startService()
  const user = await createUser()
  const signals: AbortSignal[] = []
  const { client } = await createClient({
    token({ signal }) {
      signals.push(signal)
      return signals.length === 1 ? never : user.token
    },
  })
  const [first, second] = [new AbortController(), new AbortController()]
  const calls = [first, second].map(({ signal }) => client.list({}, { signal }).catch(({ name }) => name))
  first.abort()
  t.equal(await calls[0], 'AbortError')
  t.equal(signals[0]?.aborted, false)
  second.abort()
  t.equal(await calls[1], 'AbortError')
  t.equal(signals[0]?.aborted, true)
  t.same(await client.list(), [])
  t.equal(signals.length, 2)
})

t.test('an aborted call does not prevent others from getting the refreshed token', async (t) => {
  const { createClient } = await startService()
  const user = await createUser()
  const expired = await expiredToken(user)
  const asked: unknown[] = []
  const { client } = await createClient({
    token({ refused }) {
      asked.push(refused)
      return refused === undefined ? expired : user.token
    },
  })
  const controller = new AbortController()
  await client.list({}, { signal: controller.signal })
  controller.abort()
  t.same(await client.list(), [])
  t.same(asked, [undefined, expired])
})

t.test('signing out aborts the request for a token, and its answer is not used', async (t) => {
  const { createClient } = await startService()
  const [alice, bob] = [await createUser(), await createUser()]
  let answer = (_token: string) => {}
  const signals: AbortSignal[] = []
  const { client, sent } = await createClient({
    token({ signal }) {
      signals.push(signal)
      return signals.length === 1 ? new Promise<string>((resolve) => (answer = resolve)) : bob.token
    },
  })
  const call = client.create({ title: 'Of Alice' })
  client.forgetToken()
  answer(alice.token)
  await t.rejects(call, { status: 401, code: 'token_missing' })
  t.equal(signals[0]?.aborted, true)
  t.equal(sent[0]?.headers.has('authorization'), false)
  t.same(await client.list(), [])
})
