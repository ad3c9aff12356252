import { TaskApiError } from 'TaskApiClient'
import t from 'tap'
import { startService } from './service.ts'

t.test('every call does what it says', async (t) => {
  const { createClient } = await startService(t)
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
  t.match(await client.me(), { id: user.id, email: user.email })
  t.equal(await client.delete(tea.id), undefined)
  t.equal((await client.list()).length, 1)
})

t.test('what has no shortcut is there as the document names it', async (t) => {
  const { createClient } = await startService(t)
  const { client, user } = await createClient()
  await client.create({ title: 'Milk' })
  const params = { path: { user_id: user.id } }
  const { data } = await client.api.GET('/api/{user_id}/tasks', { params })
  t.equal(data?.[0]?.title, 'Milk')
  const refused = await client.api.GET('/api/{user_id}/tasks', { params: { path: { user_id: 'somebody' } } })
  t.equal(refused.response.status, 403)
  t.equal(refused.error?.code, 'wrong_user')
})

t.test('pages follow each other to the end, none twice', async (t) => {
  const { createClient } = await startService(t)
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

t.test('a page is asked for only when the one before is used', async (t) => {
  const { createClient } = await startService(t)
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
  const { baseUrl, createClient } = await startService(t)
  const { client } = await createClient({
    baseUrl: `${baseUrl}/to/the/service/`,
    // As a proxy would.
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

t.test('the options of fetch go with every request', async (t) => {
  const { createClient } = await startService(t)
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

t.test('a problem arrives as an error with all that the service says', async (t) => {
  const { createClient } = await startService(t)
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

t.test('an answer that is none of the service is an error, too', async (t) => {
  const { createClient } = await startService(t)
  const html = (status: number) => async () => new Response('<h1>Hello</h1>', { status })
  const { client: behindPortal } = await createClient({ fetch: html(200) })
  await t.rejects(behindPortal.list(), { name: 'TaskApiError', status: 0, code: 'unexpected_answer' })
  const { client: behindProxy } = await createClient({ fetch: html(502) })
  await t.rejects(behindProxy.list(), { name: 'TaskApiError', status: 502, code: 'unexpected_answer' })
})
