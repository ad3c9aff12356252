import { TaskApiError } from 'TaskApiClient'
import t from 'tap'
import { startService } from './service.ts'

t.test('every call works with the real service', async (t) => {
  const { createClient } = await startService()
  const { client, user } = await createClient()
  const milk = await client.create({ title: 'Milk', due_date: '2026-12-01' })
  const tea = await client.create({ title: 'Tea' })
  t.match(milk, { title: 'Milk', due_date: '2026-12-01', completed: false, user_id: user.id })
  t.same(await client.get(milk.id), milk)
  t.match(await client.update(milk.id, { title: 'Oat milk', due_date: null }), {
    title: 'Oat milk',
    due_date: null,
  })
  t.equal((await client.complete(tea.id, true)).completed, true)
  t.equal((await client.complete(tea.id, true)).completed, true)
  t.same(
    (await client.list({ sort: 'title' })).map(({ title }) => title),
    ['Oat milk', 'Tea'],
  )
  t.same(
    (await client.list({ status: 'pending', search: undefined })).map(({ id }) => id),
    [milk.id],
  )
  t.match(await client.summary({ time_zone: 'Europe/Berlin' }), { total: 2, pending: 1, completed: 1 })
  t.match(
    await client.batch([
      { op: 'create', title: 'Sugar' },
      { op: 'complete', id: milk.id, completed: true },
      { op: 'delete', id: milk.id },
      { op: 'restore', id: milk.id },
    ]),
    [
      { status: 201, task: { title: 'Sugar' } },
      { status: 200, task: { id: milk.id, completed: true } },
      { status: 204 },
      { status: 200, task: { id: milk.id } },
    ],
  )
  const failing = client.batch([
    { op: 'create', title: 'Never' },
    { op: 'complete', id: 2 ** 52 },
  ])
  await t.rejects(failing, { code: 'task_not_found', errors: [{ path: '/operations/1/id' }] })
  t.match(await client.me(), { id: user.id, email: user.email })
  t.equal(await client.delete(tea.id), undefined)
  t.equal((await client.list()).length, 2)
})

t.test(
  'a recurring task lists its next dates, can be skipped, and continues when it is completed',
  async (t) => {
    const { createClient } = await startService()
    const { client, sent } = await createClient()
    const recurrence = { rule: 'FREQ=DAILY;COUNT=4', time_zone: 'UTC', anchor: 'due_date' } as const
    const { id } = await client.create({ title: 'Water', due_date: '2999-12-01', recurrence })
    t.same(await client.occurrences(id), ['2999-12-02', '2999-12-03', '2999-12-04'])
    t.same(await client.occurrences(String(id), 1), ['2999-12-02'])
    t.match(await client.skip(id), { id, due_date: '2999-12-02', recurrence: { rule: 'FREQ=DAILY;COUNT=3' } })
    const { next_task_id: next } = await client.complete(id, true)
    t.match(await client.get(next!), { due_date: '2999-12-03', completed: false })
    await t.rejects(client.skip(id), { status: 409, code: 'task_completed' })

    const plain = await client.create({ title: 'Once' })
    t.same(await client.occurrences(plain.id), [])
    await t.rejects(client.skip(plain.id), { status: 409, code: 'task_not_recurring' })
    await t.rejects(client.occurrences(plain.id, 51), { status: 400, code: 'validation_failed' })
    sent.length = 0
    for (const text of ['', '..', '1/skip']) {
      await t.rejects(client.skip(text), { code: 'invalid_call' })
      await t.rejects(client.occurrences(text), { code: 'invalid_call' })
    }
    t.equal(sent.length, 0)
  },
)

t.test('every operation can be called with its path in the OpenAPI document', async (t) => {
  const { createClient } = await startService()
  const { client, user } = await createClient()
  await client.create({ title: 'Milk' })
  const params = { path: { user_id: user.id } }
  const { data } = await client.api.GET('/api/{user_id}/tasks', { params })
  t.equal(data?.[0]?.title, 'Milk')
  const refused = await client.api.GET('/api/{user_id}/tasks', { params: { path: { user_id: 'somebody' } } })
  t.equal(refused.response.status, 403)
  t.equal(refused.error?.code, 'wrong_user')
})

t.test('the pages of a list contain every task once', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient()
  for (const title of ['a', 'b', 'c', 'd', 'e']) await client.create({ title })
  sent.length = 0
  const pages = []
  const query = { sort: 'title', status: 'pending', limit: 2 } as const
  for await (const { tasks } of client.pages(query)) pages.push(tasks.map(({ title }) => title).join(''))
  t.same(pages, ['ab', 'cd', 'e'])
  t.equal(sent.length, 3)

  const first = await client.page({ ...query, count: true })
  t.equal(first.total, 5)
  const second = await client.page({ ...query, cursor: first.cursor })
  t.same(
    second.tasks.map(({ title }) => title),
    ['c', 'd'],
  )
  t.equal(second.total, undefined)

  const fromOffset = []
  for await (const { tasks } of client.pages({ ...query, offset: 3 })) fromOffset.push(...tasks)
  t.same(
    fromOffset.map(({ title }) => title),
    ['d', 'e'],
  )
  t.equal((await client.page()).tasks.length, 5)
})

t.test('a page is not fetched before it is needed', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient()
  for (const title of ['a', 'b', 'c']) await client.create({ title })
  sent.length = 0
  for await (const { tasks } of client.pages({ limit: 1 })) {
    t.equal(tasks.length, 1)
    break
  }
  t.equal(sent.length, 1)
})

t.test('a base URL may have a path and a slash at its end', async (t) => {
  const { baseUrl, createClient } = await startService()
  const { client } = await createClient({
    baseUrl: `${baseUrl}/to/the/service/`,
    // Like a proxy that removes a prefix.
    fetch(request) {
      t.match(request.url, `${baseUrl}/to/the/service/api/`)
      return fetch(new Request(request.url.replace('/to/the/service', ''), request))
    },
  })
  for (const title of ['a', 'b', 'c']) await client.create({ title })
  const titles = []
  for await (const { tasks } of client.pages({ limit: 1, sort: 'title' })) titles.push(tasks[0]?.title)
  t.same(titles, ['a', 'b', 'c'])
})

t.test('options of fetch apply to every request', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient({
    credentials: 'include',
    cache: 'no-store',
    headers: { 'x-request-id': 'from-the-test' },
  })
  await client.list()
  t.equal(sent[0]?.credentials, 'include')
  t.equal(sent[0]?.cache, 'no-store')
  t.equal(sent[0]?.headers.get('x-request-id'), 'from-the-test')
})

t.test('a problem becomes an error with all its details', async (t) => {
  const { createClient } = await startService()
  const { client } = await createClient({ headers: { 'x-request-id': 'from-the-test' } })
  const error = await client.create({ title: ' ' }).catch((error: unknown) => error)
  t.ok(error instanceof TaskApiError && error instanceof Error)
  t.match(error, {
    name: 'TaskApiError',
    status: 400,
    code: 'validation_failed',
    errors: [{ path: '/title' }],
    requestId: 'from-the-test',
    retryAfter: undefined,
  })
  const { detail, message } = error as TaskApiError
  t.equal(detail, message)
  await t.rejects(client.get(2 ** 31), { status: 404, code: 'task_not_found', errors: [] })
  await t.rejects(client.delete(2 ** 31), { status: 404, code: 'task_not_found' })
  await t.rejects(client.page({ limit: 201 }), { status: 400, errors: [{ path: '/limit' }] })
})

t.test('headers of one call are sent with that call only, and replace those of the client', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient({ headers: { 'x-request-id': 'of-the-client', accept: 'a/b' } })
  const { id } = await client.create({ title: 'Task' })
  sent.length = 0
  const headers = { 'x-request-id': 'of-the-call' }
  for (const call of [
    () => client.list({}, { headers }),
    () => client.page({}, { headers }),
    () => client.get(id, { headers }),
    () => client.update(id, {}, { headers }),
    () => client.complete(id, true, { headers }),
    () => client.summary({}, { headers }),
    () => client.me({ headers }),
    () => client.create({ title: 'Other' }, { headers }),
    () => client.tags({ headers }),
    () => client.renameTag('a', 'b', { headers }),
    () => client.deleteTag('b', { headers }),
    () => client.delete(id, { headers }),
    () => client.trash({}, { headers }),
    () => client.restore(id, { headers }),
    () => client.batch([{ op: 'delete', id }], { headers }),
    () => client.deleteForGood(id, { headers }),
    () => client.clearCompleted({ headers }),
    () => client.emptyTrash({ headers }),
  ]) {
    await call()
    t.equal(sent.at(-1)?.headers.get('x-request-id'), 'of-the-call')
    t.equal(sent.at(-1)?.headers.get('accept'), 'a/b')
  }
  await client.list()
  t.equal(sent.at(-1)?.headers.get('x-request-id'), 'of-the-client')
})

t.test('links are resolved against the URL of the answer, also behind a path prefix', async (t) => {
  const { baseUrl, createClient } = await startService()
  for (const form of [(query: string) => query, (query: string) => `tasks${query}`]) {
    const { client } = await createClient({
      baseUrl: `${baseUrl}/prefix`,
      async fetch(request) {
        const answer = await fetch(new Request(request.url.replace('/prefix', ''), request))
        const [, query] = /<[^>?]*(\?[^>]*)>/.exec(answer.headers.get('link') ?? '') ?? []
        const link = query === undefined ? [] : [['link', `<${form(query)}>; rel="next"`] as const]
        return new Response(await answer.text(), { headers: new Headers(Object.fromEntries(link)) })
      },
    })
    for (const title of ['a', 'b', 'c']) await client.create({ title })
    const titles = []
    for await (const { tasks } of client.pages({ limit: 1, sort: 'title' })) titles.push(tasks[0]?.title)
    t.same(titles, ['a', 'b', 'c'])
  }
})

t.test('a field that is undefined is not sent', async (t) => {
  const { createClient } = await startService()
  const { client } = await createClient()
  const task = await client.create({ title: 'Task', description: undefined, due_date: undefined })
  t.match(task, { description: null, due_date: null })
  const changed = await client.update(task.id, { title: undefined, description: 'Text' })
  t.match(changed, { title: 'Task', description: 'Text' })
})

t.test('an id may be the text of a router parameter, and other text is refused', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient()
  const { id } = await client.create({ title: 'Task' })
  t.equal((await client.get(String(id))).id, id)
  t.equal((await client.update(String(id), { title: 'Other' })).title, 'Other')
  t.equal((await client.complete(String(id), true)).completed, true)
  const count = sent.length
  for (const text of [
    '',
    ' ',
    'summary',
    '..',
    '1/complete',
    '0',
    '-1',
    '1.5',
    '1e3',
    NaN,
    Infinity,
    0,
    -1,
    1.5,
  ]) {
    const error = { name: 'TaskApiError', status: 0, code: 'invalid_call', detail: /is not the id of a task/ }
    await t.rejects(client.get(text), error)
    await t.rejects(client.update(text, {}), error)
    await t.rejects(client.complete(text, true), error)
    await t.rejects(client.delete(text), error)
    await t.rejects(client.restore(text), error)
    await t.rejects(client.deleteForGood(text), error)
  }
  t.equal(sent.length, count)
  await client.delete(String(id))
  t.same(await client.list(), [])
})

t.test('middleware of openapi-fetch can be added', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient()
  const statuses: number[] = []
  client.api.use({
    onRequest: ({ request }) => request.headers.set('x-request-id', 'of-the-middleware'),
    onResponse: ({ response }) => void statuses.push(response.status),
  })
  await client.list()
  await client.api.GET('/api/me')
  t.same(statuses, [200, 200])
  for (const { headers } of sent) t.equal(headers.get('x-request-id'), 'of-the-middleware')
})
