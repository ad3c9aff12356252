import t from 'tap'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query, transaction } from './helpers/database.ts'

type Task = Awaited<ReturnType<typeof createTask>>

const etagOf = ({ updated_at }: Pick<Task, 'updated_at'>) => `"${updated_at}"`
const OLD = '"2000-01-01T00:00:00.000Z"'

/** Every call that changes one task; `{id}` is where. */
const CHANGES: [method: string, path: string, body?: object][] = [
  ['PUT', '/tasks/{id}', { title: 'changed' }],
  ['PATCH', '/tasks/{id}', { description: 'changed' }],
  ['PATCH', '/tasks/{id}/complete'],
  ['PATCH', '/tasks/{id}/complete', { completed: true }],
  ['DELETE', '/tasks/{id}'],
]

const changeOn =
  ({ call }: TestApp, user: TestUser, { id }: Pick<Task, 'id'>) =>
  ([method, path, body]: (typeof CHANGES)[number], ifMatch?: string) =>
    call(method, `/api${path.replace('{id}', String(id))}`, {
      user,
      body,
      ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
    })

const times = <T>(count: number, use: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => use(index)))

t.test('every answer that is one task carries its updated_at as ETag', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const created = await app.call('POST', '/api/tasks', { user, body: { title: '"updated_at":"x"' } })
  const url = `/api/tasks/${created.body.id}`
  const answers = [
    created,
    await app.call('GET', url, { user }),
    await app.call('PUT', url, { user, body: { description: '"updated_at":"2000-01-01T00:00:00.000Z"' } }),
    await app.call('PATCH', url, { user, body: {} }),
    await app.call('PATCH', `${url}/complete`, { user }),
    await app.call('GET', url, { user }),
  ]
  for (const { status, headers, body } of answers) {
    t.ok(status === 200 || status === 201)
    t.equal(headers.etag, etagOf(body))
    t.equal(
      headers['cache-control'],
      'private, no-cache',
      'only the client may store it, and it must ask each time',
    )
  }
  const [listed] = (await app.call('GET', '/api/tasks', { user })).body
  t.equal(etagOf(listed), answers.at(-1)!.headers.etag, 'a list has the value of the ETag')
})

t.test('a change gives a new ETag, and a change to the same values keeps it', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user, { title: 'a', description: 'b' })
  const patch = (body: object) => app.call('PATCH', `/api/tasks/${task.id}`, { user, body })
  for (const same of [{}, { title: 'a' }, { title: ' a ', description: 'b' }, { completed: false }])
    t.equal((await patch(same)).headers.etag, etagOf(task), JSON.stringify(same))
  // A clock that was set back, and changes within one millisecond.
  const [{ later }] = (await query(
    databaseUrl(),
    `UPDATE tasks SET updated_at = now() + interval '1 day' WHERE id = $1 RETURNING updated_at AS later`,
    [task.id],
  )) as [{ later: Date }]
  const seen = [etagOf({ updated_at: later.toISOString() })]
  for (let count = 0; count < 5; count += 1) seen.push((await patch({ title: `a${count}` })).headers.etag!)
  t.same(seen, [...new Set(seen)].sort(), 'each is greater than the one before')
})

t.test('a GET with a matching If-None-Match is a 304 without a body', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const etag = etagOf(task)
  const ask = (method: string, header: string) =>
    app.call(method, `/api/tasks/${task.id}`, { user, headers: { 'if-none-match': header } })
  for (const method of ['GET', 'HEAD'])
    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, `${OLD},${etag}`, '*', ` , ${etag} ,,`]) {
      const { status, text, headers } = await ask(method, header)
      t.same([status, text, headers.etag], [304, '', etag], `${method} ${header}`)
      t.equal(headers['cache-control'], 'private, no-cache')
      t.equal(headers['content-type'], undefined)
      t.equal(headers['content-length'], undefined, 'which would have to be that of the task')
    }
  for (const header of [OLD, '""', `"${etag.slice(1, -1)} "`.replace(' ', '_'), '"*"'])
    t.equal((await ask('GET', header)).status, 200, header)
  const { id } = await createTask(app, user)
  await app.call('DELETE', `/api/tasks/${id}`, { user })
  const gone = await app.call('GET', `/api/tasks/${id}`, { user, headers: { 'if-none-match': '*' } })
  t.equal(gone.status, 404)
})

t.test('a change with If-Match takes effect if the task has one of its ETags', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const change of CHANGES)
    for (const spell of [
      (etag: string) => etag,
      (etag: string) => `${OLD}, ${etag}`,
      (etag: string) => `W/"x",,${etag} , "y"`,
      () => '*',
    ]) {
      const task = await createTask(app, user)
      const answer = await changeOn(app, user, task)(change, spell(etagOf(task)))
      t.equal(answer.status, change[0] === 'DELETE' ? 204 : 200, `${change[0]} ${change[1]}`)
      if (change[0] !== 'DELETE') t.not(answer.headers.etag, etagOf(task))
    }
})

t.test('a change with another ETag is a 412 with the task as it is now, and changes nothing', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user, { title: 'Quotes " and \\', due_date: '2026-12-01' })
  const now = (await app.call('GET', `/api/tasks/${task.id}`, { user })).body
  const attempts: typeof CHANGES = [...CHANGES, ['PATCH', '/tasks/{id}', {}], ['PUT', '/tasks/{id}', now]]
  for (const attempt of attempts)
    for (const ifMatch of [OLD, `W/${etagOf(task)}`, '"*"', '""', `${OLD}, "é\\,{}"`]) {
      const what = `${attempt[0]} ${attempt[1]} ${ifMatch}`
      const answer = await changeOn(app, user, task)(attempt, ifMatch)
      t.match(answer, { status: 412, body: { code: 'precondition_failed' } }, what)
      t.same(answer.body.current, now, what)
      t.equal(answer.headers.etag, etagOf(task), what)
      t.equal(answer.headers['cache-control'], 'no-store', what)
    }
  t.same((await app.call('GET', `/api/tasks/${task.id}`, { user })).body, now)
})

t.test('a client that merges the current task of a 412 can repeat its change', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const other = await app.call('PATCH', `/api/tasks/${task.id}`, {
    user,
    body: { title: 'of another device' },
  })
  const change = changeOn(app, user, task)
  const refused = await change(['PATCH', '/tasks/{id}', { description: 'mine' }], etagOf(task))
  t.same(refused.body.current, other.body)
  const repeated = await change(['PATCH', '/tasks/{id}', { description: 'mine' }], refused.headers.etag)
  t.match(repeated, { status: 200, body: { title: 'of another device', description: 'mine' } })
})

t.test('a task that does not exist is a 404, whatever If-Match says', async (t) => {
  const app = await startApp(t)
  const [user, other] = [await createUser(), await createUser()]
  const foreign = await createTask(app, other)
  const gone = await createTask(app, user)
  await app.call('DELETE', `/api/tasks/${gone.id}`, { user })
  for (const change of [...CHANGES, ['PATCH', '/tasks/{id}', {}] as (typeof CHANGES)[number]])
    for (const task of [foreign, gone, { ...gone, id: Number.MAX_SAFE_INTEGER }])
      for (const ifMatch of [etagOf(task), OLD, '*'])
        t.match(
          await changeOn(app, user, task)(change, ifMatch),
          { status: 404, body: { code: 'task_not_found' } },
          `${change[0]} ${change[1]} ${ifMatch}`,
        )
})

t.test('a malformed header is a 400 that names it', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const bare = task.updated_at
  const malformed = ['', ' ', ',', bare, `"${bare}`, `${bare}"`, `w/"${bare}"`, `W/ "${bare}"`, `"a" "b"`]
  for (const header of [...malformed, '*, "a"', '"a", *', '"a b"', "'a'", '"a";"b"', 'W/*']) {
    for (const change of CHANGES) {
      const answer = await changeOn(app, user, task)(change, header)
      t.match(answer, { status: 400, body: { code: 'validation_failed' } }, `${change[0]} ${header}`)
      t.equal(answer.body.errors[0].path, '/if-match')
    }
    const read = await app.call('GET', `/api/tasks/${task.id}`, {
      user,
      headers: { 'if-none-match': header },
    })
    t.match(read, { status: 400, body: { errors: [{ path: '/if-none-match' }] } }, header)
  }
  t.equal((await app.call('GET', `/api/tasks/${task.id}`, { user })).headers.etag, etagOf(task))
})

t.test('a header of many ETags costs no more than its length', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const change = changeOn(app, user, task)
  const many = `${'"x",'.repeat(7000)} ${etagOf(task)}`
  t.equal((await change(['PATCH', '/tasks/{id}', { title: 'x' }], many)).status, 200)
  for (const header of [`${' ,'.repeat(15_000)}x`, `"x"${' '.repeat(30_000)}x`, '"x",'.repeat(7000) + 'x'])
    t.equal((await change(['PATCH', '/tasks/{id}', { title: 'y' }], header)).status, 400)
})

t.test(
  'of fifty writers with the same ETag, exactly one succeeds, and the others get its change',
  async (t) => {
    const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
    const user = await createUser()
    const writes: ((index: number) => (typeof CHANGES)[number])[] = [
      (index) => ['PATCH', '/tasks/{id}', { title: `writer ${index}` }],
      (index) => ['PUT', '/tasks/{id}', { description: `writer ${index}` }],
      () => ['PATCH', '/tasks/{id}/complete'],
      (index) => (index % 2 ? CHANGES[2]! : ['PATCH', '/tasks/{id}', { title: `writer ${index}` }]),
    ]
    for (const write of writes) {
      const task = await createTask(app, user)
      const answers = await times(50, (index) => changeOn(app, user, task)(write(index), etagOf(task)))
      const winners = answers.filter(({ status }) => status === 200)
      t.equal(winners.length, 1)
      t.equal(answers.filter(({ status }) => status === 412).length, 49)
      const now = await app.call('GET', `/api/tasks/${task.id}`, { user })
      t.same(now.body, winners[0]!.body)
      for (const { status, body, headers } of answers) {
        if (status !== 412) continue
        t.same(body.current, now.body)
        t.equal(headers.etag, now.headers.etag)
      }
    }
  },
)

t.test('of fifty deletions and changes with the same ETag, exactly one succeeds', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  for (let round = 0; round < 6; round += 1) {
    const task = await createTask(app, user)
    const answers = await times(50, (index) =>
      changeOn(app, user, task)(CHANGES[index % CHANGES.length]!, etagOf(task)),
    )
    t.equal(answers.filter(({ status }) => status < 300).length, 1)
    t.ok(answers.every(({ status }) => [200, 204, 404, 412].includes(status)))
    const isGone = answers.some(({ status }) => status === 204)
    t.equal((await app.call('GET', `/api/tasks/${task.id}`, { user })).status, isGone ? 404 : 200)
    if (isGone)
      t.notOk(
        answers.some(({ status }) => status === 412),
        'a task that is gone has no current version',
      )
  }
})

t.test('writers that retry with the ETag of the 412 lose no change', async (t) => {
  const copies = [
    await startApp(t, { DATABASE_POOL_MAX: '10' }),
    await startApp(t, { DATABASE_POOL_MAX: '10', DATABASE_PIPELINE: 'off' }),
  ]
  const user = await createUser()
  const task = await createTask(copies[0]!, user, { title: 'log', description: '' })
  await times(12, async (index) => {
    let current: { updated_at: string; description: string } = { ...task, description: '' }
    for (let tries = 0; tries < 200; tries += 1) {
      const description = `${current.description}${String.fromCharCode(97 + index)}`
      const change = changeOn(copies[index % 2]!, user, task)
      const { status, body } = await change(['PATCH', '/tasks/{id}', { description }], etagOf(current))
      if (status === 200) return
      if (status !== 412) return t.fail(`unexpected ${status}`)
      current = body.current
    }
    return t.fail('a writer never succeeded')
  })
  const { body } = await copies[0]!.call('GET', `/api/tasks/${task.id}`, { user })
  t.equal([...body.description].sort().join(''), 'abcdefghijkl', 'the mark of each is there, once')
})

t.test('a 412 has the version that caused it, not the one before the wait for a lock', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const change =
    "UPDATE tasks SET title = 'of the other', updated_at = updated_at + interval '1 ms' WHERE id = $1"
  for (const attempt of CHANGES) {
    const task = await createTask(app, user)
    const other = await transaction(t, databaseUrl())
    await other.query(change, [task.id])
    const waiting = changeOn(app, user, task)(attempt, etagOf(task))
    await other.isWaitedFor()
    await other.query('COMMIT')
    const { status, body } = await waiting
    t.same([status, body.current?.title], [412, 'of the other'], `${attempt[0]} ${attempt[1]}`)
  }
})

t.test('a writer that waited for a change that was rolled back succeeds', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const attempt of CHANGES) {
    const task = await createTask(app, user)
    const other = await transaction(t, databaseUrl())
    await other.query("UPDATE tasks SET updated_at = updated_at + interval '1 ms' WHERE id = $1", [task.id])
    const waiting = changeOn(app, user, task)(attempt, etagOf(task))
    await other.isWaitedFor()
    await other.query('ROLLBACK')
    t.ok((await waiting).status < 300, `${attempt[0]} ${attempt[1]}`)
  }
})

t.test('a writer that waited for a deletion gets a 404', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const attempt of CHANGES) {
    const task = await createTask(app, user)
    const other = await transaction(t, databaseUrl())
    await other.query('DELETE FROM tasks WHERE id = $1', [task.id])
    const waiting = changeOn(app, user, task)(attempt, etagOf(task))
    await other.isWaitedFor()
    await other.query('COMMIT')
    t.equal((await waiting).status, 404, `${attempt[0]} ${attempt[1]}`)
  }
})

t.test('browsers may send the headers and read the ETag', async (t) => {
  const { app } = await startApp(t)
  const origin = 'http://localhost:3000'
  const { headers } = await app.inject({
    method: 'OPTIONS',
    url: '/api/tasks/1',
    headers: {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'if-match',
    },
  })
  for (const name of ['If-Match', 'If-None-Match', 'Idempotency-Key'])
    t.ok(String(headers['access-control-allow-headers']).includes(name), name)
  const answer = await app.inject({ url: '/health', headers: { origin } })
  for (const name of ['ETag', 'Idempotency-Replayed'])
    t.ok(String(answer.headers['access-control-expose-headers']).includes(name), name)
})

t.test('without If-Match a change is the same single statement as before', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  app.statements.length = 0
  for (const change of CHANGES) await changeOn(app, user, task)(change)
  t.equal(app.statements.length, CHANGES.length)
  t.notOk(app.statements.some((text) => text.includes('FOR UPDATE')))
  app.statements.length = 0
  const other = await createTask(app, user)
  for (const change of CHANGES) await changeOn(app, user, other)(change, OLD)
  t.equal(app.statements.length, CHANGES.length + 1, 'with If-Match, a change is also one statement')
})

t.test('a restore with If-Match compares with the version in the trash', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  const task = await createTask(app, user)
  await app.call('DELETE', `/api/tasks/${task.id}`, { user })
  const restore = changeOn(app, user, task)
  const refused = await restore(['POST', '/tasks/{id}/restore'], OLD)
  t.match(refused, { status: 412, body: { code: 'precondition_failed' }, headers: { etag: etagOf(task) } })
  t.same(
    refused.body.current,
    (await app.call('GET', '/api/tasks/trash', { user })).body.map(withoutDeletedAt)[0],
  )
  t.equal((await app.call('GET', `/api/tasks/${task.id}`, { user })).status, 404, 'it is still in the trash')
  const answers = await times(20, () => restore(['POST', '/tasks/{id}/restore'], etagOf(task)))
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 404).length, 19)
  const { headers, body } = answers.find(({ status }) => status === 200)!
  t.equal(headers.etag, etagOf(body))
  t.ok(body.updated_at > task.updated_at, 'a restore is a change')
})

const withoutDeletedAt = ({ deleted_at: _, ...task }: Record<string, unknown>) => task

t.test('a task in the trash is permanently deleted only in the version of If-Match', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const remove = (header: string) =>
    app.call('DELETE', `/api/tasks/trash/${task.id}`, { user, headers: { 'if-match': header } })
  t.equal((await remove(etagOf(task))).status, 404, 'it is not in the trash')
  await app.call('DELETE', `/api/tasks/${task.id}`, { user })
  t.match(await remove('x'), { status: 400, body: { errors: [{ path: '/if-match' }] } })
  const refused = await remove(OLD)
  t.match(refused, { status: 412, body: { code: 'precondition_failed' }, headers: { etag: etagOf(task) } })
  const trash = () => app.call('GET', '/api/tasks/trash', { user })
  t.same(refused.body.current, (await trash()).body.map(withoutDeletedAt)[0])
  t.equal((await remove(`${OLD}, ${etagOf(task)}`)).status, 204)
  t.same((await trash()).body, [])
})

t.test('without a trash, a deletion with If-Match compares too', async (t) => {
  const app = await startApp(t, { TRASH_DAYS: '0' })
  const user = await createUser()
  const task = await createTask(app, user)
  const change = changeOn(app, user, task)
  t.match(await change(['DELETE', '/tasks/{id}'], OLD), { status: 412, headers: { etag: etagOf(task) } })
  t.equal((await change(['DELETE', '/tasks/{id}'], etagOf(task))).status, 204)
})

t.test('a batch with if_match takes effect only if every task has its ETag', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const [one, other] = [await createTask(app, user), await createTask(app, user)]
  const trashed = await createTask(app, user)
  await app.call('DELETE', `/api/tasks/${trashed.id}`, { user })
  const run = (operations: object[]) => app.call('POST', '/api/tasks/batch', { user, body: { operations } })
  const update = { op: 'update', id: one.id, title: 'changed', if_match: etagOf(one) }
  for (const operation of [
    { op: 'update', id: other.id, title: 'x' },
    { op: 'update', id: other.id },
    { op: 'complete', id: other.id },
    { op: 'complete', id: other.id, completed: true },
    { op: 'delete', id: other.id },
    { op: 'restore', id: trashed.id },
  ]) {
    const answer = await run([{ op: 'create', title: 'new' }, update, { ...operation, if_match: OLD }])
    t.match(answer, { status: 412, body: { code: 'precondition_failed' } }, operation.op)
    t.same(answer.body.errors, [{ path: '/operations/2/if_match', message: 'is not the current version' }])
    t.equal(answer.body.current.id, operation.id)
    t.equal(answer.headers.etag, etagOf(operation.op === 'restore' ? trashed : other))
  }
  t.equal((await app.call('GET', '/api/tasks', { user })).body.length, 2, 'nothing was changed')
  t.match(await run([{ op: 'update', id: one.id, if_match: one.updated_at }]), { status: 400 })
  const done = await run([
    update,
    { op: 'complete', id: other.id, if_match: `${OLD}, ${etagOf(other)}` },
    { op: 'restore', id: trashed.id, if_match: etagOf(trashed) },
    { op: 'delete', id: one.id, if_match: '*' },
  ])
  t.same(
    done.body.results.map(({ status }: { status: number }) => status),
    [200, 200, 200, 204],
  )
})

t.test('of many batches with the same ETags, exactly one succeeds', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  const tasks = [await createTask(app, user), await createTask(app, user), await createTask(app, user)]
  const answers = await times(20, (index) => {
    const operations = tasks.map((task) => ({
      op: 'update',
      id: task.id,
      title: `${index}`,
      if_match: etagOf(task),
    }))
    if (index % 2 === 1) operations.reverse()
    return app.call('POST', '/api/tasks/batch', { user, body: { operations } })
  })
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 412).length, 19)
  const { body } = await app.call('GET', '/api/tasks', { user })
  t.equal(new Set(body.map(({ title }: Task) => title)).size, 1)
})
