import { type Retry, TaskApiError } from 'TaskApiClient'
import t from 'tap'
import { faulty, noAnswer, refusal, startService } from './service.ts'

const noNetwork = () => new TypeError('fetch failed')
const brokenOff = () =>
  new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) }))
/** Short for a test, but long enough for an answer on a busy machine. */
const PATIENT_MS = 3000
/** Faults after which nobody knows whether the service did anything. */
const UNCLEAR = [
  ...[408, 502, 503, 504].map((status) => () => refusal(status)),
  noNetwork,
  brokenOff,
  () => noAnswer,
]

const writes = ['create', 'update', 'delete', 'put', 'batch', 'clearCompleted'] as const
type Client = Awaited<ReturnType<Awaited<ReturnType<typeof startService>>['createClient']>>['client']
const write = (client: Client, id: number, call: (typeof writes)[number], timeoutMs?: number) =>
  ({
    create: () => client.create({ title: 'Task' }, { timeoutMs }),
    update: () => client.update(id, { title: 'Task' }, { timeoutMs }),
    delete: () => client.delete(id, { timeoutMs }),
    batch: () => client.batch([{ op: 'update', id, title: 'Task' }], { timeoutMs }),
    clearCompleted: () => client.clearCompleted({ timeoutMs }),
    put: () =>
      client.api.PUT('/api/tasks/{id}', {
        params: { path: { id: String(id) as never } },
        body: { title: 'Task' },
      }),
  })[call]()

t.test('after a 429 every write is repeated with its body, because the service did nothing', async (t) => {
  const { createClient } = await startService()
  for (const call of writes) {
    const faults: Response[] = []
    const { client, sent } = await createClient({ fetch: (request) => faulty(...faults.splice(0))(request) })
    const { id } = await client.create({ title: 'Before' })
    sent.length = 0
    faults.push(refusal(429))
    await write(client, id, call)
    t.equal(sent.length, 2, call)
    const titles = (await client.list({ sort: 'created' })).map(({ title }) => title)
    const [changed, unchanged] = [['Task'], ['Before']]
    const expected = { create: [...changed, ...unchanged], update: changed, delete: [], put: changed }
    t.same(titles, { ...expected, batch: changed, clearCompleted: unchanged }[call], call)
  }
})

t.test('other refused writes are not repeated', async (t) => {
  const { createClient } = await startService()
  for (const status of [400, 404, 500, 501]) {
    const { client, sent } = await createClient({ fetch: faulty(refusal(status)) })
    await t.rejects(client.list(), { status, errors: [] })
    t.equal(sent.length, 1)
  }
})

t.test('a call that fails every time throws the error of its last attempt', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient({
    fetch: faulty(noNetwork(), refusal(503), refusal(503, { 'retry-after': '0' }, 'shutting_down')),
    retry: { attempts: 3, delayMs: 1 },
  })
  await t.rejects(client.list(), { status: 503, code: 'shutting_down', retryAfter: 0 })
  t.equal(sent.length, 3)

  const { client: impatient, sent: once } = await createClient({ fetch: faulty(noNetwork()), retry: false })
  await t.rejects(impatient.list(), { status: 0, code: 'network_error', cause: noNetwork() })
  t.equal(once.length, 1)
})

t.test('the hook is called before every further attempt, and can end the call', async (t) => {
  const { baseUrl, createClient } = await startService()
  const told: Retry[] = []
  const onRetry = (retry: Retry) => void told.push(retry)
  const faults = [noNetwork(), refusal(503), refusal(429, { 'retry-after': '0' })]
  const { client } = await createClient({ fetch: faulty(...faults), retry: { delayMs: 1, onRetry } })
  await client.list()
  t.match(told, [
    { attempt: 1, status: 0, method: 'GET', url: `${baseUrl}/api/tasks` },
    { attempt: 2, status: 503 },
    { attempt: 3, status: 429 },
  ])
  for (const { waitMs } of told) t.ok(waitMs >= 0 && waitMs <= 4)

  const gaveUp = new Error('the user gave up')
  const giveUp = () => {
    throw gaveUp
  }
  const { client: other, sent } = await createClient({
    fetch: faulty(noNetwork()),
    retry: { onRetry: giveUp },
  })
  await t.rejects(other.list(), gaveUp)
  t.equal(sent.length, 1)
})

// These mostly wait, so they run at the same time.
t.test('attempts', async (t) => {
  t.jobs = 5
  t.test(
    'a read is repeated after 408, 429, 502, 503, 504, a timeout and a network error',
    { buffered: true },
    async (t) => {
      const { createClient } = await startService()
      for (const fault of [() => refusal(429), ...UNCLEAR]) {
        const { client, sent } = await createClient({ fetch: faulty(fault()) })
        t.same(await client.list({}, { timeoutMs: PATIENT_MS }), [])
        t.equal(sent.length, 2)
      }
    },
  )

  t.test(
    'setting the state of a task is repeated, because it is idempotent',
    { buffered: true },
    async (t) => {
      const { createClient } = await startService()
      const faults: ReturnType<(typeof UNCLEAR)[number]>[] = []
      const { client } = await createClient({ fetch: (request) => faulty(...faults.splice(0, 1))(request) })
      const { id } = await client.create({ title: 'Task' })
      for (const fault of UNCLEAR) {
        faults.push(fault())
        t.equal((await client.complete(id, true, { timeoutMs: PATIENT_MS })).completed, true)
        t.same(faults, [])
      }
    },
  )

  t.test(
    'no other write is repeated, because the first attempt may have succeeded',
    { buffered: true },
    async (t) => {
      const { createClient } = await startService()
      for (const fault of UNCLEAR) {
        for (const call of writes) {
          const { client, sent } = await createClient({ fetch: faulty(fault()), timeoutMs: 200 })
          const error: unknown = await write(client, 1, call, 200).catch((error: unknown) => error)
          if (call !== 'put') t.ok(error instanceof TaskApiError, call)
          t.equal(sent.length, 1, call)
        }
      }
    },
  )

  t.test(
    'the client waits as long as Retry-After says, in seconds or as a date',
    { buffered: true },
    async (t) => {
      const { createClient } = await startService()
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
    },
  )

  t.test(
    'if the wait would be too long, the call fails at once, and the error says when to try again',
    { buffered: true },
    async (t) => {
      const { createClient } = await startService({ RATE_LIMIT_MAX: '1' })
      const { client, sent } = await createClient({ retry: { maxWaitMs: 500 } })
      await client.list()
      const error = (await client.list().catch((error: unknown) => error)) as TaskApiError
      t.match(error, { status: 429, code: 'rate_limited' })
      t.ok(error.retryAfter! > 0 && error.retryAfter! <= 60)
      t.equal(sent.length, 2)
    },
  )
})
