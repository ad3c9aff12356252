import t from 'tap'
import { createTask, createUser, nextPage, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'

const PRIORITIES = ['none', 'low', 'medium', 'high', 'urgent']

const titlesOf = async ({ call }: TestApp, user: TestUser, parameters: string) =>
  (await call<{ title: string }[]>('GET', `/api/tasks?${parameters}`, { user })).body
    .map(({ title }) => title)
    .join()

/** One task of each priority, whose title is the priority; the order of creation is not the order of the priorities. */
async function createOfEach(app: TestApp, user: TestUser) {
  for (const priority of ['high', 'none', 'urgent', 'low', 'medium'])
    await createTask(app, user, { title: priority, priority })
}

t.test('a task has the priority that was sent, or "none" if none was sent', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const priority of PRIORITIES)
    t.match(await createTask(app, user, { title: 'T', priority }), { priority })
  for (const body of [{ title: 'T' }, { title: 'T', priority: null }])
    t.match(await createTask(app, user, body), { priority: 'none' })
})

t.test('a priority can be changed, stays if it is not sent, and null sets it to "none"', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id, updated_at: created } = await createTask(app, user, { title: 'T', priority: 'low' })
  const change = async (body: object) => (await app.call('PATCH', `/api/tasks/${id}`, { user, body })).body
  t.match(await change({ priority: 'low' }), { priority: 'low', updated_at: created }, 'the same: no change')
  const urgent = await change({ priority: 'urgent' })
  t.equal(urgent.priority, 'urgent')
  t.ok(urgent.updated_at > created)
  t.match(await change({ title: 'U' }), { title: 'U', priority: 'urgent' })
  t.equal((await app.call('PATCH', `/api/tasks/${id}/complete`, { user })).body.priority, 'urgent')
  t.equal((await change({ priority: null })).priority, 'none')
})

t.test('an unknown priority is a 400 that lists the allowed words, and nothing changes', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user, { title: 'T', priority: 'high' })
  for (const priority of ['High', 'HIGH', ' high', '', 'critical', 3, true, ['high'], { high: 1 }]) {
    for (const [method, url] of [
      ['POST', '/api/tasks'],
      ['PUT', `/api/tasks/${task.id}`],
    ] as const) {
      const { status, body } = await app.call(method, url, { user, body: { title: 'T', priority } })
      t.equal(status, 400, `${method} ${JSON.stringify(priority)}`)
      t.same(body.errors, [{ path: '/priority', message: `must be one of: ${PRIORITIES.join(', ')}, null` }])
    }
  }
  t.same((await app.call('GET', '/api/tasks', { user })).body, [task])
})

t.test('priorities sort by their meaning, not alphabetically, the highest first by default', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createOfEach(app, user)
  t.equal(await titlesOf(app, user, 'sort=priority'), 'urgent,high,medium,low,none')
  t.equal(await titlesOf(app, user, 'sort_by=priority&order=asc'), 'none,low,medium,high,urgent')
})

t.test('tasks of the same priority are sorted by id, newest first, and pages never overlap', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const sizes = PRIORITIES.map((_, index) => index + 2)
  for (const [index, priority] of PRIORITIES.entries())
    for (let count = 0; count < sizes[index]!; count += 1)
      await createTask(app, user, { title: 'T', priority })
  for (const order of ['desc', 'asc'] as const) {
    const seen: { id: number; priority: string }[] = []
    let url: string | undefined = `/api/tasks?sort=priority&order=${order}&limit=3`
    for (let page = 0; url !== undefined && page < 20; page += 1) {
      const answer: Awaited<ReturnType<typeof app.call>> = await app.call('GET', url, { user })
      seen.push(...(answer.body as typeof seen))
      url = nextPage(answer, url)
    }
    const rank = ({ priority }: { priority: string }) => PRIORITIES.indexOf(priority)
    const direction = order === 'asc' ? 1 : -1
    const expected = seen.toSorted((one, other) => direction * (rank(one) - rank(other) || one.id - other.id))
    t.same(seen, expected, order)
    t.equal(
      seen.length,
      sizes.reduce((sum, size) => sum + size),
    )
  }
})

t.test('the filter takes one priority or several, and combines with everything else', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createOfEach(app, user)
  const expected: [parameters: string, titles: string][] = [
    ['priority=high', 'high'],
    ['priority=high,urgent', 'urgent,high'],
    ['priority=urgent,high,urgent,', 'urgent,high'],
    ['priority=none', 'none'],
    ['priority=', 'medium,low,urgent,none,high'],
    ['priority=,', 'medium,low,urgent,none,high'],
    ['priority=low,medium&sort=priority', 'medium,low'],
    ['priority=low,medium&sort=title&order=desc', 'medium,low'],
    ['priority=high,low&search=lo', 'low'],
    ['priority=high&status=completed', ''],
  ]
  for (const [parameters, titles] of expected)
    t.equal(await titlesOf(app, user, parameters), titles, parameters)
  const counted = await app.call('GET', '/api/tasks?priority=high,low&limit=1&count=true', { user })
  t.equal(counted.headers['x-total-count'], '2')
})

t.test(
  'a cursor is valid for the same priorities in another order, but for no other priorities',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    await createOfEach(app, user)
    const first = await app.call('GET', '/api/tasks?priority=high,urgent&limit=1', { user })
    const cursor = /cursor=([\w-]+)/.exec(first.headers.link!)![1]
    const status = async (words: string) =>
      (await app.call('GET', `/api/tasks?priority=${words}&limit=1&cursor=${cursor}`, { user })).status
    t.equal(await status('urgent,high,high'), 200)
    t.equal(await status('high'), 400)
    t.equal(await status('high,urgent,low'), 400)
  },
)

t.test('a cursor whose key is not a priority is refused without a statement', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createOfEach(app, user)
  const url = '/api/tasks?sort=priority&limit=1'
  const { headers } = await app.call('GET', url, { user })
  const [tie, , id] = JSON.parse(
    Buffer.from(/cursor=([\w-]+)/.exec(headers.link!)![1]!, 'base64url').toString(),
  ) as string[]
  for (const key of ['critical', '', null, 3, 'high', '5', '-1', '03']) {
    const cursor = Buffer.from(JSON.stringify([tie, key, id])).toString('base64url')
    t.equal((await app.call('GET', `${url}&cursor=${cursor}`, { user })).status, 400, String(key))
  }
})

t.test('PostgreSQL refuses unknown priorities, and computes the rank', async (t) => {
  const user = await createUser()
  const app = await startApp(t)
  await createOfEach(app, user)
  const change = query(databaseUrl(), `UPDATE tasks SET priority = 'critical' WHERE user_id = $1`, [user.id])
  await t.rejects(change, { code: '22P02' })
  t.same(
    await query(
      databaseUrl(),
      'SELECT priority::text, priority_rank FROM tasks WHERE user_id = $1 ORDER BY priority_rank',
      [user.id],
    ),
    PRIORITIES.map((priority, priority_rank) => ({ priority, priority_rank })),
  )
})
