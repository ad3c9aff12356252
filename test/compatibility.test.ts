import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify from 'fastify'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { frontEnds } from '../src/compatibility/front-ends.ts'
import type { FrontEndSetting } from '../src/config/front-ends.ts'
import { createTask, createUser, nextPage, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { documentOf, lookUp, validatorOf } from './helpers/described.ts'
import { eventually } from './helpers/eventually.ts'
import { startInterposed } from './helpers/interposed.ts'

const ALL = 'list_envelope,is_completed,user_object,delete_json'
/** Texts that look like the JSON of a task. */
const HOSTILE = [
  '"completed":true',
  ',"completed":false,',
  '\\"completed":true',
  '\\\\"completed":false',
  '{"completed":true}',
  'completed',
  '"',
  '\\',
  '"completed":',
  '"is_completed":true,"total":9,"count":9}',
  '$& $1 $` \u{1F600}',
]

interface Task {
  id: number
  title: string
  completed: boolean
  is_completed?: boolean
}
interface Envelope {
  tasks: Task[]
  total: number
  count: number
}

const compatible = (t: Test, FRONT_END_COMPAT = ALL) => startApp(t, { FRONT_END_COMPAT })

/** Tasks that a filter on status splits in thirds, with hostile texts. */
async function fill({ call }: TestApp, user: TestUser, count: number) {
  await call('GET', '/api/me', { user })
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, description, completed)
     SELECT $1, ($3::text[])[1 + n % $4::int], ($3::text[])[1 + n % ($4::int - 1)], n % 3 = 0
     FROM generate_series(1, $2::int) AS n`,
    [user.id, count, HOSTILE, HOSTILE.length],
  )
}

/** The tasks of a list, as the service answers without settings. */
const plain = (tasks: Task[]) => tasks.map(({ is_completed: _, ...task }) => task)

t.test('without settings, answers do not change and the plugin is not loaded', async (t) => {
  const app = await startApp(t, { FRONT_END_COMPAT: '' })
  const user = await createUser()
  const call = (method: string, url: string, body?: object) => app.call(method, url, { user, body })
  const created = await call('POST', '/api/tasks', { title: '"completed":true' })
  const keys = 'id,user_id,title,description,completed,due_date,created_at,updated_at'
  for (const key of keys.split(',')) t.ok(key in created.body, key)
  t.notOk('is_completed' in created.body)
  t.equal((await call('GET', '/api/tasks')).text, `[${created.text}]`)
  t.equal((await call('GET', '/api/tasks?limit=5')).text, `[${created.text}]`)
  t.equal((await call('GET', '/api/tasks?limit=5')).headers['x-total-count'], undefined)
  const session = { user_id: user.id, email: user.email, name: 'Test User', is_authenticated: true }
  t.equal((await call('GET', '/api/auth/me')).text, JSON.stringify(session))
  const deleted = await call('DELETE', `/api/tasks/${created.body.id}`)
  t.match(deleted, { status: 204, text: '' })
  t.notOk(JSON.stringify(documentOf(app.app)).includes('FRONT_END_COMPAT'))
  t.notOk(app.app.hasRequestDecorator('taskToDelete'))
})

t.test('list_envelope: a list is an object with its tasks, their number and the total', async (t) => {
  const app = await compatible(t, 'list_envelope')
  const user = await createUser()
  const list = async (query: string, mount = '') => {
    const answer = await app.call<Envelope>('GET', `/api${mount}/tasks${query}`, { user })
    t.equal(answer.status, 200, query)
    t.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.text)), query)
    return answer
  }
  t.same((await list('')).body, { tasks: [], total: 0, count: 0 })
  t.same((await list('?limit=5')).body, { tasks: [], total: 0, count: 0 })
  await fill(app, user, 30)
  const numbers = async (query: string, mount = '') => {
    const { tasks, total, count } = (await list(query, mount)).body
    t.equal(tasks.length, count, query)
    t.notOk(tasks.some((task) => 'is_completed' in task))
    return { total, count }
  }
  t.same(await numbers(''), { total: 30, count: 30 })
  t.same(await numbers('/'), { total: 30, count: 30 })
  t.same(await numbers('', `/${user.id}`), { total: 30, count: 30 })
  t.same(await numbers('?status=completed'), { total: 10, count: 10 })
  t.same(await numbers('?status=completed&limit=4'), { total: 10, count: 4 })
  t.same(await numbers('?completed=false&limit=7&offset=14', `/${user.id}`), { total: 20, count: 6 })
  t.same(await numbers('?limit=5&offset=100'), { total: 30, count: 0 })
  t.same(await numbers('?search=nothing-like-this&limit=5'), { total: 0, count: 0 })
})

t.test('list_envelope: Link and X-Total-Count are the same as without it', async (t) => {
  const [app, other] = [await compatible(t, 'list_envelope'), await startApp(t)]
  const user = await createUser()
  await fill(app, user, 12)
  for (const query of [
    'limit=5',
    'limit=5&count=true',
    'count=true&limit=5',
    'count=false&limit=5&status=all',
    'limit=5&count=false',
    'search=%26count=true%26&limit=5',
    'limit=12',
    'count=true',
    'limit=5&sort=title&sort_order=desc&status=pending&count=',
  ]) {
    const urls = [`/api/tasks?${query}`, `/api/${user.id}/tasks/?${query}`]
    for (let url = urls.pop(); url !== undefined; url = urls.pop()) {
      const enveloped = await app.call<Envelope>('GET', url, { user })
      const bare = await other.call<Task[]>('GET', url, { user })
      t.same(enveloped.body.tasks, bare.body, url)
      for (const header of ['link', 'x-total-count', 'content-type'])
        t.equal(enveloped.headers[header], bare.headers[header], `${url}: ${header}`)
      const next = nextPage(bare, url)
      if (next !== undefined) urls.push(next)
    }
  }
})

t.test('list_envelope: all pages together have every task once, and each page has the total', async (t) => {
  const app = await compatible(t, 'list_envelope')
  const user = await createUser()
  await fill(app, user, 31)
  const ids: number[] = []
  const counts: number[] = []
  let url: string | undefined = '/api/tasks?limit=6&status=pending&sort=title'
  while (url !== undefined && counts.length < 10) {
    const answer: { headers: TestAnswer['headers']; body: Envelope } = await app.call('GET', url, { user })
    ids.push(...answer.body.tasks.map(({ id }) => id))
    counts.push(answer.body.count)
    t.equal(answer.body.total, 21)
    url = nextPage(answer, url)
  }
  t.same(counts, [6, 6, 6, 3])
  t.equal(new Set(ids).size, 21)
})
type TestAnswer = Awaited<ReturnType<TestApp['call']>>

t.test('HEAD has the headers of GET', async (t) => {
  const app = await compatible(t)
  const user = await createUser()
  const task = await createTask(app, user, { title: HOSTILE[0] })
  await fill(app, user, 20)
  const headers = { authorization: `Bearer ${user.token}` }
  for (const url of [
    '/api/tasks?limit=5',
    '/api/tasks?limit=5&count=true',
    `/api/tasks/${task.id}`,
    '/api/auth/me',
  ]) {
    const [head, get] = [
      await app.app.inject({ method: 'HEAD', url, headers }),
      await app.app.inject({ method: 'GET', url, headers }),
    ]
    t.equal(head.payload, '')
    for (const name of ['content-length', 'content-type', 'link', 'x-total-count'] as const)
      t.equal(head.headers[name], get.headers[name], `${url}: ${name}`)
    t.equal(get.headers['content-length'], String(Buffer.byteLength(get.payload)))
  }
  const complete = await app.app.inject({ method: 'HEAD', url: '/api/tasks', headers })
  t.match(complete, { statusCode: 200, payload: '' })
  t.equal(complete.headers['content-length'], undefined, 'its length is not known')
})

t.test('a refused list is an error without an envelope', async (t) => {
  const app = await compatible(t)
  const user = await createUser()
  for (const query of ['limit=0', 'offset=1', 'limit=5&cursor=x', 'limit=5&count=1', 'limit=a'])
    t.match(await app.call('GET', `/api/tasks?${query}`, { user }), {
      status: 400,
      headers: { 'x-total-count': undefined },
      body: { code: 'validation_failed', tasks: undefined },
    })
  t.match(await app.call('GET', '/api/tasks?limit=5'), { status: 401, body: { code: 'token_missing' } })
  t.match(await app.call('GET', '/api/somebody/tasks', { user }), {
    status: 403,
    body: { code: 'wrong_user' },
  })
})

t.test('complete lists of any length carry is_completed and an envelope', async (t) => {
  const bare = await startApp(t)
  const apps = [
    await compatible(t, 'is_completed'),
    await compatible(t, 'list_envelope'),
    await compatible(t),
  ]
  for (const count of [0, 1, 250, 251, 777]) {
    const user = await createUser()
    await fill(bare, user, count)
    for (const query of ['', '?sort=title&order=desc', '?status=completed']) {
      const url = `/api/tasks${query}`
      const expected = await bare.call<Task[]>('GET', url, { user })
      const [flagged, enveloped, both] = await Promise.all(apps.map((app) => app.call('GET', url, { user })))
      const withFlag = expected.body.map((task) => ({ ...task, is_completed: task.completed }))
      t.same(flagged!.body, withFlag, `${count} ${query}`)
      const { length } = expected.body
      t.equal(
        enveloped!.text,
        `{"tasks":${expected.text},"total":${length},"count":${length}}`,
        `${count} ${query}`,
      )
      t.same(both!.body, { tasks: withFlag, total: length, count: length }, `${count} ${query}`)
    }
  }
})

t.test('a long list is converted while it is streamed, and breaks off if the database fails', async (t) => {
  const app = await compatible(t)
  const user = await createUser()
  await fill(app, user, 800)
  let batches = 0
  const service = await startInterposed(app, ({ text }) => {
    if (!text.includes('WITH ORDINALITY')) return
    batches += 1
    if (batches === 2) throw Object.assign(new Error('Connection terminated'), { code: 'P1001' })
  })
  const url = await service.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => service.close())
  const answer = await fetch(`${url}/api/tasks`, { headers: { authorization: `Bearer ${user.token}` } })
  t.equal(answer.status, 200, 'the first batch is on its way')
  let received = ''
  const read = async () => {
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) received += piece
  }
  await t.rejects(read(), 'the client learns that it is not all')
  t.ok(received.startsWith('{"tasks":[{"id":'))
  t.notOk(received.includes('"total":8'), 'nothing follows')
  t.equal(batches, 2, 'nothing more is read')
  await eventually(() => service.logLines.some((line) => line.includes('"status":503')))
})

t.test('is_completed: every task in an answer has both names, whatever its texts contain', async (t) => {
  const app = await compatible(t, 'is_completed')
  const user = await createUser()
  for (const text of HOSTILE) {
    const call = (method: string, url: string, body?: object) => app.call<Task>(method, url, { user, body })
    const task = { title: text, description: `${text}\n${text}` }
    const created = await call('POST', '/api/tasks', { ...task, is_completed: true })
    t.match(created, { status: 201, body: { ...task, completed: true, is_completed: true } })
    const url = `/api/tasks/${created.body.id}`
    for (const [answer, completed] of [
      [await call('GET', url), true],
      [await call('PATCH', `${url}/complete`), false],
      [await call('PATCH', `${url}/complete`, { is_completed: true }), true],
      [await call('PUT', url, { is_completed: false }), false],
      [await call('PATCH', url, { completed: true }), true],
      [await call('GET', `/api/${user.id}/tasks/${created.body.id}`), true],
    ] as const) {
      t.match(answer, { status: 200, body: { ...task, completed, is_completed: completed } })
      const { is_completed, ...rest } = answer.body
      t.equal(answer.text.replace(`"is_completed":${is_completed},`, ''), JSON.stringify(rest))
    }
    const sentBack = await call('PUT', url, (await call('GET', url)).body)
    t.same(sentBack.body, (await call('GET', url)).body, 'a whole task can be sent back')
  }
  const list = await app.call<Task[]>('GET', '/api/tasks?order=asc', { user })
  t.same(
    list.body.map(({ title, is_completed }) => [title, is_completed]),
    HOSTILE.map((title) => [title, true]),
  )
  const page = await app.call<Task[]>('GET', '/api/tasks?order=asc&limit=200', { user })
  t.equal(page.text, list.text)
  const summary = await app.call('GET', '/api/tasks/summary', { user })
  t.match(summary.body, { total: HOSTILE.length, completed: HOSTILE.length })
  t.notOk('is_completed' in summary.body)
})

t.test('a stream is converted correctly wherever its chunks end', async (t) => {
  const settings = ALL.split(',') as FrontEndSetting[]
  const tasks = HOSTILE.map((title, index) => ({
    id: index,
    title,
    completed: index % 2 === 0,
    tags: [title],
  }))
  const text = JSON.stringify(tasks)
  const app = Fastify()
  app.decorate('changeDocument', () => {})
  await app.register(frontEnds, { settings, findTask: async () => undefined })
  let size = text.length
  const schema = { operationId: 'listTasks' } as object
  app.get('/', { schema }, (_request, reply) => {
    const chunks = function* () {
      for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size)
    }
    return reply.type('application/json').send(size === text.length ? text : Readable.from(chunks()))
  })
  t.teardown(() => app.close())
  const expected = {
    tasks: tasks.map((task) => ({ ...task, is_completed: task.completed })),
    total: tasks.length,
    count: tasks.length,
  }
  const { payload } = await app.inject('/')
  t.same(JSON.parse(payload), expected)
  for (size = 1; size < 60; size += 1) t.equal((await app.inject('/')).payload, payload, String(size))
})

t.test('is_completed and delete_json in the trash and in batches', async (t) => {
  const app = await compatible(t)
  const user = await createUser()
  const call = (method: string, path: string, body?: object) =>
    app.call(method, `/api/tasks${path}`, { user, body })
  const create = { op: 'create', title: HOSTILE[0], is_completed: true }
  const { body } = await call('POST', '/batch', { operations: [create, { ...create, is_completed: false }] })
  const [done, pending] = (body.results as { task: Task }[]).map(({ task }) => task)
  t.match(done, { completed: true, is_completed: true })
  t.match(pending, { completed: false, is_completed: false })
  const changed = await call('POST', '/batch', {
    operations: [
      { op: 'complete', id: pending!.id, is_completed: true },
      { op: 'update', id: done!.id, is_completed: false },
      { op: 'complete', id: pending!.id, is_completed: true },
      { op: 'delete', id: done!.id },
    ],
  })
  t.match(changed.body.results, [
    { status: 200, task: { completed: true, is_completed: true } },
    { status: 200, task: { completed: false, is_completed: false } },
    { status: 200, task: { completed: true, is_completed: true } },
    { status: 204 },
  ])
  const refused = await call('POST', '/batch', {
    operations: [
      { op: 'create', title: 'T' },
      { op: 'complete', id: done!.id, completed: true, is_completed: false },
    ],
  })
  t.same(refused.body.errors, [
    { path: '/operations/1/completed', message: 'must not differ from is_completed' },
    { path: '/operations/1/is_completed', message: 'must not differ from completed' },
  ])
  t.match(await call('DELETE', `/${pending!.id}`), {
    status: 200,
    body: { id: pending!.id, is_completed: true },
  })
  const trash = await call('GET', '/trash')
  t.match(trash.body, [
    { id: pending!.id, completed: true, is_completed: true, deleted_at: String },
    { id: done!.id, completed: false, is_completed: false },
  ])
  t.match(await call('POST', `/${done!.id}/restore`), { status: 200, body: { is_completed: false } })
  t.match(
    await call('DELETE', `/trash/${pending!.id}`),
    { status: 204, text: '' },
    'permanent deletion as before',
  )
  t.same((await call('DELETE', '?status=completed')).body, { deleted: 0 })
})

t.test('user_object: the session has a user', async (t) => {
  const app = await compatible(t, 'user_object')
  const user = await createUser()
  const session = { user_id: user.id, email: user.email, name: 'Test User', is_authenticated: true }
  const { body } = await app.call('GET', '/api/auth/me', { user })
  t.same(body, { ...session, user: { id: user.id, email: user.email, name: 'Test User' } })
  t.match(await app.call('GET', '/api/auth/me'), { status: 401, body: { code: 'token_missing' } })
  t.notOk('user' in (await app.call('GET', '/api/me', { user })).body)
})

t.test('delete_json: deleting a task answers with it', async (t) => {
  const app = await compatible(t, 'delete_json')
  const [user, other] = [await createUser(), await createUser()]
  for (const mount of ['/api', `/api/${user.id}`]) {
    const task = await createTask(app, user, { title: 'Gone' })
    const url = `${mount}/tasks/${task.id}`
    const foreign = await app.call('DELETE', `/api/tasks/${task.id}`, { user: other })
    t.match(foreign, { status: 404, body: { code: 'task_not_found' } })
    const deleted = await app.call('DELETE', url, { user, headers: { 'content-type': 'application/json' } })
    t.match(deleted, { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } })
    t.same(deleted.body, task)
    t.equal(deleted.headers['content-length'], String(Buffer.byteLength(deleted.text)))
    t.equal((await app.call('GET', url, { user })).status, 404)
    t.match(await app.call('DELETE', url, { user }), { status: 404, body: { code: 'task_not_found' } })
  }
  for (const id of ['9223372036854775808', '9'.repeat(40), '1'])
    t.match(await app.call('DELETE', `/api/tasks/${id}`, { user }), { status: 404 }, id)
  for (const id of ['0', 'x', '-1', '1.5'])
    t.match(await app.call('DELETE', `/api/tasks/${id}`, { user }), { status: 400 }, id)
  t.match(await app.call('DELETE', '/api/tasks/1'), { status: 401 })
  t.match(await app.call('DELETE', '/api/me', { user }), { status: 204, text: '' }, 'not a task')
})

t.test('delete_json: of twenty concurrent deletions, one answers with the task', async (t) => {
  const app = await compatible(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const calls = Array.from({ length: 20 }, () => app.call('DELETE', `/api/tasks/${id}`, { user }))
  const statuses = (await Promise.all(calls)).map(({ status }) => status)
  t.same(statuses.toSorted(), [200, ...Array<number>(19).fill(404)])
})

t.test('all settings at once: a front end creates, lists, completes and deletes', async (t) => {
  const app = await compatible(t, ` ${ALL.replaceAll(',', ' , ')} `)
  const user = await createUser()
  const call = (method: string, path: string, body?: object) =>
    app.call(method, `/api/${path}`, { user, body })
  t.match((await call('GET', 'auth/me')).body, { user: { id: user.id } })
  const { body: task } = await call('POST', `${user.id}/tasks`, { title: 'T', is_completed: false })
  t.match(task, { completed: false, is_completed: false })
  t.same((await call('GET', `${user.id}/tasks?limit=10&offset=0&sort_by=created_at&sort_order=desc`)).body, {
    tasks: [task],
    total: 1,
    count: 1,
  })
  const { body: done } = await call('PATCH', `${user.id}/tasks/${task.id}/complete`)
  t.match(done, { completed: true, is_completed: true })
  t.same(plain((await call('GET', 'tasks')).body.tasks as Task[]), plain([done as Task]))
  t.same((await call('DELETE', `${user.id}/tasks/${task.id}`)).body, done)
  t.same((await call('GET', 'tasks')).body, { tasks: [], total: 0, count: 0 })
})

t.test('the OpenAPI document shows which settings are on', async (t) => {
  for (const settings of [...ALL.split(','), ALL]) {
    const { app } = await compatible(t, settings)
    const document = documentOf(app)
    const served = (await app.inject('/openapi.json')).json<{ info: { description: string } }>()
    t.same(served, document)
    for (const name of ALL.split(','))
      t.equal(
        served.info.description.includes(`\`${name}\``),
        settings.includes(name),
        `${settings}: ${name}`,
      )
    t.same((await new Validator().validate({ ...document })).errors, undefined, settings)
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, { responses }] of Object.entries(methods))
        for (const [status, reference] of Object.entries(responses))
          for (const { schema, examples = {} } of Object.values(lookUp(document, reference).content ?? {}))
            for (const [name, { value }] of Object.entries(examples)) {
              const validate = validatorOf(document, schema)
              t.ok(validate(value), `${method} ${path} ${status} ${name}`, { errors: validate.errors })
            }
    const remove = document.paths['/api/tasks/{id}']!.delete!
    t.equal('200' in remove.responses, settings.includes('delete_json'))
    t.equal('204' in remove.responses, !settings.includes('delete_json'))
    t.equal(
      'is_completed' in document.components.schemas.Task!.properties!,
      settings.includes('is_completed'),
    )
  }
})

t.test('docs/front-ends.md has a row for each setting, and names no other in its recipe', async (t) => {
  const text = readFileSync(join(import.meta.dirname, '../docs/front-ends.md'), 'utf8')
  const [, section = ''] = text.split('## Settings for front ends that cannot be changed')
  const [settings = '', recipe = ''] = section.split('### Which setting does my front end need?')
  const rows = [...settings.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  t.same(rows, ALL.split(','))
  const advised = [...recipe.matchAll(/\| `(\w+)` +\|$/gm)].map(([, name]) => name!)
  t.same(new Set(advised), new Set(ALL.split(',')))
})

t.test('is_completed in a body is another name for completed', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const call = (method: string, url: string, body: object) => app.call(method, url, { user, body })
  const task = await createTask(app, user)
  const calls = [
    ['POST', '/api/tasks', { title: 'T' }],
    ['PUT', `/api/tasks/${task.id}`, {}],
    ['PATCH', `/api/tasks/${task.id}`, {}],
    ['PATCH', `/api/tasks/${task.id}/complete`, {}],
    ['PATCH', `/api/${user.id}/tasks/${task.id}/complete`, {}],
  ] as const
  for (const [method, url, rest] of calls) {
    t.test(`${method} ${url.replace(user.id, '{user_id}')}`, async (t) => {
      for (const value of [true, false, false]) {
        const alone = await call(method, url, { ...rest, is_completed: value })
        t.equal(alone.body.completed, value)
        t.notOk('is_completed' in alone.body, 'answers have the name of the contract')
      }
      const both = await call(method, url, { is_completed: true, completed: true, ...rest })
      t.equal(both.body.completed, true)

      for (const body of [
        { completed: true, is_completed: false, ...rest },
        { is_completed: true, completed: false, ...rest },
      ]) {
        const refused = await call(method, url, body)
        t.match(refused, { status: 400, body: { code: 'validation_failed' } })
        t.same(refused.body.errors, [
          { path: '/completed', message: 'must not differ from is_completed' },
          { path: '/is_completed', message: 'must not differ from completed' },
        ])
        t.equal(refused.body.detail, 'completed must not differ from is_completed.')
      }
      for (const value of ['true', 1, null, [true]]) {
        const refused = await call(method, url, { ...rest, completed: true, is_completed: value })
        t.equal(refused.status, 400)
        t.same(refused.body.errors, [{ path: '/is_completed', message: 'must be a boolean' }])
      }
      const wrong = await call(method, url, { ...rest, completed: 'yes', is_completed: true })
      t.same(wrong.body.errors, [{ path: '/completed', message: 'must be a boolean' }])
    })
  }
})

t.test('sort_order is another name for order, on every page', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const title of ['b', 'a', 'c']) await createTask(app, user, { title })
  const walk = async (query: string) => {
    const titles: string[] = []
    for (let url: string | undefined = `/api/tasks?${query}`; url && titles.length < 9;) {
      const answer = await app.call('GET', url, { user })
      titles.push(...(answer.body as { title: string }[]).map(({ title }) => title))
      url = nextPage(answer, url)
    }
    return titles.join('')
  }
  t.equal(await walk('sort=title&sort_order=desc'), 'cba')
  t.equal(await walk('sort=title&sort_order=desc&limit=1'), 'cba')
  t.equal(await walk('sort_order=asc&limit=2'), 'bac')
  t.equal(await walk('sort=title&order=asc&sort_order=desc&limit=1'), 'abc', 'order counts')
  t.equal(await walk('sort=title&order=&sort_order=desc'), 'cba', 'an empty order counts as not sent')
  const refused = await app.call('GET', '/api/tasks?sort_order=down', { user })
  t.same(refused.body.errors, [{ path: '/sort_order', message: 'must be one of: asc, desc' }])

  const { headers } = await app.call('GET', '/api/tasks?sort=title&sort_order=desc&limit=1', { user })
  const cursor = /cursor=([^&>]+)/.exec(headers.link!)![1]!
  const same = await app.call('GET', `/api/tasks?sort=title&order=desc&limit=1&cursor=${cursor}`, { user })
  t.match(same, { status: 200, body: [{ title: 'b' }] }, 'the cursor belongs to the same list')
  const other = await app.call('GET', `/api/tasks?sort=title&sort_order=asc&limit=1&cursor=${cursor}`, {
    user,
  })
  t.match(other, { status: 400, body: { errors: [{ path: '/cursor' }] } })
})
