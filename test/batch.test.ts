import t from 'tap'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'

const batch = ({ call }: TestApp, user: TestUser, operations: unknown) =>
  call('POST', '/api/tasks/batch', { user, body: { operations } })
const listOf = async ({ call }: TestApp, user: TestUser) =>
  (await call('GET', '/api/tasks?sort=created&order=asc', { user })).body

t.test('a batch runs its operations in order and answers with the result of each', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const one = await createTask(app, user, { title: 'one' })
  const two = await createTask(app, user, { title: 'two' })
  const { status, body } = await batch(app, user, [
    { op: 'create', title: '  three ', due_date: '2026-12-01' },
    { op: 'update', id: one.id, title: 'one, changed', description: 'x' },
    { op: 'complete', id: one.id },
    { op: 'complete', id: two.id, completed: true },
    { op: 'delete', id: two.id },
    { op: 'restore', id: two.id },
    { op: 'update', id: two.id },
    { op: 'delete', id: two.id },
  ])
  t.equal(status, 200)
  t.match(body.results, [
    { status: 201, task: { title: 'three', due_date: '2026-12-01', completed: false, user_id: user.id } },
    { status: 200, task: { id: one.id, title: 'one, changed', completed: false } },
    { status: 200, task: { id: one.id, title: 'one, changed', completed: true } },
    { status: 200, task: { id: two.id, completed: true } },
    { status: 204 },
    { status: 200, task: { id: two.id, title: 'two', completed: true, created_at: two.created_at } },
    { status: 200, task: body.results[5].task },
    { status: 204 },
  ])
  t.equal(body.results.length, 8)
  t.notOk('task' in body.results[4])
  t.same(await listOf(app, user), [body.results[2].task, body.results[0].task])
})

t.test('an operation that finds no task undoes the batch and is named in the error', async (t) => {
  const app = await startApp(t)
  const [user, other] = [await createUser(), await createUser()]
  const mine = await createTask(app, user)
  const foreign = await createTask(app, other)
  const before = await listOf(app, user)
  for (const id of [foreign.id, 2 ** 52, Number.MAX_SAFE_INTEGER, 2 ** 60, 2 ** 63, 1e300])
    for (const failing of [
      { op: 'update' },
      { op: 'update', title: 'x' },
      { op: 'complete' },
      { op: 'delete' },
      { op: 'restore' },
    ]) {
      const { status, body } = await batch(app, user, [
        { op: 'create', title: 'new' },
        { op: 'delete', id: mine.id },
        { ...failing, id },
        { op: 'update', id, title: 'later' },
      ])
      t.match({ status, body }, { status: 404, body: { code: 'task_not_found' } })
      t.same(body.errors, [
        {
          path: '/operations/2/id',
          message:
            failing.op === 'restore' ? 'is not the id of a task in the trash' : 'is not the id of a task',
        },
      ])
    }
  t.same(await listOf(app, user), before)
  t.equal((await listOf(app, other)).length, 1)
})

t.test('every mistake in a batch is named by its path, and nothing changes', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const OPS = 'create, update, complete, delete, restore'
  const CASES: [operations: unknown, errors: [path: string, message: string][]][] = [
    [undefined, [['', 'is required']]],
    [{}, [['', 'must be an array']]],
    [[], [['', 'must not be empty']]],
    [Array(101).fill({ op: 'create', title: 'x' }), [['', 'must have at most 100 items']]],
    [Array(50_000).fill({ op: 'nonsense' }), [['', 'must have at most 100 items']]],
    [
      [{ op: 'create', title: 'good' }, 7, {}, { op: 'drop', id: 1 }, { op: 'CREATE' }],
      [
        ['/1', 'must be an object'],
        ['/2/op', 'is required'],
        ['/3/op', `must be one of: ${OPS}`],
        ['/4/op', `must be one of: ${OPS}`],
      ],
    ],
    [
      [{ op: 'create' }, { op: 'create', title: ' \u200b ' }, { op: 'create', title: 5, description: 5 }],
      [
        ['/0/title', 'is required'],
        ['/1/title', 'must not be empty'],
        ['/2/title', 'must be a string'],
        ['/2/description', 'must be a string or null'],
      ],
    ],
    [
      [
        { op: 'update', title: 'x' },
        { op: 'update', id: '5' },
        { op: 'update', id: 1.5, title: 'x'.repeat(201) },
      ],
      [
        ['/0/id', 'is required'],
        ['/1/id', 'must be an integer'],
        ['/2/id', 'must be an integer'],
        ['/2/title', 'must have at most 200 characters'],
      ],
    ],
    [
      [
        { op: 'complete' },
        { op: 'complete', id: 0, completed: null },
        { op: 'delete' },
        { op: 'delete', id: null },
      ],
      [
        ['/0/id', 'is required'],
        ['/1/id', 'must be at least 1'],
        ['/1/completed', 'must be a boolean'],
        ['/2/id', 'is required'],
        ['/3/id', 'must be an integer'],
      ],
    ],
  ]
  for (const [operations, expected] of CASES) {
    const { status, body } = await batch(app, user, operations)
    t.equal(status, 400)
    t.same(
      body.errors,
      expected.map(([path, message]) => ({ path: `/operations${path}`, message })),
    )
    t.equal(body.detail, `operations${expected[0]![0]} ${expected[0]![1]}.`)
  }
  t.same(await listOf(app, user), [])
})

t.test('the same batch works under the path with the user, and only for that user', async (t) => {
  const app = await startApp(t)
  const [user, other] = [await createUser(), await createUser()]
  const body = { operations: [{ op: 'create', title: 'x' }] }
  const mine = await app.call('POST', `/api/${user.id}/tasks/batch`, { user, body })
  t.match(mine, { status: 200, body: { results: [{ status: 201, task: { user_id: user.id } }] } })
  t.match(await app.call('POST', `/api/${other.id}/tasks/batch`, { user, body }), { status: 403 })
  t.match(await app.call('POST', '/api/tasks/batch', { body }), { status: 401 })
  t.match(await app.call('GET', '/api/tasks/batch', { user }), { status: 405, headers: { allow: 'POST' } })
  t.same(await listOf(app, other), [])
})

t.test('operations accept exactly the fields of the single calls', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const BODIES = [
    { title: '  trimmed\u200b ', description: '', unknown: { id: 5 }, user_id: 'somebody' },
    { title: 'day', due_date: '2026-12-01', description: null },
    { title: 'instant', due_date: '2026-12-01T15:00:00+01:00', completed: true },
    { title: 'alias', is_completed: true },
    { title: 'contradiction', is_completed: true, completed: false },
    { title: 'bad date', due_date: '2026-02-30' },
    { title: 'null\u0000' },
    { title: 'x'.repeat(201), description: 'x'.repeat(1001), completed: 'true', due_date: 5 },
    { is_completed: 'yes' },
  ]
  const plain = ({ id, created_at, updated_at, ...task }: Record<string, unknown>) => task
  for (const body of BODIES) {
    const { id } = await createTask(app, user)
    for (const [method, path, operation] of [
      ['POST', '', { op: 'create' }],
      ['PATCH', `/${id}`, { op: 'update', id }],
      ['PATCH', `/${id}/complete`, { op: 'complete', id, completed: true }],
    ] as const) {
      const single = await app.call(method, `/api/tasks${path}`, {
        user,
        body: { ...body, ...(operation.op === 'complete' && { completed: true }) },
      })
      const { op, ...rest } = operation
      const batched = await batch(app, user, [{ ...body, op, ...rest }])
      const message = `${op} ${JSON.stringify(body).slice(0, 60)}`
      if (single.status < 300) {
        t.equal(batched.status, 200, message)
        t.equal(batched.body.results[0].status, single.status, message)
        t.same(plain(batched.body.results[0].task), plain(single.body), message)
      } else {
        t.equal(batched.status, single.status, message)
        const errors = single.body.errors.map((error: { path: string }) => ({
          ...error,
          path: `/operations/0${error.path}`,
        }))
        t.same(batched.body.errors, errors, message)
      }
    }
  }
})

t.test('operations on one task see the effect of earlier ones', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id, updated_at } = await createTask(app, user)
  const twice = await batch(app, user, [
    { op: 'complete', id },
    { op: 'complete', id },
    { op: 'update', id, title: 'other' },
    { op: 'update', id, title: 'other' },
  ])
  const states = twice.body.results.map(({ task }: any) => task.completed)
  t.same(states, [true, false, false, false], 'each complete flips')
  const times = twice.body.results.map(({ task }: any) => task.updated_at)
  t.ok(updated_at < times[0] && times[0] < times[1] && times[1] < times[2], 'updated_at grows each time')
  t.equal(times[2], times[3], 'a change to the same value keeps updated_at')

  const before = (await app.call('GET', `/api/tasks/${id}`, { user })).body
  for (const [operations, index] of [
    [['delete', 'update'], 1],
    [['delete', 'delete'], 1],
    [['update', 'restore'], 1],
    [['delete', 'restore', 'restore'], 2],
    [['delete', 'restore', 'delete', 'complete', 'restore'], 3],
  ] as const) {
    const { status, body } = await batch(
      app,
      user,
      operations.map((op) => ({ op, id })),
    )
    t.equal(status, 404)
    t.equal(body.errors[0].path, `/operations/${index}/id`, operations.join())
    t.same((await app.call('GET', `/api/tasks/${id}`, { user })).body, before, 'nothing is changed')
  }
  t.same((await app.call('GET', '/api/tasks/trash', { user })).body, [])
})

t.test('a hundred operations are one transaction, sent together', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const create = Array.from({ length: 100 }, (_, index) => ({ op: 'create', title: `task ${index}` }))
  const { body } = await batch(app, user, create)
  const tasks = body.results.map(({ task }: any) => task)
  t.same(
    tasks.map(({ title }: any) => title),
    create.map(({ title }) => title),
  )
  t.equal(new Set(tasks.map(({ created_at }: any) => created_at)).size, 1, 'one transaction has one time')
  t.same(await listOf(app, user), tasks)
  const ids = tasks.map(({ id }: any) => id) as number[]
  t.same(
    (
      await batch(
        app,
        user,
        ids.map((id) => ({ op: 'delete', id })),
      )
    ).body.results,
    Array(100).fill({ status: 204 }),
  )
  t.same(await listOf(app, user), [])
  const back = await batch(
    app,
    user,
    ids.toReversed().map((id) => ({ op: 'restore', id })),
  )
  t.same(
    back.body.results.map(({ task }: any) => task.id),
    ids.toReversed(),
  )
  t.equal((await listOf(app, user)).length, 100)
})

t.test('without a trash, a batch deletes permanently', async (t) => {
  const app = await startApp(t, { TRASH_DAYS: '0' })
  const user = await createUser()
  const { id } = await createTask(app, user)
  const { status, body } = await batch(app, user, [
    { op: 'delete', id },
    { op: 'restore', id },
  ])
  t.match({ status, errors: body.errors }, { status: 404, errors: [{ path: '/operations/1/id' }] })
  t.same((await batch(app, user, [{ op: 'delete', id }])).body, { results: [{ status: 204 }] })
  t.same(await query(databaseUrl(), 'SELECT 1 FROM deleted_tasks WHERE id = $1', [id]), [])
})

t.test('a deleted user is created again for a batch, as for a single call', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  await query(databaseUrl(), 'DELETE FROM users WHERE id = $1', [user.id])
  t.match(await batch(app, user, [{ op: 'create', title: 'x' }]), { status: 200 })
  t.equal((await listOf(app, user)).length, 1)
  await query(databaseUrl(), 'DELETE FROM users WHERE id = $1', [user.id])
  const { status, body } = await batch(app, user, [
    { op: 'create', title: 'x' },
    { op: 'delete', id },
  ])
  t.match({ status, errors: body.errors }, { status: 404, errors: [{ path: '/operations/1/id' }] })
  t.same(await listOf(app, user), [])
})

t.test('a batch may be larger than other bodies, but only from a known user', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const largest = { op: 'create', title: '😀'.repeat(200), description: '😀'.repeat(1000) }
  t.equal((await batch(app, user, Array(100).fill(largest))).status, 200)
  const padding = (size: number) =>
    JSON.stringify({ operations: [{ op: 'create', title: 'x' }], padding: 'x'.repeat(size) })
  for (const [url, size, status, detail] of [
    ['/api/tasks/batch', 1_000_000, 200, undefined],
    ['/api/tasks/batch', 1_048_576, 413, 'The body is larger than 1024 KiB.'],
    ['/api/tasks', 65_536, 413, 'The body is larger than 64 KiB.'],
  ] as const)
    t.match(await app.call('POST', url, { user, body: padding(size) }), { status, body: { detail } })
  for (const body of [padding(2_000_000), '{', padding(1)])
    t.equal(
      (await app.call('POST', '/api/tasks/batch', { body })).status,
      401,
      'the token is checked before the body',
    )
})
