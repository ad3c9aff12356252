import type { BatchOperation, Task } from 'TaskApiClient'
import t from 'tap'
import { refusal, startService } from './service.ts'

const titles = (tasks: readonly Pick<Task, 'title'>[]) => tasks.map(({ title }) => title)

t.test('tags can be listed with their numbers of tasks, renamed, merged and removed', async (t) => {
  const { createClient } = await startService()
  const { client } = await createClient()
  const milk = await client.create({ title: 'Milk', priority: 'high', tags: ['home', 'shop/food'] })
  const tea = await client.create({ title: 'Tea', tags: ['Shop'] })
  t.match(milk, { priority: 'high', tags: ['home', 'shop/food'] })
  t.match(tea, { priority: 'none', tags: ['Shop'] })
  t.same(await client.tags(), [
    { name: 'home', count: 1 },
    { name: 'Shop', count: 1 },
    { name: 'shop/food', count: 1 },
  ])
  t.equal(await client.renameTag('shop/food', 'Shop'), 1)
  t.same(await client.tags(), [
    { name: 'home', count: 1 },
    { name: 'Shop', count: 2 },
  ])
  t.equal(await client.deleteTag('shop'), 2)
  t.equal(await client.deleteTag('shop'), 0)
  t.same(await client.tags(), [{ name: 'home', count: 1 }])
})

t.test('lists can be filtered by priority and tags, and sorted by priority', async (t) => {
  const { createClient } = await startService()
  const { client } = await createClient()
  await client.create({ title: 'a', priority: 'low', tags: ['x', 'y'] })
  await client.create({ title: 'b', priority: 'urgent', tags: ['x'] })
  await client.create({ title: 'c' })
  t.same(titles(await client.list({ sort: 'priority' })), ['b', 'a', 'c'])
  t.same(titles(await client.list({ priority: 'low,none', sort: 'title' })), ['a', 'c'])
  t.same(titles((await client.page({ tags: 'x,Y' })).tasks), ['a'])
  t.same(titles((await client.page({ any_tags: 'x,y', sort: 'title' })).tasks), ['a', 'b'])
})

t.test(
  'a deleted task is in the trash, and can be restored with its id or deleted permanently',
  async (t) => {
    const { createClient } = await startService()
    const { client } = await createClient()
    const milk = await client.create({ title: 'Milk' })
    const tea = await client.create({ title: 'Tea' })
    await client.delete(milk.id)
    await client.delete(tea.id)
    const { tasks, cursor } = await client.trash()
    t.match(tasks, [{ id: tea.id, deleted_at: /Z$/ }, { id: milk.id }])
    t.equal(cursor, undefined)
    t.match(await client.restore(milk.id), { id: milk.id, title: 'Milk' })
    t.same(titles(await client.list()), ['Milk'])
    await t.rejects(client.restore(milk.id), { status: 404, code: 'task_not_found' })
    t.equal(await client.deleteForGood(String(tea.id)), undefined)
    await t.rejects(client.deleteForGood(tea.id), { status: 404, code: 'task_not_found' })
    t.same((await client.trash()).tasks, [])
  },
)

t.test('the trash has pages, and can be emptied with one call', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient()
  for (const title of ['a', 'b', 'c']) await client.delete((await client.create({ title })).id)
  sent.length = 0
  const pages = []
  for await (const { tasks } of client.trashPages({ limit: 2 })) pages.push(titles(tasks).join(''))
  t.same(pages, ['cb', 'a'])
  t.equal(sent.length, 2)
  t.equal(await client.emptyTrash(), 3)
  t.equal(await client.emptyTrash(), 0)
})

t.test('clearing moves completed tasks to the trash, and no others', async (t) => {
  const { createClient } = await startService()
  const { client } = await createClient()
  await client.create({ title: 'Open' })
  for (const title of ['a', 'b']) await client.create({ title, completed: true })
  t.equal(await client.clearCompleted(), 2)
  t.same(titles(await client.list()), ['Open'])
  const { tasks } = await client.trash()
  t.equal(tasks.length, 2)
  t.equal(tasks[0]?.deleted_at, tasks[1]?.deleted_at)
  t.equal(await client.clearCompleted(), 0)
})

t.test('a batch makes all changes in order, or makes none and names the one that failed', async (t) => {
  const { createClient } = await startService()
  const { client, sent } = await createClient()
  const [milk, tea] = [await client.create({ title: 'Milk' }), await client.create({ title: 'Tea' })]
  sent.length = 0
  const operations: readonly BatchOperation[] = [
    { op: 'create', title: 'Bread', tags: ['shop'], description: undefined },
    { op: 'update', id: milk.id, priority: 'high', title: undefined },
    { op: 'complete', id: milk.id, completed: true },
    { op: 'delete', id: tea.id },
    { op: 'restore', id: tea.id },
    { op: 'delete', id: tea.id },
  ]
  const results = await client.batch(operations)
  t.same(
    results.map(({ status }) => status),
    [201, 200, 200, 204, 200, 204],
  )
  t.match(results[0]?.task, { title: 'Bread', tags: ['shop'] })
  t.match(results[2]?.task, { title: 'Milk', priority: 'high', completed: true })
  t.equal(results[3]?.task, undefined)
  t.equal(sent.length, 1)
  t.same(titles(await client.list({ sort: 'title' })), ['Bread', 'Milk'])

  const failing = client.batch([
    { op: 'delete', id: milk.id },
    { op: 'update', id: tea.id, title: 'Gone' },
  ])
  await t.rejects(failing, { status: 404, errors: [{ path: /^\/operations\/1/ }] })
  t.equal((await client.list()).length, 2)
  await t.rejects(client.batch([]), { status: 400, code: 'validation_failed' })
})

t.test('an import accepts the file of an export, in every format', async (t) => {
  const { createClient } = await startService()
  const { client } = await createClient()
  await client.create({ title: 'Äpfel, "rot"', tags: ['home'], due_date: '2026-12-01' })
  await client.create({ title: 'Tea', completed: true })
  for (const [format, type] of [
    ['json', 'application/json'],
    ['csv', 'text/csv'],
    ['ics', 'text/calendar'],
  ] as const) {
    const file = await client.exportTasks(format)
    t.match(file.name, new RegExp(`^tasks-\\d{4}-\\d\\d-\\d\\d\\.${format}$`))
    t.match(file.type, new RegExp(`^${type}`))
    t.match(await client.importTasks(file), { dry_run: false, created: 0, skipped: 2 })
    const { client: other } = await createClient()
    t.match(await other.importTasks(file, { dry_run: true }), { dry_run: true, created: 2, skipped: 0 })
    t.same(await other.list(), [])
    // The ending tells the format, also if the browser gives another type or none.
    const renamed = new File([file], `MY TASKS.${format.toUpperCase()}`, { type: 'application/vnd.ms-excel' })
    t.match(await other.importTasks(renamed), { created: 2 })
    t.match(await other.importTasks(file.slice(0, file.size, file.type)), { created: 0, skipped: 2 })
    t.match(await other.importTasks(await file.text(), { format }), { created: 0, skipped: 2 })
    t.match(await other.list({ sort: 'title' }), [
      { title: 'Äpfel, "rot"', tags: ['home'] },
      { title: 'Tea' },
    ])
  }
})

t.test('a refused import names its mistakes, and only a dry run is repeated automatically', async (t) => {
  const { createClient } = await startService()
  const faults: (() => Response | Promise<Response>)[] = []
  const fetch = async (request: Request) => faults.shift()?.() ?? globalThis.fetch(request)
  const { client, sent } = await createClient({ fetch })
  const file = 'title,due_date\nMilk,2026-12-01\nTea,soon\n'
  await t.rejects(client.importTasks(file, { format: 'csv' }), {
    status: 400,
    errors: [{ path: '/tasks/1/due_date', line: 3 }],
  })
  await t.rejects(client.importTasks(file), { status: 415, code: 'unsupported_file_type' })
  const key = { headers: { 'idempotency-key': 'import-1' } }
  for (let time = 0; time < 2; time += 1)
    t.match(await client.importTasks('title\nMilk\n', { format: 'csv' }, key), { created: 1 })
  t.equal((await client.list()).length, 1)

  sent.length = 0
  faults.push(() => refusal(503))
  t.match(await client.importTasks('title\nTea\n', { format: 'csv', dry_run: true }), { created: 1 })
  t.equal(sent.length, 2)
  faults.push(() => refusal(503))
  await t.rejects(client.importTasks('title\nTea\n', { format: 'csv' }), { status: 503, code: 'overloaded' })
  t.equal(sent.length, 3)

  const page = new Response('<p>Sign in</p>', { headers: { 'content-type': 'text/html' } })
  faults.push(() => page)
  await t.rejects(client.exportTasks('csv'), { code: 'unexpected_answer' })
  faults.push(() => new Response('x', { headers: { 'content-type': 'text/csv' } }))
  t.equal((await client.exportTasks('csv')).name, 'tasks.csv')
})

t.test(
  'an id or a name that would change the path of the call is refused before anything is sent',
  async (t) => {
    const { createClient } = await startService()
    const { client, sent } = await createClient()
    const error = { name: 'TaskApiError', status: 0, code: 'invalid_call' }
    for (const text of ['', 'trash', '..', '0', NaN]) {
      await t.rejects(client.restore(text), error)
      await t.rejects(client.deleteForGood(text), error)
    }
    for (const name of ['', ' ', '.', '..']) {
      await t.rejects(client.renameTag(name, 'home'), error)
      await t.rejects(client.deleteTag(name), error)
    }
    t.equal(sent.length, 0)
    for (const name of ['a/b', '?', '#', '%2e', 'ä ö', '...']) {
      const { id } = await client.create({ title: 'Task', tags: [name] })
      t.equal(await client.renameTag(name, 'home'), 1, name)
      t.same((await client.get(id)).tags, ['home'])
      await client.delete(id)
    }
  },
)
