import t from 'tap'
import type { Task } from '../src/tasks/schemas.ts'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'

const DUE = '2090-01-02'
const daily = { title: 'Water', due_date: DUE, recurrence: { rule: 'FREQ=DAILY' } }

/** A task with what is special about it, and calls on it. */
async function recurring(app: TestApp, extras: object = {}, user?: TestUser) {
  const owner = user ?? (await createUser())
  const { id } = await createTask(app, owner, { ...daily, ...extras })
  const call = (method: string, path: string, body?: unknown, headers = {}) =>
    app.call<any>(method, `/api/tasks${path}`, { user: owner, body, headers })
  const list = async () => (await call('GET', '')).body as Task[]
  return { id, owner, call, list, path: `/${id}` }
}
const titles = (tasks: Task[]) =>
  tasks.map(({ due_date, completed }) => `${due_date} ${completed ? 'done' : 'open'}`)

t.test('recurring tasks', async (t) => {
  const app = await startApp(t)

  t.test('a recurrence is returned as it was sent, in upper case and with its defaults', async (t) => {
    const { call, path } = await recurring(app, {
      recurrence: { rule: 'rrule:freq=weekly;byday=mo', other: 1 },
    })
    const { body } = await call('GET', path)
    t.strictSame(body.recurrence, { rule: 'FREQ=WEEKLY;BYDAY=MO', time_zone: 'UTC', anchor: 'due_date' })
    t.equal(body.next_task_id, null)
  })

  t.test('every answer with a recurring task has the same bytes of it', async (t) => {
    const { call, id, path } = await recurring(app, { title: 'Ü "1": 2, 3', tags: ['a', 'b'] })
    const answers = [
      ...[await call('GET', path), await call('GET', ''), await call('GET', '?limit=9')],
      ...[
        await call('GET', '?sort=title&search=ü'),
        await call('GET', '/changes'),
        await call('GET', '/export'),
      ],
      ...[await call('PUT', path, {}), await call('PATCH', path, { completed: false })],
      await call('POST', '/batch', { operations: [{ op: 'update', id, title: 'Ü "1": 2, 3' }] }),
    ]
    const { text } = answers.at(-2)!
    for (const answer of answers) t.ok(answer.text.includes(text), answer.text)
    const moved = await call('POST', `${path}/skip`)
    t.equal((await call('GET', path)).text, moved.text)
    const done = await call('PATCH', `${path}/complete`)
    t.equal((await call('GET', path)).text, done.text)
    await call('DELETE', path)
    const trash = await call('GET', '/trash')
    t.ok(trash.text.includes(done.text.slice(0, -1)), trash.text)
    const restored = await call('POST', `${path}/restore`)
    t.equal((await call('GET', path)).text, restored.text)
  })

  t.test('every way to complete a task creates its next occurrence once', async (t) => {
    const copied = { description: 'All of them.', priority: 'high', tags: ['home', 'Garden'] }
    const ways: Record<string, (task: Awaited<ReturnType<typeof recurring>>) => Promise<any>> = {
      flip: async ({ call, path }) => (await call('PATCH', `${path}/complete`)).body,
      set: async ({ call, path }) => (await call('PATCH', `${path}/complete`, { completed: true })).body,
      alias: async ({ call, path }) => (await call('PATCH', `${path}/complete`, { is_completed: true })).body,
      put: async ({ call, path }) => (await call('PUT', path, { completed: true })).body,
      patch: async ({ call, path }) => (await call('PATCH', path, { is_completed: true })).body,
      'batch complete': async ({ call, id }) =>
        (await call('POST', '/batch', { operations: [{ op: 'complete', id }] })).body.results[0].task,
      'batch update': async ({ call, id }) =>
        (await call('POST', '/batch', { operations: [{ op: 'update', id, completed: true }] })).body
          .results[0].task,
    }
    for (const [way, complete] of Object.entries(ways)) {
      const task = await recurring(app, { ...copied, recurrence: { rule: 'FREQ=DAILY;COUNT=3' } })
      const done = await complete(task)
      t.match(done, { completed: true, due_date: DUE }, way)
      const { body: next } = await task.call('GET', `/${done.next_task_id}`)
      t.match(
        next,
        { ...copied, title: 'Water', completed: false, due_date: '2090-01-03', next_task_id: null },
        way,
      )
      t.equal(next.recurrence.rule, 'FREQ=DAILY;COUNT=2', way)
      await task.call('PATCH', `${task.path}/complete`, { completed: true })
      await task.call('PATCH', `${task.path}/complete`, { completed: false })
      const { body: again } = await task.call('PATCH', `${task.path}/complete`, { completed: true })
      t.equal(again.next_task_id, next.id, way)
      t.strictSame(titles(await task.list()), ['2090-01-03 open', '2090-01-02 done'], way)
    }
  })

  t.test('a change and the completion in one request: the next occurrence has the new values', async (t) => {
    const { call, path, list } = await recurring(app)
    const changes = {
      title: 'Feed',
      due_date: '2090-03-31',
      recurrence: { rule: 'FREQ=MONTHLY' },
      completed: true,
    }
    t.equal((await call('PATCH', path, changes)).status, 200)
    const [next] = await list()
    t.match(next, { title: 'Feed', due_date: '2090-05-31', completed: false })
  })

  t.test('50 concurrent completions create one next task', async (t) => {
    for (const body of [{ completed: true }, undefined]) {
      const { call, path, list } = await recurring(app)
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => call('PATCH', `${path}/complete`, body)),
      )
      t.ok(answers.every(({ status }) => status === 200))
      const all = await list()
      t.equal(all.length, 2)
      // 50 flips end where they began.
      t.equal(all.find(({ id }) => path === `/${id}`)!.completed, body !== undefined)
    }
  })

  t.test('of 20 completions with the same ETag, exactly one succeeds', async (t) => {
    const { call, path, list } = await recurring(app)
    const headers = { 'if-match': (await call('GET', path)).headers.etag }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('PATCH', `${path}/complete`, undefined, headers)),
    )
    t.strictSame(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 19 }, () => 412)])
    t.equal((await list()).length, 2)
  })

  t.test('a completion during changes of the rule or due date uses one version of them', async (t) => {
    const { call, path, list } = await recurring(app)
    const change = (day: number) =>
      call('PATCH', path, { due_date: `2091-0${day}-01`, recurrence: { rule: `FREQ=DAILY;INTERVAL=${day}` } })
    const [complete, ...changes] = await Promise.all([
      call('PATCH', `${path}/complete`, { completed: true }),
      ...[1, 2, 3, 4, 5].map(change),
    ])
    t.ok([complete, ...changes].every(({ status }) => status === 200))
    const { due_date, next_task_id } = complete.body
    const next = (await list()).find(({ id }) => id === next_task_id)!
    const days = due_date === DUE ? 1 : Number(due_date.slice(6, 7))
    t.equal(Date.parse(next.due_date!) - Date.parse(due_date), days * 86_400_000)
  })

  t.test('a batch sees each task as its earlier operations have changed it', async (t) => {
    const { call, id, path, list } = await recurring(app)
    await call('DELETE', path)
    const operations = [
      { op: 'restore', id },
      { op: 'update', id, due_date: '2090-02-01' },
      { op: 'complete', id },
      { op: 'complete', id },
      { op: 'complete', id },
      { op: 'create', title: 'Other' },
    ]
    const headers = { 'idempotency-key': 'once' }
    const first = await call('POST', '/batch', { operations }, headers)
    t.equal(first.status, 200)
    const again = await call('POST', '/batch', { operations }, headers)
    t.strictSame([again.body, again.headers['idempotency-replayed']], [first.body, 'true'])
    t.strictSame(titles(await list()).sort(), ['2090-02-01 done', '2090-02-02 open', 'null open'])
  })

  t.test('a batch that fails creates no next task', async (t) => {
    const { call, id, list } = await recurring(app)
    const failing = [
      { op: 'complete', id },
      { op: 'delete', id: 999_999_999 },
    ]
    t.equal((await call('POST', '/batch', { operations: failing })).status, 404)
    const gone = await call('POST', '/batch', {
      operations: [
        { op: 'delete', id },
        { op: 'complete', id },
      ],
    })
    t.strictSame([gone.status, gone.body.errors[0].path], [404, '/operations/1/id'])
    const stale = { op: 'complete', id, if_match: '"2000-01-01T00:00:00.000Z"' }
    t.equal((await call('POST', '/batch', { operations: [stale] })).status, 412)
    const wrong = { op: 'update', id, due_date: null }
    const refused = await call('POST', '/batch', { operations: [wrong] })
    t.strictSame([refused.status, refused.body.errors[0].path], [400, '/operations/0/due_date'])
    t.strictSame(titles(await list()), ['2090-01-02 open'])
  })

  t.test('COUNT and UNTIL end the series', async (t) => {
    for (const rule of [
      'FREQ=DAILY;COUNT=1',
      'FREQ=DAILY;UNTIL=20900102',
      'FREQ=DAILY;UNTIL=20900102T120000Z',
    ]) {
      const { call, path, list } = await recurring(app, { recurrence: { rule } })
      t.equal((await call('POST', `${path}/skip`)).body.code, 'series_over')
      t.equal((await call('PATCH', `${path}/complete`)).body.next_task_id, null)
      t.equal((await list()).length, 1)
    }
  })

  t.test('skip moves the task to its next date', async (t) => {
    const { call, path, list } = await recurring(app, { recurrence: { rule: 'FREQ=WEEKLY;COUNT=5' } })
    const etag = (await call('GET', path)).headers.etag
    const { body, headers } = await call('POST', `${path}/skip`, undefined, { 'if-match': etag })
    t.match(body, { due_date: '2090-01-09', recurrence: { rule: 'FREQ=WEEKLY;COUNT=4' }, completed: false })
    t.equal(headers.etag, `"${body.updated_at}"`)
    t.equal((await call('POST', `${path}/skip`, undefined, { 'if-match': etag })).status, 412)
    t.strictSame(titles(await list()), ['2090-01-09 open'])
    await call('PATCH', `${path}/complete`)
    t.equal((await call('POST', `${path}/skip`)).body.code, 'task_completed')
    await call('PATCH', path, { recurrence: null, completed: false })
    t.equal((await call('POST', `${path}/skip`)).body.code, 'task_not_recurring')
    t.strictSame((await call('GET', `${path}/occurrences`)).body, [])
  })

  t.test('a preview begins with the date of the next occurrence', async (t) => {
    const { call, path, owner } = await recurring(app, {
      due_date: '2090-01-31',
      recurrence: { rule: 'FREQ=MONTHLY' },
    })
    t.strictSame((await call('GET', `${path}/occurrences?count=3`)).body, [
      '2090-03-31',
      '2090-05-31',
      '2090-07-31',
    ])
    t.equal((await call('GET', `${path}/occurrences`)).body.length, 5)
    for (const count of ['0', '51', 'x'])
      t.equal((await call('GET', `${path}/occurrences?count=${count}`)).status, 400)
    const mounted = await app.call('GET', `/api/${owner.id}/tasks${path}/occurrences?count=50`, {
      user: owner,
    })
    t.equal((mounted.body as string[]).length, 50)
    const stranger = await createUser()
    for (const [method, url] of [
      ['GET', 'occurrences'],
      ['POST', 'skip'],
    ] as const)
      t.equal((await app.call(method, `/api/tasks${path}/${url}`, { user: stranger })).status, 404)
  })

  t.test('a mistake is a 400 that names it', async (t) => {
    const user = await createUser()
    const rule = (text: string, due_date: string | null = DUE) => ({
      title: 'x',
      due_date,
      recurrence: { rule: text },
    })
    const cases: [object, string, RegExp][] = [
      [rule('FREQ=HOURLY'), '/recurrence/rule', /FREQ must be one of DAILY, WEEKLY, MONTHLY, YEARLY/],
      [rule('INTERVAL=2'), '/recurrence/rule', /must have the part FREQ/],
      [rule('FREQ=DAILY;BYHOUR=3'), '/recurrence/rule', /has the part BYHOUR, which is not supported/],
      [rule('FREQ=DAILY;FREQ=DAILY'), '/recurrence/rule', /FREQ more than once/],
      [rule('daily'), '/recurrence/rule', /NAME=VALUE/],
      [rule('FREQ=DAILY;COUNT=2;UNTIL=20910101'), '/recurrence/rule', /both COUNT and UNTIL/],
      [rule('FREQ=DAILY;COUNT=1001'), '/recurrence/rule', /COUNT must be a number from 1 to 1000/],
      [rule('FREQ=DAILY;INTERVAL=1000000'), '/recurrence/rule', /INTERVAL must be a number from 1 to 1000/],
      [rule('FREQ=DAILY;UNTIL=20910230'), '/recurrence/rule', /UNTIL must be a date/],
      [rule('FREQ=DAILY;UNTIL=20910201T000000'), '/recurrence/rule', /UNTIL must be a date/],
      [rule('FREQ=DAILY;UNTIL=20200101'), '/recurrence/rule', /ends before the due date/],
      [rule('FREQ=MONTHLY;BYSETPOS=1'), '/recurrence/rule', /with BYSETPOS/],
      [rule('FREQ=WEEKLY;BYMONTHDAY=1'), '/recurrence/rule', /BYMONTHDAY with FREQ=WEEKLY/],
      [rule('FREQ=WEEKLY;BYDAY=1MO'), '/recurrence/rule', /numbers in BYDAY/],
      [rule('FREQ=MONTHLY;BYDAY=0MO'), '/recurrence/rule', /BYDAY must be weekdays/],
      [rule('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'), '/recurrence/rule', /never happens/],
      [rule('FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366'), '/recurrence/rule', /never happens/],
      [
        rule('FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29', '2091-01-01'),
        '/recurrence/rule',
        /never happens/,
      ],
      [rule('FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1'), '/recurrence/rule', /never happens/],
      [rule('FREQ=DAILY', '9999-12-31'), '/recurrence/rule', /never happens/],
      [rule(`FREQ=DAILY;BYMONTH=${'1,'.repeat(260)}1`), '/recurrence/rule', /at most 500 characters/],
      [rule('FREQ=DAILY', null), '/due_date', /is required for a task with a recurrence/],
      [{ title: 'x', recurrence: { rule: 'FREQ=DAILY' } }, '/due_date', /is required/],
      [
        { ...daily, recurrence: { rule: 'FREQ=DAILY', time_zone: 'Mars/X' } },
        '/recurrence/time_zone',
        /IANA/,
      ],
      [
        { ...daily, recurrence: { rule: 'FREQ=DAILY', anchor: 'x' } },
        '/recurrence/anchor',
        /due_date, completion/,
      ],
      [{ ...daily, recurrence: {} }, '/recurrence/rule', /is required/],
      [{ ...daily, recurrence: 'FREQ=DAILY' }, '/recurrence', /must be an object or null/],
    ]
    for (const [body, path, message] of cases) {
      const answer = await app.call<any>('POST', '/api/tasks', { user, body })
      t.strictSame(
        [answer.status, answer.body.errors?.[0].path],
        [400, path],
        JSON.stringify(body).slice(0, 120),
      )
      t.match(answer.body.errors?.[0].message, message)
    }
    const { call, path } = await recurring(app, {}, user)
    for (const [changes, field] of [
      [{ due_date: null }, '/due_date'],
      [{ recurrence: { rule: 'FREQ=DAILY;UNTIL=20200101' } }, '/recurrence/rule'],
      [
        { recurrence: { rule: 'FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29' }, due_date: '2091-01-01' },
        '/recurrence/rule',
      ],
    ] as const) {
      const answer = await call('PATCH', path, changes)
      t.strictSame([answer.status, answer.body.errors?.[0].path], [400, field])
    }
    const plain = await createTask(app, user)
    const refused = await call('PATCH', `/${plain.id}`, { recurrence: { rule: 'FREQ=DAILY' } })
    t.strictSame([refused.status, refused.body.errors[0].path], [400, '/due_date'])
    t.equal((await call('PATCH', path, { due_date: null, recurrence: null })).status, 200)
  })

  t.test('what happens to a series', async (t) => {
    await t.test('if the next task was deleted, completing again creates another one', async (t) => {
      const { call, path, list } = await recurring(app)
      const { body } = await call('PATCH', `${path}/complete`)
      await call('DELETE', `/${body.next_task_id}`)
      t.equal((await call('PATCH', `${path}/complete`)).body.next_task_id, body.next_task_id)
      t.equal((await list()).length, 1)
      const { body: again } = await call('PATCH', `${path}/complete`, { completed: true })
      t.not(again.next_task_id, body.next_task_id)
      t.strictSame(titles(await list()), ['2090-01-03 open', '2090-01-02 done'])
    })
    await t.test('a deleted and restored task keeps its series', async (t) => {
      const { call, path, list } = await recurring(app)
      const before = (await call('GET', path)).body
      await call('DELETE', path)
      t.strictSame((await call('GET', '/trash')).body[0].recurrence, before.recurrence)
      t.strictSame((await call('POST', `${path}/restore`)).body.recurrence, before.recurrence)
      await call('PATCH', `${path}/complete`)
      t.equal((await list()).length, 2)
    })
    await t.test('clearing completed tasks leaves the next one', async (t) => {
      const { call, path, list } = await recurring(app)
      await call('PATCH', `${path}/complete`)
      t.strictSame((await call('DELETE', '?status=completed')).body, { deleted: 1 })
      t.strictSame(titles(await list()), ['2090-01-03 open'])
    })
    await t.test(
      'a changed due date restarts the count, and other changes do not affect the series',
      async (t) => {
        const { call, path } = await recurring(app, { recurrence: { rule: 'FREQ=WEEKLY' } })
        await call('PATCH', path, { title: 'Other', due_date: '2090-01-05' })
        t.strictSame((await call('GET', `${path}/occurrences?count=2`)).body, ['2090-01-12', '2090-01-19'])
        await call('PATCH', path, { recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' } })
        t.strictSame((await call('GET', `${path}/occurrences?count=2`)).body, ['2090-01-09', '2090-01-16'])
        t.strictSame((await call('PUT', path, (await call('GET', path)).body)).status, 200)
      },
    )
    await t.test('a due date after UNTIL needs a new rule in the same request', async (t) => {
      const { call, path } = await recurring(app, { recurrence: { rule: 'FREQ=DAILY;UNTIL=20900105' } })
      const refused = await call('PATCH', path, { due_date: '2090-01-06' })
      t.strictSame([refused.status, refused.body.errors[0].path], [400, '/recurrence/rule'])
      const change = { due_date: '2090-01-06', recurrence: { rule: 'FREQ=DAILY' } }
      t.match(await call('PATCH', path, change), { status: 200, body: { due_date: '2090-01-06' } })
    })
    await t.test('a changed time zone keeps the due date and applies to the next one', async (t) => {
      const due_date = '2090-03-20T12:00:00.000Z'
      const recurrence = { rule: 'FREQ=WEEKLY', time_zone: 'UTC' }
      const { call, path } = await recurring(app, { due_date, recurrence })
      const next = async () => (await call('GET', `${path}/occurrences?count=1`)).body[0]
      t.equal(await next(), '2090-03-27T12:00:00.000Z')
      await call('PATCH', path, { recurrence: { ...recurrence, time_zone: 'Europe/Berlin' } })
      t.equal((await call('GET', path)).body.due_date, due_date)
      // Summer time begins on 26 March 2090.
      t.equal(await next(), '2090-03-27T11:00:00.000Z')
    })
    await t.test('a task that is created as completed has no next occurrence', async (t) => {
      const { call, path, list } = await recurring(app, { completed: true })
      t.equal((await list()).length, 1)
      await call('PATCH', `${path}/complete`)
      await call('PATCH', `${path}/complete`)
      t.equal((await list()).length, 2)
    })
  })

  t.test('both tasks are in the change feed', async (t) => {
    const { call, id, path } = await recurring(app)
    const { body: before } = await call('GET', '/changes')
    const { body } = await call('PATCH', `${path}/complete`)
    const { body: after } = await call('GET', `/changes?cursor=${before.cursor}`)
    const changed = (after.tasks as Task[]).map((task) => task.id).sort((one, other) => one - other)
    t.strictSame(changed, [id, body.next_task_id])
  })
})
