import t from 'tap'
import { createTask, createUser, nextPage, startApp } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { age, placesOf, type Trashed, trashOf } from './helpers/trash.ts'

const MOUNTS = ['/api', '/api/{user_id}']

t.test('a restored task has its old id and all its fields', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const mount of MOUNTS.map((path) => path.replace('{user_id}', user.id))) {
    const bodies = [
      { title: 'Day', description: 'Zwölf\nBoxkämpfer', due_date: '2026-12-01', completed: true },
      { title: 'Instant', due_date: '2026-12-01T15:00:00.123+01:00' },
      { title: 'Tagged', priority: 'urgent', tags: ['Zürich', 'a b'] },
      { title: 'Title only' },
    ]
    for (const body of bodies) {
      const task = await createTask(app, user, body)
      t.equal((await app.call('DELETE', `${mount}/tasks/${task.id}`, { user })).status, 204)
      const [trashed] = (await app.call<Trashed[]>('GET', `${mount}/tasks/trash`, { user })).body
      const { deleted_at, ...rest } = trashed!
      t.same(rest, task, 'the trash shows the task as it was')
      t.ok(deleted_at > task.updated_at || deleted_at === task.updated_at)

      const restored = await app.call('POST', `${mount}/tasks/${task.id}/restore`, { user })
      t.equal(restored.status, 200)
      const { updated_at, ...others } = task
      t.match(restored.body, others)
      t.ok(restored.body.updated_at > updated_at, 'updated_at grows')
      t.same((await app.call('GET', `${mount}/tasks/${task.id}`, { user })).body, restored.body)
      t.same(await trashOf(app, user), [])
      t.equal((await app.call('POST', `${mount}/tasks/${task.id}/restore`, { user })).status, 404, 'once')
    }
  }
})

t.test('all other calls treat a task in the trash as not found', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user, { title: 'needle', due_date: '2020-01-01' })
  await app.call('DELETE', `/api/tasks/${id}`, { user })
  for (const [method, path, body] of [
    ['GET', `/${id}`],
    ['PUT', `/${id}`, { title: 'x' }],
    ['PATCH', `/${id}`, {}],
    ['PATCH', `/${id}/complete`],
    ['PATCH', `/${id}/complete`, { completed: true }],
    ['DELETE', `/${id}`],
  ] as const)
    t.equal((await app.call(method, `/api/tasks${path}`, { user, body })).status, 404, `${method} ${path}`)
  for (const filter of ['', '?limit=5&count=true', '?search=needle', '?overdue=true', '?sort=title&limit=5'])
    t.same((await app.call('GET', `/api/tasks${filter}`, { user })).body, [], filter)
  t.match((await app.call('GET', '/api/tasks/summary', { user })).body, { total: 0, overdue: 0 })
  t.same(await trashOf(app, user), ['needle'])
})

t.test('search finds a restored task again', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user, { title: 'Ärger', description: 'with the neighbours' })
  await app.call('DELETE', `/api/tasks/${id}`, { user })
  await app.call('POST', `/api/tasks/${id}/restore`, { user })
  t.equal((await app.call('GET', '/api/tasks?search=arger+neighbour', { user })).body.length, 1)
})

t.test(
  'the trash is read in pages, newest deletion first, and no page skips or repeats a task',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const ids: number[] = []
    for (let index = 0; index < 7; index += 1)
      ids.push((await createTask(app, user, { title: `${index}`, completed: index >= 4 })).id)
    for (const id of ids.slice(0, 4)) await app.call('DELETE', `/api/tasks/${id}`, { user })
    // These three are deleted at the same moment: ties are sorted by id.
    t.same((await app.call('DELETE', '/api/tasks?status=completed', { user })).body, { deleted: 3 })
    const expected = [6, 5, 4, 3, 2, 1, 0].map((index) => ids[index]!)

    for (const limit of [1, 2, 3, 7]) {
      const found: number[] = []
      const first = `/api/tasks/trash?limit=${limit}`
      for (let url: string | undefined = first; url !== undefined && found.length < 20;) {
        const answer = await app.call<Trashed[]>('GET', url, { user })
        t.equal(answer.status, 200)
        t.ok(answer.body.length <= limit)
        found.push(...answer.body.map(({ id }) => id))
        url = nextPage(answer, url)
      }
      t.same(found, expected, `limit ${limit}`)
    }
    const page = await app.call<Trashed[]>('GET', `/api/${user.id}/tasks/trash?limit=3&unknown=1`, { user })
    t.match(page.headers.link, /^<\?limit=3&cursor=[\w-]+>; rel="next"$/)
    const next = nextPage(page, `/api/${user.id}/tasks/trash`)!
    await app.call('POST', `/api/tasks/${page.body[0]!.id}/restore`, { user })
    await app.call('DELETE', `/api/tasks/trash/${ids[2]}`, { user })
    const rest = (await app.call<Trashed[]>('GET', next, { user })).body.map(({ id }) => id)
    t.same(rest, [ids[3], ids[1], ids[0]], 'changes between two pages move no other task')
  },
)

t.test('without limit a page of the trash has 50 tasks', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createTask(app, user)
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, completed) SELECT $1, n::text, true FROM generate_series(1, 60) AS n`,
    [user.id],
  )
  t.same((await app.call('DELETE', '/api/tasks?status=completed', { user })).body, { deleted: 60 })
  const first = await app.call<Trashed[]>('GET', '/api/tasks/trash', { user })
  t.equal(first.body.length, 50)
  const second = await app.call<Trashed[]>('GET', nextPage(first, '/api/tasks/trash')!, { user })
  t.equal(second.body.length, 10)
  t.equal(second.headers.link, undefined)
  t.same((await app.call('DELETE', '/api/tasks/trash', { user })).body, { deleted: 60 })
  t.same((await app.call('DELETE', '/api/tasks/trash', { user })).body, { deleted: 0 })
  t.same(await trashOf(app, user), [])
  t.equal((await app.call('GET', '/api/tasks', { user })).body.length, 1, 'no other task is touched')
})

t.test('a bad query of the trash is a 400 that names what is allowed', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createTask(app, user, { title: 'a' })
  await createTask(app, user, { title: 'b' })
  const list = await app.call('GET', '/api/tasks?limit=1', { user })
  const foreign = /cursor=([\w-]+)/.exec(list.headers.link!)![1]!
  const forge = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  for (const [query, message] of [
    ['limit=0', 'must be at least 1'],
    ['limit=201', 'must be at most 200'],
    ['limit=x', 'must be an integer'],
    ['cursor=x', 'must be a cursor of the trash'],
    [`cursor=${foreign}`, 'must be a cursor of the trash'],
    [`cursor=${forge('trash', null, '1')}`, 'must be a cursor of the trash'],
    [`cursor=${forge('trash', '2026-13-01T00:00:00.000Z', '1')}`, 'must be a cursor of the trash'],
    [`cursor=${forge('trash', '2026-12-01T00:00:00.000Z', '9'.repeat(30))}`, 'must be a cursor of the trash'],
  ] as const) {
    const { status, body } = await app.call('GET', `/api/tasks/trash?${query}`, { user })
    t.equal(status, 400, query)
    t.same(body.errors, [{ path: `/${query.split('=')[0]}`, message }], query)
  }
})

t.test('one task of the trash, or all of them, can be deleted permanently', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const [kept, one, other] = [
    await createTask(app, user),
    await createTask(app, user),
    await createTask(app, user),
  ]
  for (const { id } of [one, other]) await app.call('DELETE', `/api/tasks/${id}`, { user })
  t.equal(
    (await app.call('DELETE', `/api/tasks/trash/${kept.id}`, { user })).status,
    404,
    'it is not in the trash',
  )
  t.equal((await app.call('DELETE', `/api/tasks/trash/${one.id}`, { user })).status, 204)
  t.equal((await app.call('DELETE', `/api/tasks/trash/${one.id}`, { user })).status, 404)
  t.equal((await app.call('POST', `/api/tasks/${one.id}/restore`, { user })).status, 404)
  t.same([...(await placesOf([kept.id, one.id, other.id])).values()], [['tasks'], [], ['trash']])
  for (const id of ['0', 'x', '-1'])
    t.equal((await app.call('DELETE', `/api/tasks/trash/${id}`, { user })).status, 400, id)
  for (const path of [`trash/${'9'.repeat(30)}`, `${'9'.repeat(30)}`])
    t.equal((await app.call('DELETE', `/api/tasks/${path}`, { user })).status, 404, path)
  t.equal((await app.call('POST', `/api/tasks/${'9'.repeat(30)}/restore`, { user })).status, 404)
})

t.test('the trash is emptied as a whole only: a parameter is a 400, and nothing is deleted', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  await app.call('DELETE', `/api/tasks/${id}`, { user })
  for (const [query, name] of [
    [`id=${id}`, 'id'],
    ['limit=1', 'limit'],
    ['cursor=x', 'cursor'],
    ['status=completed&status=pending', 'status'],
  ])
    t.match(await app.call('DELETE', `/api/tasks/trash?${query}`, { user }), {
      status: 400,
      body: {
        detail: 'To empty the trash send no parameter.',
        errors: [{ path: `/${name}`, message: 'is not allowed' }],
      },
    })
  t.same([...(await placesOf([id])).values()], [['trash']])
  const emptied = await app.call('DELETE', '/api/tasks/trash/?status=', { user })
  t.match(emptied, { status: 200, body: { deleted: 1 } }, 'an empty value counts as not sent')
})

t.test('completed tasks move to the trash, pending ones stay', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const mount of MOUNTS.map((path) => path.replace('{user_id}', user.id))) {
    const [pending, done] = [
      await createTask(app, user),
      await createTask(app, user, { title: 'x', completed: true }),
    ]
    const clear = () => app.call('DELETE', `${mount}/tasks?status=completed`, { user })
    t.match(await clear(), { status: 200, body: { deleted: 1 } })
    t.match(await clear(), { status: 200, body: { deleted: 0 } })
    t.same([...(await placesOf([pending.id, done.id])).values()], [['tasks'], ['trash']])
    t.match((await app.call('POST', `${mount}/tasks/${done.id}/restore`, { user })).body, { completed: true })
    t.match(await clear(), { body: { deleted: 1 } })
  }
})

t.test(
  'deleting many tasks in any other way is a 400 that says what is allowed, and deletes nothing',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const done = await createTask(app, user, { title: 'x', completed: true })
    for (const [query, path] of [
      ['', 'status'],
      ['?status=', 'status'],
      ['?status=all', 'status'],
      ['?status=pending', 'status'],
      ['?status=Completed', 'status'],
      ['?completed=true', 'status'],
      ['?status=completed&status=completed', 'status'],
      ['?status=completed&search=x', 'search'],
      ['?status=completed&due_before=2030-01-01', 'due_before'],
      ['?status=completed&unknown=1', 'unknown'],
    ] as const) {
      const { status, body } = await app.call('DELETE', `/api/tasks${query}`, { user })
      t.equal(status, 400, query)
      t.match(body, { code: 'validation_failed', detail: /send status=completed and no other parameter\.$/ })
      t.ok(
        body.errors.some((error: { path: string }) => error.path === `/${path}`),
        query,
      )
    }
    t.same([...(await placesOf([done.id])).values()], [['tasks']])
  },
)

t.test('after TRASH_DAYS a task is not found, even if it has not been purged yet', async (t) => {
  const app = await startApp(t, { TRASH_DAYS: '2' })
  const user = await createUser()
  const [old, young] = [
    await createTask(app, user, { title: 'old' }),
    await createTask(app, user, { title: 'young' }),
  ]
  for (const { id } of [old, young]) await app.call('DELETE', `/api/tasks/${id}`, { user })
  await age([old.id], 2)
  await age([young.id], 1.9)
  t.same(await trashOf(app, user), ['young'])
  t.equal((await app.call('POST', `/api/tasks/${old.id}/restore`, { user })).status, 404)
  t.equal((await app.call('DELETE', `/api/tasks/trash/${old.id}`, { user })).status, 404)
  t.same([...(await placesOf([old.id])).values()], [['trash']])
  t.equal((await app.call('POST', `/api/tasks/${young.id}/restore`, { user })).status, 200)
})

t.test('with TRASH_DAYS=0 a task is deleted at once', async (t) => {
  const [on, off] = [await startApp(t), await startApp(t, { TRASH_DAYS: '0' })]
  const user = await createUser()
  const [one, done, before] = [
    await createTask(on, user),
    await createTask(on, user, { title: 'x', completed: true }),
    await createTask(on, user),
  ]
  await on.call('DELETE', `/api/tasks/${before.id}`, { user })
  t.equal((await off.call('DELETE', `/api/tasks/${one.id}`, { user })).status, 204)
  t.equal((await off.call('DELETE', `/api/tasks/${one.id}`, { user })).status, 404)
  t.same((await off.call('DELETE', '/api/tasks?status=completed', { user })).body, { deleted: 1 })
  t.same([...(await placesOf([one.id, done.id])).values()], [[], []])
  t.same(await trashOf(off, user), [], 'nor is an older deletion visible')
  for (const { id } of [one, done, before])
    t.equal((await off.call('POST', `/api/tasks/${id}/restore`, { user })).status, 404)
})

t.test('deleting the account empties its trash', async (t) => {
  const app = await startApp(t)
  const [alice, bob] = [await createUser(), await createUser()]
  const [mine, theirs] = [await createTask(app, alice), await createTask(app, bob)]
  await app.call('DELETE', `/api/tasks/${mine.id}`, { user: alice })
  await app.call('DELETE', `/api/tasks/${theirs.id}`, { user: bob })
  t.equal((await app.call('DELETE', '/api/me', { user: alice })).status, 204)
  t.same([...(await placesOf([mine.id, theirs.id])).values()], [[], ['trash']])
  t.same(await trashOf(app, alice), [])
})

t.test('the trash has every column of tasks that a restore needs, with the same type', async (t) => {
  const columnsOf = (table: string) =>
    query(
      databaseUrl(),
      `SELECT column_name, data_type, udt_name, datetime_precision, is_nullable FROM information_schema.columns
        WHERE table_name = $1 AND is_generated = 'NEVER' AND column_name NOT IN ('deleted_at', 'changed_xid')
        ORDER BY column_name`,
      [table],
    )
  const columns = await columnsOf('tasks')
  t.ok(columns.length > 5)
  t.same(await columnsOf('deleted_tasks'), columns)
})
