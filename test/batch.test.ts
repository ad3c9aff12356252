import t from 'tap'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'

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

t.test('an operation without a task undoes the batch and is named', async (t) => {
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
          message: failing.op === 'restore' ? 'names no task in the trash' : 'names no task',
        },
      ])
    }
  t.same(await listOf(app, user), before)
  t.equal((await listOf(app, other)).length, 1)
})

t.test('every mistake in a batch is named by its path, and nothing is changed', async (t) => {
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
