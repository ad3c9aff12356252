import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Answer, type CallOptions, createTask, createUser, signToken, startApp } from './helpers/app.ts'
import { createKey, startIssuer } from './helpers/issuer.ts'

const DOCUMENT = join(import.meta.dirname, '../docs/front-ends.md')
const AS_JSON = { 'content-type': 'application/json' }
const ORIGIN = 'http://localhost:3000'

/** The service with both kinds of tokens. */
async function startService(t: Test) {
  const key = await createKey('EdDSA')
  const issuer = await startIssuer(t, [key])
  return { app: await startApp(t, { BETTER_AUTH_URL: issuer.origin }), key, issuer }
}

/** A user with three tasks, of which `c` is the newest and done. */
async function enter(service: Awaited<ReturnType<typeof startService>>) {
  const { app } = service
  const user = await createUser()
  const tasks = []
  for (const title of ['a', 'b', 'c'])
    tasks.unshift(await createTask(app, user, { title, description: 'D', completed: title === 'c' }))
  const call = (method: string, path: string, options: CallOptions = {}) =>
    app.call(method, path, { user, ...options })
  const [done, , pending] = tasks
  const titles = async (query: string) => {
    const answer = await call('GET', `/api/tasks?${query}`)
    return { answer, titles: (answer.body as { title: string }[]).map(({ title }) => title).join('') }
  }
  return { ...service, user, tasks, done: done!, pending: pending!, call, titles }
}
type Stage = Awaited<ReturnType<typeof enter>>

/** By the first cell of their row. Each returns the answer whose status the row's last cell begins with. */
const rows: Record<string, (t: Test, stage: Stage) => Promise<{ status: number }>> = {
  '`/api/{user_id}/tasks`': async (t, { call, user, tasks }) => {
    const answer = await call('GET', `/api/${user.id}/tasks`)
    t.same(answer.body, tasks)
    t.equal((await call('POST', '/api/somebody/tasks', { body: '{' })).status, 403)
    return answer
  },
  '`/api/tasks`': async (t, { call, tasks }) => {
    const answer = await call('GET', '/api/tasks')
    t.same(answer.body, tasks)
    return answer
  },
  '`/api/v1/tasks`': async (t, { call }) => {
    const answer = await call('GET', '/api/v1/tasks')
    t.match(answer.body, {
      code: 'wrong_user',
      detail: 'The user in the path is not the user of the token.',
    })
    return answer
  },
  'A slash at the end: `/api/tasks/`': async (t, { call, user, pending }) => {
    t.equal((await call('POST', '/api/tasks/', { body: { title: 'T' } })).status, 201)
    t.equal((await call('GET', `/api/tasks/${pending.id}/`)).status, 200)
    return call('GET', `/api/${user.id}/tasks/`)
  },
  'PUT with some of the fields': (t, { call, pending }) =>
    same(t, call('PUT', `/api/tasks/${pending.id}`, { body: { title: 'T' } }), {
      ...pending,
      title: 'T',
      updated_at: String,
    }),
  'PATCH with some of the fields': (t, { call, pending }) =>
    same(t, call('PATCH', `/api/tasks/${pending.id}`, { body: { description: 'new' } }), {
      ...pending,
      description: 'new',
      updated_at: String,
    }),
  'A whole task, `id`, `user_id` and dates included': (t, { call, pending }) =>
    same(t, call('PUT', `/api/tasks/${pending.id}`, { body: pending }), pending),
  'PATCH `/complete` without a body': (t, { call, pending }) =>
    same(t, call('PATCH', `/api/tasks/${pending.id}/complete`), { completed: true }),
  'PATCH `/complete` without a body, as `application/json`': (t, { call, pending }) =>
    same(t, call('PATCH', `/api/tasks/${pending.id}/complete`, { headers: AS_JSON, body: '' }), {
      completed: true,
    }),
  'PATCH `/complete` with `{"completed": true}`': (t, { call, done }) =>
    same(t, call('PATCH', `/api/tasks/${done.id}/complete`, { body: { completed: true } }), done),
  'PATCH `/complete` with `{}`': (t, { call, done }) =>
    same(t, call('PATCH', `/api/tasks/${done.id}/complete`, { body: {} }), { completed: false }),
  'PATCH of the task with `{"completed": true}`': (t, { call, pending }) =>
    same(t, call('PATCH', `/api/tasks/${pending.id}`, { body: { completed: true } }), { completed: true }),
  'PUT of the task with `{"completed": true}`': (t, { call, pending }) =>
    same(t, call('PUT', `/api/tasks/${pending.id}`, { body: { completed: true } }), {
      title: 'a',
      description: 'D',
      completed: true,
    }),
  'DELETE without a body, as `application/json`': (_t, { call, pending }) =>
    call('DELETE', `/api/tasks/${pending.id}`, { headers: AS_JSON, body: '' }),
  '`.json()` after DELETE': async (t, { app, call, user, pending }) => {
    const service = await app.app.listen({ host: '127.0.0.1', port: 0 })
    const headers = { authorization: `Bearer ${user.token}` }
    const response = await fetch(`${service}/api/tasks/${pending.id}`, { method: 'DELETE', headers })
    await t.rejects(response.json(), SyntaxError)
    t.equal((await call('GET', `/api/tasks/${pending.id}`)).status, 404)
    return response
  },
  'Restores a deleted task, for example to undo a deletion': async (t, { call, pending }) => {
    await call('DELETE', `/api/tasks/${pending.id}`)
    const restored = { ...pending, updated_at: String }
    return same(t, call('POST', `/api/tasks/${pending.id}/restore`), restored)
  },
  'Deletes all completed tasks in one call': async (t, { call, pending, done }) => {
    const answer = await same(t, call('DELETE', '/api/tasks?status=completed'), { deleted: 1 })
    t.equal((await call('GET', `/api/tasks/${done.id}`)).status, 404)
    t.equal((await call('GET', `/api/tasks/${pending.id}`)).status, 200)
    t.equal((await call('DELETE', '/api/tasks')).status, 400)
    return answer
  },
  '`description: null`': async (t, { call, pending }) => {
    const changed = call('PUT', `/api/tasks/${pending.id}`, { body: { description: null } })
    t.equal((await same(t, changed, { description: null })).status, 200)
    return same(t, call('POST', '/api/tasks', { body: { title: 'T', description: null } }), {
      description: null,
    })
  },
  '`is_completed` in place of `completed`': async (t, { call, pending }) => {
    const path = `/api/tasks/${pending.id}`
    for (const [method, url, is_completed] of [
      ['PUT', path, true],
      ['PATCH', path, false],
      ['PATCH', `${path}/complete`, true],
      ['PATCH', `${path}/complete`, true],
    ] as const) {
      const changed = await call(method, url, { body: { is_completed } })
      t.match(changed, { status: 200, body: { id: pending.id, title: 'a', completed: is_completed } })
    }
    return same(t, call('POST', '/api/tasks', { body: { title: 'T', is_completed: true } }), {
      completed: true,
    })
  },
  '`priority` and `tags`': async (t, { call }) => {
    const body = { title: 'T', priority: 'high', tags: ['Home', 'home', 'x'] }
    t.equal((await call('POST', '/api/tasks', { body: { ...body, priority: 'High' } })).status, 400)
    const given = { priority: 'high', tags: ['Home', 'x'] }
    return same(t, call('POST', '/api/tasks', { body }), given)
  },
  'Unknown fields': async (t, { call }) => {
    const body = { title: 'T', category: null }
    const answer = await call('POST', '/api/tasks', { body })
    t.match(answer.body, { title: 'T', completed: false })
    t.notOk('category' in answer.body)
    return answer
  },
  'Reads the list as a bare array': async (t, { call, tasks }) => {
    const answer = await call('GET', '/api/tasks')
    t.ok(Array.isArray(answer.body))
    t.equal(answer.body.length, tasks.length)
    return answer
  },
  'Reads `detail` of an error': async (t, { call }) => {
    const answer = await call('POST', '/api/tasks', { body: { title: '', description: 5 } })
    t.type(answer.body.detail, 'string')
    t.equal(answer.body.errors.length, 2)
    for (const other of [await call('GET', '/api/tasks/1'), await call('GET', '/api', { token: 'x' })])
      t.type(other.body.detail, 'string')
    return answer
  },
  'Reads `message` of an error': async (t, { call }) => {
    const answer = await call('POST', '/api/tasks', { body: {} })
    t.equal(answer.body.message, 'title is required.')
    t.equal(answer.body.message, answer.body.detail)
    return answer
  },
  '`status=all`, `pending`, `completed`, `active`, `incomplete`': async (t, { titles, call }) => {
    t.equal((await titles('status=completed')).titles, 'c')
    for (const word of ['pending', 'active', 'incomplete'])
      t.equal((await titles(`status=${word}`)).titles, 'ba', word)
    t.equal((await call('GET', '/api/tasks?status=todo')).status, 400)
    return listed(t, titles('status=all'), 'cba')
  },
  '`completed=true`, `completed=false`': async (t, { titles }) => {
    t.equal((await titles('completed=true')).titles, 'c')
    t.equal((await titles('completed=true&status=pending')).titles, 'ba')
    return listed(t, titles('completed=false'), 'ba')
  },
  '`search=…`': (t, { titles }) => listed(t, titles('search=B%20d'), 'b'),
  '`limit=…` and `offset=…`': async (t, { titles, call }) => {
    t.equal((await call('GET', '/api/tasks?offset=1')).status, 400)
    t.equal((await call('GET', '/api/tasks?limit=201')).status, 400)
    return listed(t, titles('limit=2&offset=1'), 'ba')
  },
  '`sort=…` and `order=…`': async (t, { titles, call }) => {
    for (const word of ['created', 'created_at', 'updated', 'updated_at', 'title', 'due_date', 'priority'])
      t.equal((await titles(`sort=${word}&order=asc`)).titles, 'abc', word)
    t.equal((await call('GET', '/api/tasks?sort=status')).status, 400)
    return listed(t, titles('sort=title&order=desc'), 'cba')
  },
  '`sort_order=…`': async (t, { titles, call }) => {
    t.equal((await titles('sort=title&sort_order=asc')).titles, 'abc')
    t.equal((await titles('sort=title&sort_order=desc&order=asc')).titles, 'abc')
    t.equal((await call('GET', '/api/tasks?sort_order=down')).status, 400)
    return listed(t, titles('sort_by=title&sort_order=desc'), 'cba')
  },
  '`sort_by=…`': async (t, { titles }) => {
    t.equal((await titles('sort_by=status')).titles, 'cba')
    return listed(t, titles('sort_by=title'), 'abc')
  },
  '`priority=…`, `tags=…`': async (t, { titles, call, pending }) => {
    t.equal((await call('GET', '/api/tasks?priority=all')).status, 400)
    await call('PATCH', `/api/tasks/${pending.id}`, { body: { priority: 'high', tags: ['A', 'b', 'c'] } })
    t.equal((await titles('priority=low')).titles, '')
    return listed(t, titles('priority=high,urgent&tags=b,a'), pending.title)
  },
  'An HS256 token under `BETTER_AUTH_SECRET`, no `iss`, no `aud`': async (t, stage) =>
    isUser(t, stage, await signToken({ sub: stage.user.id })),
  'An HS256 token with an `iss` and `aud` of its own': async (t, stage) =>
    isUser(t, stage, await signToken({ sub: stage.user.id, iss: 'todo-app', aud: 'todo-api' })),
  'An HS256 token with `user_id` and no `sub`': async (t, stage) => {
    for (const claim of ['email', 'userId', 'id'])
      t.equal((await stage.call('GET', '/api/me', { token: await signToken({ [claim]: 'x' }) })).status, 401)
    return isUser(t, stage, await signToken({ user_id: stage.user.id }))
  },
  "A token of Better Auth's `jwt()` plugin, EdDSA": async (t, stage) =>
    isUser(t, stage, await stage.key.sign(stage.issuer.claims({ sub: stage.user.id }))),
  "Better Auth's session token, which is not a JWT": async (t, { call }) => {
    const answer = await call('GET', '/api/tasks', { token: 'Hq0mDYzWcN3VbX7tRk5PsLfJ2gE9uAoT' })
    t.match(answer, { body: { code: 'token_invalid' }, headers: { 'www-authenticate': /^Bearer/ } })
    return answer
  },
  '`credentials: "include"` from another origin': async (t, { call, user }) => {
    const headers = { origin: ORIGIN, cookie: `better-auth.session_token=${user.token}` }
    const answer = await call('GET', '/api/tasks', { headers })
    t.match(answer.headers, {
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
    })
    const cookieOnly = { user: undefined, token: undefined, headers }
    t.equal((await call('GET', '/api/tasks', cookieOnly)).status, 401)
    return answer
  },
  'The preflight of a PATCH with `Authorization`': async (t, { app }) => {
    const preflight = async (origin: string) => {
      const asked = {
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type',
      }
      return app.app.inject({ method: 'OPTIONS', url: '/api/tasks/1', headers: { origin, ...asked } })
    }
    t.notOk('access-control-allow-origin' in (await preflight('https://elsewhere.example')).headers)
    const { statusCode: status, headers } = await preflight(ORIGIN)
    t.equal(headers['access-control-allow-origin'], ORIGIN)
    t.match(headers['access-control-allow-methods'], /PATCH, DELETE/)
    t.match(headers['access-control-allow-headers'], /Authorization, Content-Type/)
    return { status }
  },
}

async function same(t: Test, answer: Promise<Answer>, expected: object) {
  t.match((await answer).body, expected)
  return answer
}

async function listed(t: Test, list: Promise<{ answer: Answer; titles: string }>, expected: string) {
  const { answer, titles } = await list
  t.equal(titles, expected)
  return answer
}

async function isUser(t: Test, { call, tasks }: Stage, token: string) {
  const answer = await call('GET', '/api/tasks', { token })
  t.same(answer.body, tasks)
  return answer
}

/** First cell and last cell of each row of the table. */
const documented = readFileSync(DOCUMENT, 'utf8')
  .split('\n## ')
  .find((section) => section.startsWith('What they send'))!
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .map((cells) => [cells[0]!, cells.at(-1)!] as const)

t.test('every row of the table has a test, and every test has a row', async (t) => {
  t.same(
    documented.map(([sent]) => sent),
    Object.keys(rows),
  )
})

const service = await startService(t)
for (const [sent, told] of documented)
  t.test(`${sent} → ${told}`, async (t) => {
    const { status } = await rows[sent]!(t, await enter(service))
    t.equal(String(status), told.slice(0, 3))
  })
