import { createTaskClient, TaskApiError, type TaskClient } from 'TaskApiClient'
import t from 'tap'

/** A client of something that answers every request in the same way. */
const clientOf = (answer: () => Response) =>
  createTaskClient({
    baseUrl: 'http://localhost',
    token: () => 'a.b.c',
    fetch: async () => answer(),
    retry: false,
  })

const json =
  (text: string | null, init: ResponseInit = {}) =>
  () =>
    new Response(text, { headers: { 'content-type': 'application/json' }, ...init })
const length = (text: string) => ({ 'content-type': 'text/html', 'content-length': String(text.length) })
const HTML = '<!doctype html><h1>Sign in to the Wi-Fi</h1>'

const CALLS: Record<string, (client: TaskClient) => Promise<unknown>> = {
  list: (client) => client.list(),
  page: (client) => client.page(),
  pages: (client) => client.pages().next(),
  get: (client) => client.get(1),
  create: (client) => client.create({ title: 'Task' }),
  update: (client) => client.update(1, {}),
  complete: (client) => client.complete(1, true),
  batch: (client) => client.batch([{ op: 'delete', id: 1 }]),
  summary: (client) => client.summary(),
  me: (client) => client.me(),
}
const LISTS = ['list', 'page', 'pages']

t.test('an answer with a success status that is not from the service is an error', async (t) => {
  for (const [what, answer] of Object.entries({
    'HTML without a length': json(HTML, { headers: { 'content-type': 'text/html' } }),
    'HTML with a length': json(HTML, { headers: length(HTML) }),
    'half of an object': json('{"id": 1'),
    'an empty body': json(null),
    'an empty body with a length': json(null, { headers: { 'content-length': '0' } }),
    '204': json(null, { status: 204 }),
    null: json('null'),
    'a number': json('1'),
    'a string': json('"ok"'),
    false: json('false'),
  }))
    for (const [name, call] of Object.entries(CALLS))
      await t.rejects(
        call(clientOf(answer)),
        { name: 'TaskApiError', status: 0, code: 'unexpected_answer' },
        `${name} of ${what}`,
      )
  for (const [name, call] of Object.entries(CALLS))
    await t.rejects(call(clientOf(json(LISTS.includes(name) ? '{"tasks":[]}' : '[]'))), {
      code: 'unexpected_answer',
    })
})

t.test('the operations under api do not throw a bare SyntaxError either', async (t) => {
  for (const headers of [{ 'content-type': 'text/html' }, length(HTML)]) {
    const { api } = clientOf(json(HTML, { headers }))
    const error = { name: 'TaskApiError', code: 'unexpected_answer', cause: { name: 'SyntaxError' } }
    await t.rejects(api.GET('/api/tasks'), error)
    await t.rejects(api.request('get', '/api/tasks'), error)
    t.equal((await api.GET('/health', { parseAs: 'text' })).data, HTML)
  }
})

t.test('an error of a proxy is an error with its status', async (t) => {
  for (const body of [HTML, '', null, 'null', '5', '[]', '"no"', '{"code":7,"detail":[],"errors":"x"}', '{'])
    for (const [name, call] of Object.entries(CALLS)) {
      const error = await call(clientOf(json(body, { status: 502 }))).catch((error: unknown) => error)
      t.ok(error instanceof TaskApiError, `${name}: ${body}`)
      t.match(error, {
        status: 502,
        code: 'unexpected_answer',
        errors: [],
        detail: 'The answer has the status 502.',
      })
    }
})

t.test('a call with arguments that make no valid request throws a TaskApiError', async (t) => {
  const options = { token: () => 'a.b.c', fetch: () => Promise.reject(new Error('nothing must be sent')) }
  const error = { name: 'TaskApiError', status: 0, code: 'invalid_call' }
  for (const baseUrl of ['', '/', '/backend', 'localhost:8000', 'http://['])
    for (const [name, call] of Object.entries(CALLS))
      await t.rejects(call(createTaskClient({ ...options, baseUrl })), error, `${name} ${baseUrl}`)

  const client = createTaskClient({ ...options, baseUrl: 'http://localhost' })
  await t.rejects(client.list({ search: '\ud800' }), error)
  await t.rejects(client.list({}, { headers: { 'x-name': 'Zoë – Müller' } }), error)
  await t.rejects(client.list({}, { headers: { 'x y': 'z' } }), error)
  await t.rejects(client.create({ title: 5n as never }), error)
  await t.rejects(client.api.GET('/api/tasks', { params: { query: { search: '\ud800' } } }), error)
})
