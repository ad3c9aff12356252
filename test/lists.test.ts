import { randomInt } from 'node:crypto'
import t from 'tap'
import {
  type Answer,
  createTask,
  createUser,
  nextPage,
  startApp,
  type TestApp,
  type TestUser,
} from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { documentOf } from './helpers/described.ts'

type Listed = {
  id: number
  title: string
  completed: boolean
  due_date: string | null
  created_at: string
  updated_at: string
}

const SORTS = ['created', 'updated', 'title', 'due_date', 'priority'] as const
const ORDERS = ['asc', 'desc'] as const

/** Follows rel="next" until there is none. */
async function walk({ call }: TestApp, user: TestUser, url: string, between = async (_page: Listed[]) => {}) {
  const seen: Listed[] = []
  for (let next: string | undefined = url; next !== undefined;) {
    const answer: Answer<Listed[]> = await call<Listed[]>('GET', next, { user })
    const { status, body } = answer
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    seen.push(...body)
    next = nextPage(answer, next)
    await between(body)
  }
  return seen
}

/** Many ties in every order: titles that differ by case, equal instants, absent due dates. */
async function fill(app: TestApp, user: TestUser, count: number) {
  await app.call('GET', '/api/me', { user })
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, completed, due_at, due_all_day, priority, tags, created_at, updated_at)
     SELECT $1, (ARRAY['apple', 'Apple', 'Émile', 'emil', 'zebra', 'Zoo'])[n % 6 + 1], n % 3 = 0,
       CASE WHEN n % 4 > 0 THEN timestamptz '2026-01-01Z' + n % 5 * interval '1 day' END, n % 4 = 1,
       (enum_range(NULL::task_priority))[n % 5 + 1], (ARRAY['Home', 'garden', 'work'])[n % 3:2],
       timestamptz '2026-01-01Z' + n / 4 * interval '1 ms', timestamptz '2026-02-01Z' + n / 4 * interval '1 ms'
     FROM generate_series(1, $2::int) AS n`,
    [user.id, count],
  )
}

t.test('the Link to the next page has only known parameters', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const title of ['a', 'b']) await createTask(app, user, { title })
  const sent =
    'utm_source=x&constructor=y&__proto__=z&hasOwnProperty=1&limit=01&sort=title&a[]=%3E%3B%22&page=2'
  const first = await app.call('GET', `/api/tasks?${sent}`, { user })
  t.match(first.headers.link, /^<\?limit=1&sort=title&cursor=[\w-]+>; rel="next"$/)
  const next = await app.call('GET', nextPage(first, '/api/tasks')!, { user })
  t.match(next, { status: 200, body: [{ title: 'b' }], headers: { link: undefined } })
})

t.test('without parameters the list is complete, the newest task first', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const tasks: Listed[] = []
  for (const title of ['first', 'second', 'third']) tasks.unshift(await createTask(app, user, { title }))
  const answer = await app.call('GET', '/api/tasks', { user })
  t.same(answer.body, tasks)
  t.notOk(answer.headers.link)
  t.notOk(answer.headers['x-total-count'])
})

t.test('status filters the list, with each of its values', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const pending = await createTask(app, user, { title: 'pending' })
  const done = await createTask(app, user, { title: 'done', completed: true })
  const list = async (status: string) => (await app.call('GET', `/api/tasks?status=${status}`, { user })).body
  t.same(await list('all'), [done, pending])
  t.same(await list('completed'), [done])
  for (const name of ['pending', 'active', 'incomplete']) t.same(await list(name), [pending])
})

t.test(
  'completed and sort_by are other names for status and sort, and unknown values are ignored',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const b = await createTask(app, user, { title: 'b', completed: true })
    const a = await createTask(app, user, { title: 'a', completed: true })
    const c = await createTask(app, user, { title: 'c' })
    const answers: [query: string, tasks: object[]][] = [
      ['completed=true', [a, b]],
      ['completed=false', [c]],
      ['completed=maybe', [c, a, b]],
      ['completed=', [c, a, b]],
      ['completed=true&status=all', [c, a, b]],
      ['sort_by=title', [a, b, c]],
      ['sort_by=title&order=desc', [c, b, a]],
      ['sort_by=created_at&order=asc', [b, a, c]],
      ['sort_by=status', [c, a, b]],
      ['sort_by=constructor', [c, a, b]],
      ['sort_by=title&sort=created', [c, a, b]],
      ['sort_by=title&completed=true', [a, b]],
    ]
    for (const [query, tasks] of answers) {
      t.same((await app.call('GET', `/api/tasks?${query}`, { user })).body, tasks, query)
      t.same(await walk(app, user, `/api/tasks?${query}&limit=1`), tasks, `${query}, page by page`)
    }
  },
)

t.test('titles sort alphabetically whatever their case, ties by id', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const title of ['banana', 'Apple', 'apple', 'Émile', 'emil', 'Zoo', 'äpfel', 'apple'])
    await createTask(app, user, { title })
  const titles = async (order: string) =>
    (await app.call<Listed[]>('GET', `/api/tasks?sort=title${order}`, { user })).body.map(
      ({ title }) => title,
    )
  const sorted = ['äpfel', 'Apple', 'apple', 'apple', 'banana', 'emil', 'Émile', 'Zoo']
  t.same(await titles(''), sorted)
  const { body } = await app.call<Listed[]>('GET', '/api/tasks?sort=title&order=desc', { user })
  t.same(
    body.map(({ title }) => title.toLowerCase()),
    sorted.map((title) => title.toLowerCase()).reverse(),
  )
  const apples = body.filter(({ title }) => title.toLowerCase() === 'apple').map(({ id }) => id)
  t.same(
    apples,
    [...apples].sort((a, b) => b - a),
    'ties in descending order go by descending id',
  )
})

t.test('due dates sort the soonest first, and tasks without one come last in either order', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const dues = [null, '2026-12-02', '2026-12-01T23:00:00Z', '2026-12-01', null, '2025-01-01T00:00:00.001Z']
  for (const due_date of dues) await createTask(app, user, { title: 't', due_date })
  const sorted = async (order: string) =>
    (await app.call<Listed[]>('GET', `/api/tasks?sort=due_date${order}`, { user })).body.map(
      ({ due_date }) => due_date,
    )
  const soonest = ['2025-01-01T00:00:00.001Z', '2026-12-01', '2026-12-01T23:00:00.000Z', '2026-12-02']
  t.same(await sorted(''), [...soonest, null, null])
  t.same(await sorted('&order=desc'), [...soonest.reverse(), null, null])
})

t.test('updated sorts by the last change, under both of its names', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const [first, second] = [await createTask(app, user), await createTask(app, user)]
  await app.call('PATCH', `/api/tasks/${first.id}/complete`, { user })
  for (const sort of ['updated', 'updated_at']) {
    const { body } = await app.call<Listed[]>('GET', `/api/tasks?sort=${sort}`, { user })
    t.same(
      body.map(({ id }) => id),
      [first.id, second.id],
    )
  }
  const { body } = await app.call<Listed[]>('GET', '/api/tasks?sort=created_at&order=asc', { user })
  t.same(
    body.map(({ id }) => id),
    [first.id, second.id],
  )
})

t.test('pages make up the complete list, in every order, with every filter, however many ties', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 60)
  for (const sort of SORTS) {
    for (const order of ORDERS) {
      for (const filter of ['', '&status=pending', '&due_from=2026-01-03']) {
        const list = `/api/tasks?sort=${sort}&order=${order}${filter}`
        const whole = (await app.call<Listed[]>('GET', list, { user })).body
        t.ok(whole.length > 20, list)
        for (const limit of [7, 20])
          t.same(await walk(app, user, `${list}&limit=${limit}`), whole, `${list} by ${limit}`)
      }
    }
  }
})

t.test('a page with all tasks has no Link', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 10)
  t.notOk((await app.call('GET', '/api/tasks?limit=10', { user })).headers.link)
  const first = await app.call('GET', `/api/${user.id}/tasks?limit=9&status=all`, { user })
  t.match(first.headers.link, /^<\?limit=9&status=all&cursor=[\w-]+>; rel="next"$/)
})

t.test(
  'tasks created and deleted between pages cause no duplicate and no gap among the others',
  async (t) => {
    const app = await startApp(t)
    for (const sort of SORTS) {
      for (const order of ORDERS) {
        const user = await createUser()
        await fill(app, user, 40)
        const before = (await app.call<Listed[]>('GET', `/api/tasks?sort=${sort}&order=${order}`, { user }))
          .body
        const gone = new Set<number>()
        const pages = await walk(
          app,
          user,
          `/api/tasks?sort=${sort}&order=${order}&limit=5`,
          async (page) => {
            await createTask(app, user, { title: 'Apple', due_date: '2026-01-02' })
            const victim = before.find(({ id }) => !gone.has(id) && !page.some((task) => task.id === id))
            if (victim === undefined) return
            gone.add(victim.id)
            await app.call('DELETE', `/api/tasks/${victim.id}`, { user })
          },
        )
        const ids = pages.map(({ id }) => id)
        t.equal(new Set(ids).size, ids.length, `${sort} ${order}: no duplicate`)
        const known = new Set(before.map(({ id }) => id))
        const lasting = before.filter(({ id }) => !gone.has(id)).map(({ id }) => id)
        t.same(
          ids.filter((id) => known.has(id) && !gone.has(id)),
          lasting,
          `${sort} ${order}: no gap`,
        )
      }
    }
  },
)

t.test('a cursor stays valid if its task is deleted', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 12)
  const first = await app.call<Listed[]>('GET', '/api/tasks?limit=5', { user })
  await app.call('DELETE', `/api/tasks/${first.body.at(-1)!.id}`, { user })
  const rest = await walk(app, user, nextPage(first, '/api/tasks')!)
  t.equal(rest.length, 7)
})

/** Parameters that say which part of the list is asked for, not which list. */
const POSITION = ['limit', 'offset', 'cursor', 'count']

t.test('a cursor is valid for its own list only, whichever parameter differs', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 40)
  // Every parameter of the document, each with its example.
  const { parameters } = documentOf(app.app).paths['/api/tasks']!.get!
  const others = parameters!.filter(({ in: part, name }) => part === 'query' && !POSITION.includes(name))
  t.ok(others.length > 10)
  const list = (query: object) => `/api/tasks?${new URLSearchParams({ limit: '2', ...query }).toString()}`
  const cursorOf = async (query: object) =>
    /cursor=([\w-]+)/.exec((await app.call('GET', list(query), { user })).headers.link ?? '')?.[1]
  const plain = (await cursorOf({}))!
  const invalid = { status: 400, body: { errors: [{ path: '/cursor' }] } }
  for (const { name, schema } of others) {
    // Words that occur in the tasks, and due dates before and after them.
    const value = { search: 'e', q: 'e', due_from: '2025-01-01', due_before: '2027-01-01' }[name]
    const query = { [name]: value ?? String(schema.examples![0]) }
    t.match(await app.call('GET', list({ ...query, cursor: plain }), { user }), invalid, `not with ${name}`)
    const cursor = (await cursorOf(query))!
    t.match(await app.call('GET', list({ cursor }), { user }), invalid, `not without ${name}`)
    const same = await app.call('GET', list({ ...query, cursor, limit: '3', count: 'true' }), { user })
    t.equal(same.status, 200, `with ${name}, in pages of another length`)
  }
})

t.test('a cursor is refused under another value of the same parameter', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 40)
  const pairs = [
    ['time_zone=Europe/Berlin', 'time_zone=Asia/Tokyo'],
    ['due_before=2027-01-01&time_zone=Europe/Berlin', 'due_before=2027-01-01&time_zone=Asia/Tokyo'],
    ['due_from=2025-01-01', 'due_from=2025-01-02'],
    ['status=pending', 'status=completed'],
    ['overdue=true', 'overdue=false'],
    ['sort=title', 'sort=created'],
    ['sort=title&order=asc', 'sort=title&order=desc'],
    ['search=e', 'search=apple'],
  ]
  for (const [one, other] of pairs as [string, string][]) {
    const { headers } = await app.call('GET', `/api/tasks?limit=2&${one}`, { user })
    const cursor = /cursor=([\w-]+)/.exec(headers.link!)![1]!
    const use = (parameters: string) =>
      app.call('GET', `/api/tasks?limit=2&${parameters}&cursor=${cursor}`, { user })
    t.equal((await use(one)).status, 200, one)
    t.match(
      await use(other),
      {
        status: 400,
        body: {
          detail:
            'The cursor belongs to another list: sort and filters must be the same as when it was created.',
          errors: [{ path: '/cursor' }],
        },
      },
      `${one} → ${other}`,
    )
  }
})

t.test('a cursor stays valid if the same list is requested with other names', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 40)
  const same = [
    ['', 'sort=created', 'sort=created_at&order=desc', 'status=all', 'sort_by=nothing', 'completed=maybe'],
    ['status=pending', 'status=active', 'status=incomplete', 'completed=false'],
    ['sort=updated', 'sort=updated_at', 'sort_by=updated', 'sort=updated&order=desc'],
    ['search=e', 'q=e', 'search=%20e%20', 'search=e&q=e'],
  ]
  for (const spellings of same) {
    const { headers } = await app.call('GET', `/api/tasks?limit=2&${spellings[0]}`, { user })
    const cursor = /cursor=([\w-]+)/.exec(headers.link!)![1]!
    for (const spelling of spellings)
      t.equal(
        (await app.call('GET', `/api/tasks?limit=2&${spelling}&cursor=${cursor}`, { user })).status,
        200,
        spelling,
      )
  }
})

t.test('an invented cursor is a 400, never a 500', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 3)
  const { headers } = await app.call('GET', '/api/tasks?limit=1', { user })
  const cursor = /cursor=([\w-]+)/.exec(headers.link!)![1]!
  const [tie, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string, string]
  const forged: unknown[] = [
    [tie, "'; DROP TABLE tasks", id],
    [tie, '2026-02-30T00:00:00Z', id],
    [tie, null, id],
    [tie, 5, id],
    [tie, '\u0000', id],
    [tie, key, '1e5'],
    [tie, key, '-1'],
    [tie, key, null],
    [tie, key, {}],
    [tie, key, '9'.repeat(30)],
    [tie, key],
    [tie],
    [],
    {},
    null,
    'x',
    5,
    ['', key, id],
    [tie, '2026-01-01', id],
    [tie, '2026-01-01T00:00:00+23:59', id],
    [tie, `2026-01-01T00:00:00.${'0'.repeat(1000)}Z`, id],
    [tie, '2026-01-01t00:00:00.000z', id],
    [tie, [key], id],
  ]
  const texts = [
    ...forged.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    '%00',
    'ü',
    '....',
    cursor.slice(0, -4),
    `${cursor}AAAA`,
  ]
  for (const text of texts) {
    const answer = await app.call(
      'GET',
      `/api/tasks?limit=1&cursor=${encodeURIComponent(decodeURIComponent(text))}`,
      { user },
    )
    t.match(answer, { status: 400, body: { code: 'validation_failed' } }, text)
  }
  t.equal((await app.call('GET', `/api/tasks?limit=1&cursor=${'A'.repeat(3000)}`, { user })).status, 400)
})

t.test('offset skips tasks', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 12)
  const whole = (await app.call<Listed[]>('GET', '/api/tasks', { user })).body
  const page = await app.call<Listed[]>('GET', '/api/tasks?limit=5&offset=4', { user })
  t.same(page.body, whole.slice(4, 9))
  t.same(
    await walk(app, user, '/api/tasks?limit=5&offset=4'),
    whole.slice(4),
    'its next page continues with a cursor',
  )
  t.same((await app.call('GET', '/api/tasks?limit=5&offset=99', { user })).body, [])
  t.same((await app.call('GET', '/api/tasks?limit=5&offset=2147483647', { user })).body, [])
})

t.test('count=true returns the number of tasks that match the filters', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 12)
  const count = async (parameters: string) =>
    (await app.call('GET', `/api/tasks?${parameters}`, { user })).headers['x-total-count']
  t.equal(await count('count=true'), '12')
  t.equal(await count('count=true&status=completed&limit=1'), '4')
  t.equal(await count('count=false&limit=1'), undefined)
  const first = await app.call('GET', '/api/tasks?limit=5&count=true', { user })
  t.equal(
    (await app.call('GET', nextPage(first, '/api/tasks')!, { user })).headers['x-total-count'],
    '12',
    'on every page the same',
  )
})

t.test('a list of thousands is complete, in every order', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 3217)
  for (const sort of SORTS) {
    const { body, headers } = await app.call<Listed[]>('GET', `/api/tasks?sort=${sort}`, { user })
    t.equal(body.length, 3217)
    t.equal(new Set(body.map(({ id }) => id)).size, 3217)
    t.equal(headers['content-type'], 'application/json; charset=utf-8')
    t.same(
      (await walk(app, user, `/api/tasks?sort=${sort}&limit=200`)).map(({ id }) => id),
      body.map(({ id }) => id),
    )
  }
  await query(
    databaseUrl(),
    'DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE user_id = $1 LIMIT 1217)',
    [user.id],
  )
  t.equal(
    (await app.call('GET', '/api/tasks', { user })).body.length,
    2000,
    'also where it ends with a full batch',
  )
})

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  Filter?: string
  Plans?: Plan[]
}

/** Each node that reads a table, and what is done to its rows before a limit stops it. */
function readsOf(plan: Plan, above: string[] = []): { plan: Plan; above: string[] }[] {
  const type = plan['Node Type']
  const own = plan['Relation Name'] === undefined ? [] : [{ plan, above }]
  const path = type === 'Limit' ? [] : [...above, type]
  return [...own, ...(plan.Plans ?? []).flatMap((below) => readsOf(below, path))]
}

t.test(
  'a page is read along its index, never sorted: it costs the same however many tasks there are',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const { pool } = app.database
    const plan = async (parameters: string) => {
      await app.call('GET', `/api/tasks?${parameters}`, { user })
      const client = await pool.connect()
      // With these off, what is left of them is what cannot be done otherwise.
      await client.query('SET enable_sort = off; SET enable_bitmapscan = off; SET enable_seqscan = off')
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `EXPLAIN (FORMAT JSON) ${app.statements.at(-1)}`,
        app.values.at(-1),
      )
      client.release(true)
      return rows[0]!['QUERY PLAN'][0].Plan
    }
    await fill(app, user, 60)
    const columns = {
      created: 'created_at',
      updated: 'updated_at',
      title: 'title',
      due_date: 'due_at',
      priority: 'priority_rank',
    }
    for (const [sort, column] of Object.entries(columns)) {
      for (const order of ORDERS) {
        for (const [status, tasks] of Object.entries({ all: 60, pending: 40, completed: 20 })) {
          const list = `limit=5&sort=${sort}&order=${order}&status=${status}`
          const { headers } = await app.call('GET', `/api/tasks?${list}`, { user })
          // Three of four are due: this page ends with the first that is not.
          const turn = await app.call('GET', `/api/tasks?${list}&offset=${tasks * 0.75 - 4}`, { user })
          for (const { link } of [{ link: `?${list}>` }, headers, turn.headers]) {
            const page = /\?([^>]+)/.exec(link!)![1]!
            for (const { plan: read, above } of readsOf(await plan(page))) {
              t.match(read['Node Type'], /^Index (Only )?Scan$/, page)
              t.match(read['Index Name'], `tasks_user_id_${column}_`, page)
              // As a filter, the position of the cursor would read every task before it.
              t.notMatch(read.Filter ?? '', /ROW\(/, page)
              // A Result is where row-level security asks, once, whether the owner is the user.
              t.strictSame(
                above.filter((type) => type !== 'Subquery Scan' && type !== 'Result'),
                [],
                page,
              )
            }
          }
        }
      }
    }
  },
)

t.test('offset continues from tasks with a due date to those without, in either order', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 12)
  for (const order of ORDERS) {
    const list = `/api/tasks?sort=due_date&order=${order}`
    const whole = (await app.call<Listed[]>('GET', list, { user })).body
    for (let offset = 0; offset <= 13; offset += 1) {
      const page = await app.call<Listed[]>('GET', `${list}&limit=4&offset=${offset}`, { user })
      t.same(page.body, whole.slice(offset, offset + 4), `${order} ${offset}`)
    }
    const end = await app.call('GET', `${list}&limit=200&offset=2147483647`, { user })
    t.same(end.body, [], 'an offset that no list has')
  }
})

t.test('the longest title of the longest user id fits into the index', async (t) => {
  const app = await startApp(t)
  const rare = (length: number) =>
    Array.from({ length }, () => String.fromCodePoint(0x2_0000 + randomInt(0x8000))).join('')
  const user = await createUser(rare(255))
  const title = rare(200)
  t.match(await createTask(app, user, { title }), { title })
})
