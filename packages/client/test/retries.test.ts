import { TaskApiError } from 'TaskApiClient'
import t from 'tap'
import { createUser } from '../../../test/helpers/app.ts'
import { faulty, refusal, startService } from './service.ts'

const answersNever = ({ signal }: Request) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error)),
  )
const noNetwork = () => new TypeError('fetch failed')

t.test('a read is tried again after 429, 503, and where the network fails', async (t) => {
  const { createClient } = await startService(t)
  const brokenOff = new Response(
    new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) }),
  )
  for (const fault of [refusal(429), refusal(503), noNetwork(), brokenOff]) {
    const { client, sent } = await createClient({ fetch: faulty(fault) })
    t.same(await client.list(), [])
    t.equal(sent.length, 2)
  }
})

t.test('setting the state of a task is tried again: twice is the same as once', async (t) => {
  const { createClient } = await startService(t)
  const faults: (Response | Error)[] = []
  const { client } = await createClient({
    fetch: (request) => faulty(...faults.splice(0, 1))(request),
  })
  const { id } = await client.create({ title: 'Task' })
  faults.push(noNetwork(), refusal(503))
  t.equal((await client.complete(id, true)).completed, true)
  t.same(faults, [])
})

t.test('no other write is: the first attempt may have been done', async (t) => {
  const { createClient } = await startService(t)
  const calls = ['create', 'update', 'delete', 'put'] as const
  for (const fault of [() => refusal(429), () => refusal(503), noNetwork]) {
    for (const call of calls) {
      const { client, sent } = await createClient({ fetch: faulty(fault()) })
      const calling = {
        create: () => client.create({ title: 'Task' }),
        update: () => client.update(1, { title: 'Task' }),
        delete: () => client.delete(1),
        put: () => client.api.PUT('/api/tasks/{id}', { params: { path: { id: '1' } }, body: {} }),
      }[call]
      await calling().catch((error: unknown) => t.ok(error instanceof TaskApiError, call))
      t.equal(sent.length, 1, call)
    }
  }
})

t.test('nothing else is tried again', async (t) => {
  const { createClient } = await startService(t)
  for (const status of [400, 404, 500, 502]) {
    const { client, sent } = await createClient({ fetch: faulty(refusal(status)) })
    await t.rejects(client.list(), { status, errors: [] })
    t.equal(sent.length, 1)
  }
})

t.test('after the last attempt the error tells what the last one met', async (t) => {
  const { createClient } = await startService(t)
  const { client, sent } = await createClient({
    fetch: faulty(noNetwork(), refusal(503), refusal(503, { 'retry-after': '0' }, 'stopping')),
    retry: { attempts: 3, delayMs: 1 },
  })
  await t.rejects(client.list(), { status: 503, code: 'stopping', retryAfter: 0 })
  t.equal(sent.length, 3)

  const { client: impatient, sent: once } = await createClient({ fetch: faulty(noNetwork()), retry: false })
  await t.rejects(impatient.list(), { status: 0, code: 'network_error', cause: noNetwork() })
  t.equal(once.length, 1)
})

t.test('Retry-After is waited for, be it seconds or a date', async (t) => {
  const { createClient } = await startService(t)
  const inTwoSeconds = new Date(Date.now() + 2000).toUTCString()
  for (const [value, leastMs] of [
    ['1', 990],
    [inTwoSeconds, 0],
  ] as const) {
    const { client } = await createClient({ fetch: faulty(refusal(503, { 'retry-after': value })) })
    const start = Date.now()
    await client.list()
    t.ok(Date.now() - start >= leastMs, value)
  }
  // Timers may be a little early.
  t.ok(Date.now() > Date.parse(inTwoSeconds) - 10)
})

t.test('a wait that would be too long is not begun: the error says when to come back', async (t) => {
  const { createClient } = await startService(t, { RATE_LIMIT_MAX: '1' })
  const { client, sent } = await createClient({ retry: { maxWaitMs: 500 } })
  await client.list()
  const error = (await client.list().catch((error: unknown) => error)) as TaskApiError
  t.match(error, { status: 429, code: 'rate_limited' })
  t.ok(error.retryAfter! > 0 && error.retryAfter! <= 60)
  t.equal(sent.length, 2)
})

t.test('an abort ends the request, the wait for another, and the wait for a token', async (t) => {
  const { createClient } = await startService(t)
  const reason = new Error('the page is closed')
  const never = new Promise<never>(() => {})
  const user = await createUser()
  for (const options of [
    { fetch: answersNever },
    { fetch: faulty(refusal(503, { 'retry-after': '20' })) },
    { token: () => never },
  ]) {
    const { client } = await createClient({ token: () => user.token, ...options })
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 50)
    await t.rejects(client.list({}, { signal: controller.signal }), reason)
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
