import t from 'tap'
import { createTask, createUser, startApp } from './helpers/app.ts'
import { documentOf, findOperation } from './helpers/described.ts'

const LONE_SURROGATE = '{"title":"\\ud800"}'

/** Bodies that are refused when a task is created or changed, and their wrong part. */
const BAD_FIELDS: [path: string, body: unknown][] = [
  ['/title', { title: '' }],
  ['/title', { title: ' \t\n\u00a0\ufeff ' }],
  ['/title', { title: 'x'.repeat(201) }],
  ['/title', { title: '😀'.repeat(201) }],
  ['/title', { title: null }],
  ['/title', { title: 5 }],
  ['/title', { title: true }],
  ['/title', { title: ['x'] }],
  ['/title', { title: { toString: 'x' } }],
  ['/title', { title: 'nul \u0000' }],
  ['/title', { title: 'two\nlines' }],
  ['/title', { title: '\u200b' }],
  ['/title', LONE_SURROGATE],
  ['/description', { title: 'x', description: 'x'.repeat(1001) }],
  ['/description', { title: 'x', description: 5 }],
  ['/description', { title: 'x', description: false }],
  ['/description', { title: 'x', description: '\u0000' }],
  ['/completed', { title: 'x', completed: 'true' }],
  ['/completed', { title: 'x', completed: 1 }],
  ['/completed', { title: 'x', completed: null }],
  ['/due_date', { title: 'x', due_date: '' }],
  ['/due_date', { title: 'x', due_date: 'tomorrow' }],
  ['/due_date', { title: 'x', due_date: '2026-02-30' }],
  ['/due_date', { title: 'x', due_date: '2026-13-01' }],
  ['/due_date', { title: 'x', due_date: '2026-1-1' }],
  ['/due_date', { title: 'x', due_date: '2026-12-01T10:00:00' }],
  ['/due_date', { title: 'x', due_date: '2026-12-01T25:00:00Z' }],
  ['/due_date', { title: 'x', due_date: '2026-12-01T10:00:60Z' }],
  ['/due_date', { title: 'x', due_date: '2026-12-01 10:00:00Z' }],
  ['/due_date', { title: 'x', due_date: '2026-12-01T10:00:00+25:00' }],
  ['/due_date', { title: 'x', due_date: '0999-12-31' }],
  ['/due_date', { title: 'x', due_date: '10000-01-01' }],
  ['/due_date', { title: 'x', due_date: '9999-12-31T23:59:59-01:00' }],
  ['/due_date', { title: 'x', due_date: 1764547200 }],
  ['', []],
  ['', '"text"'],
  ['', '5'],
  ['', 'null'],
]

t.test('a bad field gets a 400 that names it, and nothing changes', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  for (const [path, body] of BAD_FIELDS) {
    for (const [method, url] of [
      ['POST', '/api/tasks'],
      ['PUT', `/api/tasks/${task.id}`],
      ['PATCH', `/api/${user.id}/tasks/${task.id}`],
    ]) {
      const answer = await app.call(method!, url!, { user, body })
      const what = `${method} ${JSON.stringify(body).slice(0, 60)}`
      t.equal(answer.status, 400, what)
      t.match(answer.body, { code: 'validation_failed', title: 'Bad Request', status: 400 }, what)
      t.equal(answer.body.errors[0].path, path, what)
      t.equal(answer.body.detail, answer.body.message)
      t.match(answer.body.detail, path === '' ? /^The body / : new RegExp(`^${path.slice(1)} `), what)
    }
  }
  t.same((await app.call('GET', '/api/tasks', { user })).body, [task])
})

t.test('creating without a title is a 400', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const { body } = await call('POST', '/api/tasks', { user, body: { description: 5 } })
  t.same(body.errors, [
    { path: '/title', message: 'is required' },
    { path: '/description', message: 'must be a string or null' },
  ])
})

t.test('completing takes an object, nothing, or an empty object', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  for (const body of [{ completed: null }, { completed: 'true' }, { completed: 0 }, [], '"x"', 'true']) {
    t.match(await app.call('PATCH', `/api/tasks/${id}/complete`, { user, body }), {
      status: 400,
      body: { code: 'validation_failed' },
    })
  }
  t.equal((await app.call('GET', `/api/tasks/${id}`, { user })).body.completed, false)
})

t.test('a text of maximum length is accepted, counted in code points after trimming', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  for (const title of ['x'.repeat(200), '😀'.repeat(200), 'ü'.repeat(200)]) {
    const { status, body } = await call('POST', '/api/tasks', {
      user,
      body: { title: `\u3000 ${title}\n`, description: '😀'.repeat(1000) },
    })
    t.equal(status, 201)
    t.equal(body.title, title)
  }
})

t.test('text is returned exactly as it was sent', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const texts = [
    '"\\/',
    "'; DROP TABLE tasks; --",
    '__proto__',
    '%_\\',
    '🏳️‍🌈 e\u0301',
    '\u200b',
    '${x} $1 :id ?',
    '<script>',
  ]
  for (const text of texts) {
    const { status, body } = await call('POST', '/api/tasks', {
      user,
      body: { title: `.${text}.`, description: text },
    })
    t.equal(status, 201, encodeURIComponent(text))
    t.ok(body.title === `.${text}.`)
    t.ok(body.description === text)
  }
  for (const description of ['"\\/\b\f\n\r\t', '\u2028\u2029\u007f\u0085', 'x\ny']) {
    const { body } = await call('POST', '/api/tasks', { user, body: { title: 'lines', description } })
    t.ok(body.description === description, encodeURIComponent(description))
  }
})

t.test('keys such as __proto__ are only unknown fields', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const body =
    '{"title":"x","__proto__":{"completed":true},"constructor":{"prototype":{"admin":true}},"toString":1}'
  const answer = await call('POST', '/api/tasks', { user, body })
  t.equal(answer.status, 201)
  t.equal(answer.body.completed, false)
  t.notOk(({} as Record<string, unknown>).admin)
})

t.test('an id that is not a positive integer is a 400, one beyond the range of ids a 404', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const bad = [
    'abc',
    '0',
    '00',
    '-1',
    '1.5',
    '1e3',
    '0x1',
    '%20',
    '1%20',
    '+1',
    'null',
    '1;2',
    '%31%00',
    '１',
  ]
  const absent = ['2147483648', '9223372036854775807', '9223372036854775808', '9'.repeat(30_000), '007']
  for (const [method, suffix] of [
    ['GET', ''],
    ['PUT', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['PATCH', '/complete'],
  ] as const) {
    const body = method === 'PUT' || suffix === '' ? { title: 'x' } : undefined
    for (const id of bad) {
      const answer = await call(method, `/api/tasks/${id}${suffix}`, {
        user,
        body: method === 'GET' ? undefined : body,
      })
      t.match(
        answer,
        { status: 400, body: { detail: 'id must be a positive integer.' } },
        `${method} ${id}${suffix}`,
      )
    }
    for (const id of absent) {
      const answer = await call(method, `/api/tasks/${id}${suffix}`, {
        user,
        body: method === 'GET' ? undefined : body,
      })
      t.match(
        answer,
        { status: 404, body: { code: 'task_not_found' } },
        `${method} ${id.slice(0, 30)}${suffix}`,
      )
    }
  }
})

t.test('a query parameter with a bad value gets a 400 that says what is allowed', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const bad: [query: string, message: RegExp][] = [
    ['status=done', /^status must be one of: all, pending, active, incomplete, completed\.$/],
    ['status=all&status=pending', /^status must be sent only once\.$/],
    [
      'sort=status',
      /^sort must be one of: created, created_at, title, due_date, updated, updated_at, priority\.$/,
    ],
    [
      'priority=huge',
      /^priority must be one or more of none, low, medium, high, urgent, separated by commas\.$/,
    ],
    ['priority=High', /^priority must be one or more of none, low/],
    ['priority=high,%20urgent', /^priority must be one or more of none, low/],
    ['priority=null', /^priority must be one or more of none, low/],
    [
      `tags=${Array.from({ length: 21 }, (_, n) => n).join()}`,
      /^tags must be at most 20 tags of at most 50 characters/,
    ],
    [`any_tags=a,${'😀'.repeat(51)}`, /^any_tags must be at most 20 tags of at most 50 characters/],
    ['tags=a%00', /^tags must be at most 20 tags/],
    ['order=up', /^order must be one of: asc, desc\.$/],
    ['limit=0', /^limit must be at least 1\.$/],
    ['limit=201', /^limit must be at most 200\.$/],
    ['limit=ten', /^limit must be an integer\.$/],
    ['limit=1.5', /^limit must be an integer\.$/],
    ['limit=Infinity', /^limit must be an integer\.$/],
    ['limit=1e999', /^limit must be an integer\.$/],
    ['limit=NaN', /^limit must be an integer\.$/],
    ['limit=0x10', /^limit must be an integer\.$/],
    ['limit=0b1', /^limit must be an integer\.$/],
    ['limit=1e1', /^limit must be an integer\.$/],
    ['limit=5.0', /^limit must be an integer\.$/],
    ['limit=+5', /^limit must be an integer\.$/],
    ['limit=%2B5', /^limit must be an integer\.$/],
    ['limit=5%20', /^limit must be an integer\.$/],
    ['limit=%0A5', /^limit must be an integer\.$/],
    ['limit=5_0', /^limit must be an integer\.$/],
    ['limit=5n', /^limit must be an integer\.$/],
    ['limit=٣', /^limit must be an integer\.$/],
    ['limit=-5', /^limit must be at least 1\.$/],
    ['limit=-0', /^limit must be at least 1\.$/],
    ['limit=1000000000000000000000000', /^limit must be at most 200\.$/],
    [`limit=${'9'.repeat(1000)}`, /^limit must be an integer\.$/],
    ['limit=true', /^limit must be an integer\.$/],
    ['limit=5&limit=6', /^limit must be sent only once\.$/],
    ['tags=a&tags=b', /^tags must be sent only once\.$/],
    ['due_from=2026-12-01&due_from=2026-12-02', /^due_from must be sent only once\.$/],
    ['limit=5&offset=Infinity', /^offset must be an integer\.$/],
    ['limit=5&offset=0x0', /^offset must be an integer\.$/],
    ['limit=5&offset=-1', /^offset must be at least 0\.$/],
    ['limit=5&offset=99999999999', /^offset must be at most 2147483647\.$/],
    ['offset=5', /^offset needs limit\.$/],
    ['cursor=x', /^cursor needs limit\.$/],
    ['limit=5&offset=0&cursor=x', /^cursor cannot be combined with offset\.$/],
    ['limit=5&cursor=x', /^The cursor belongs to another list/],
    ['count=yes', /^count must be a boolean\.$/],
    ['count=1', /^count must be a boolean\.$/],
    ['count=TRUE', /^count must be a boolean\.$/],
    ['count=true&count=true', /^count must be sent only once\.$/],
    ['overdue=maybe', /^overdue must be a boolean\.$/],
    ['due_before=soon', /^due_before must be a date/],
    ['due_from=2026-02-30', /^due_from must be a date/],
    ['time_zone=Mars/Olympus', /^time_zone must be an IANA time zone/],
    ['time_zone=%2B01:00', /^time_zone must be an IANA time zone/],
  ]
  for (const [query, detail] of bad) {
    t.match(
      await call('GET', `/api/tasks?${query}`, { user }),
      { status: 400, body: { code: 'validation_failed', detail } },
      query,
    )
  }
  t.equal((await call('GET', '/api/tasks/summary?time_zone=nowhere', { user })).status, 400)
  t.equal(
    (await call('GET', '/api/tasks?unknown=1&page=2&search', { user })).status,
    200,
    'unknown parameters are ignored',
  )
  t.equal(
    (await call('GET', '/api/tasks?limit=007', { user })).status,
    200,
    'zeros in front change no number',
  )
})

t.test('an empty query value counts as not sent', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const title of ['a', 'b', 'c']) await createTask(app, user, { title })
  const { parameters = [] } = findOperation(documentOf(app.app), 'GET', '/api/tasks')!
  const names = parameters.map(({ name }) => name)
  t.ok(names.includes('status') && names.includes('limit'))
  const all = await app.call('GET', '/api/tasks', { user })
  for (const query of [...names.map((name) => `${name}=`), ...names, names.join('=&')]) {
    const { status, body, headers } = await app.call('GET', `/api/tasks?${query}`, { user })
    t.same({ status, body, link: headers.link }, { status: 200, body: all.body, link: undefined }, query)
  }
  const page = await app.call('GET', '/api/tasks?limit=&limit=1&sort=&sort=title&status=&order=', { user })
  t.same([page.status, page.body.map(({ title }: { title: string }) => title)], [200, ['a']])
  const { headers } = page
  t.notMatch(headers.link, /status|order/, 'the next page has no empty parameters')
  t.equal((await app.call('GET', '/api/tasks?limit=&offset=5', { user })).body.detail, 'offset needs limit.')
  t.equal((await app.call('GET', '/api/tasks/summary?time_zone=', { user })).status, 200)
})
