import t from 'tap'
import { createConfig } from '../src/config/config.ts'
import { createDatabase } from '../src/database/client.ts'
import { Prisma } from '../src/generated/prisma/client.ts'
import { filtersOf, resolve } from '../src/tasks/filters.ts'
import type { ListQuery } from '../src/tasks/query-schemas.ts'
import { createTaskRepository } from '../src/tasks/repository.ts'
import {
  createTask,
  createUser,
  nextPage,
  SECRET,
  startApp,
  type TestApp,
  type TestUser,
} from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl } from './helpers/database.ts'

interface Tagged {
  id: number
  tags: string[]
  updated_at: string
}
const create = async (app: TestApp, user: TestUser, tags: unknown, title = 'T') =>
  (await createTask(app, user, { title, tags })) as unknown as Tagged
const read = async ({ call }: TestApp, user: TestUser, { id }: { id: number }) =>
  (await call<Tagged>('GET', `/api/tasks/${id}`, { user })).body
const idsWith = async ({ call }: TestApp, user: TestUser, parameters: Record<string, string>) => {
  const answer = await call<Tagged[]>('GET', `/api/tasks?${new URLSearchParams(parameters).toString()}`, {
    user,
  })
  return answer.body.map(({ id }) => id)
}
const pathOf = (name: string) => `/api/tasks/tags/${encodeURIComponent(name)}`
const rename = ({ call }: TestApp, user: TestUser, name: string, to: string) =>
  call('PATCH', pathOf(name), { user, body: { name: to } })
const listed = async ({ call }: TestApp, user: TestUser) =>
  (await call<{ name: string; count: number }[]>('GET', '/api/tasks/tags', { user })).body

/** A value as the name of an assertion: on one line. */
const shown = (value: unknown) => JSON.stringify(value).replaceAll(/[^ -~]/g, '?')

t.test('tags keep their order and spelling, trimmed and in NFC; null and [] clear them', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await create(app, user, [' Home ', '\u00a0z\u200b', 'cafe\u0301', 'a  b'])
  t.same(task.tags, ['Home', 'z', 'caf\u00e9', 'a  b'])
  const change = async (body: object) =>
    (await app.call<Tagged>('PATCH', `/api/tasks/${task.id}`, { user, body })).body
  t.same((await change({ title: 'U' })).tags, task.tags, 'not sent: they stay')
  const before = await read(app, user, task)
  t.equal((await change({ tags: task.tags })).updated_at, before.updated_at, 'the same: no change')
  t.ok((await change({ tags: task.tags.toReversed() })).updated_at > before.updated_at, 'the order counts')
  t.same((await change({ tags: ['x'] })).tags, ['x'], 'the whole array is replaced')
  t.same((await change({ tags: null })).tags, [])
  t.same((await change({ tags: ['x'] })).tags, ['x'])
  t.same((await change({ tags: [] })).tags, [])
  for (const none of [null, []]) t.same((await create(app, user, none)).tags, [])
  t.same(((await createTask(app, user)) as unknown as Tagged).tags, [])
})

/** Spellings of one tag each: they differ in letter case, or are the same in NFC. */
const SAME: Record<string, string[]> = {
  ASCII: ['Home', 'HOME', 'home'],
  'the Greek sigma at the end of a word': ['ΟΔΟΣ', 'οδος', 'οδοσ'],
  'the German sharp s': ['Straße', 'STRASSE', 'strasse', 'STRAẞE'],
  'the Turkish dotted I': ['İstanbul', 'i\u0307stanbul'],
  Cyrillic: ['Дом', 'ДОМ', 'дом'],
  'a combining accent': ['Cafe\u0301', 'CAF\u00c9', 'caf\u00e9'],
  'a letter with an accent that has no upper case of its own': ['ΐ', 'Ϊ́'],
  'a long text': ['Ü'.repeat(50), 'ü'.repeat(50)],
}
t.test('a tag in another letter case is the same tag, in bodies and in filters', async (t) => {
  const app = await startApp(t)
  for (const [what, spellings] of Object.entries(SAME)) {
    const user = await createUser()
    const [first] = spellings
    const task = await create(app, user, [...spellings, 'other', ...spellings])
    t.same(task.tags, [first!.normalize('NFC'), 'other'], `${what}: the first spelling stays`)
    for (const spelling of spellings) {
      t.same(await idsWith(app, user, { tags: spelling }), [task.id], `${what}: tags=${spelling}`)
      t.same(await idsWith(app, user, { any_tags: `x,${spelling}` }), [task.id], `${what}: any_tags`)
    }
  }
})

t.test('tags that differ in more than letter case are different tags', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const tags = [
    'cafe',
    'café',
    'a b',
    'a  b',
    'ab',
    'x2',
    'x²',
    'c',
    'c#',
    'c++',
    '👍',
    '👍🏽',
    'home',
    'homes',
  ]
  const task = await create(app, user, tags)
  t.same(task.tags, tags)
  t.same(await idsWith(app, user, { tags: 'hom' }), [])
})

t.test('a tag may contain characters that are special in SQL, JSON or URLs', async (t) => {
  const app = await startApp(t)
  const odd = [
    'NULL',
    'null',
    '"',
    '\\',
    '{}',
    '{"a"}',
    "'; DROP TABLE tasks; --",
    '%',
    '_',
    '$1',
    '/',
    '?',
    '#',
  ]
  odd.push(
    '&',
    '=',
    '+',
    '..',
    '.',
    ';',
    '<b>',
    '__proto__',
    'constructor',
    '😀'.repeat(50),
    '👩‍👩‍👧',
    'tags',
    '42',
  )
  for (const name of odd) {
    const user = await createUser()
    const [task, other] = [await create(app, user, [name, 'kept']), await create(app, user, ['kept'])]
    t.same(task.tags, [name, 'kept'], name)
    t.same(await idsWith(app, user, { tags: name }), [task.id], `${name}: tags`)
    t.same(await idsWith(app, user, { any_tags: `${name},no` }), [task.id], `${name}: any_tags`)
    t.ok(
      (await listed(app, user)).some((tag) => tag.name === name && tag.count === 1),
      `${name} is listed`,
    )
    // A URL has no path segment that is a dot or two: white space around it is trimmed.
    const path = /^\.{1,2}$/.test(name) ? `${name} ` : name
    t.same((await rename(app, user, path, 'new')).body, { changed: 1 }, `${name} is renamed`)
    t.same((await read(app, user, task)).tags, ['new', 'kept'])
    t.same((await rename(app, user, 'new', name)).body, { changed: 1 })
    t.same((await app.call('DELETE', pathOf(path), { user })).body, { changed: 1 }, `${name} is removed`)
    t.same((await read(app, user, task)).tags, ['kept'])
    t.same(await read(app, user, other), other, 'other tasks stay as they are')
  }
})

t.test('a bad tag is a 400 with its place, and nothing changes', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await create(app, user, ['kept'])
  const bad: [tag: unknown, message: RegExp][] = [
    ['a,b', /^must be one line without commas/],
    [',', /^must be one line without commas/],
    ['', /^must not be empty$/],
    [' \u200b', /^must not be empty$/],
    ['\u200d\ufe0f', /^must not be empty$/],
    ['\u2800', /^must not be empty$/],
    ['x'.repeat(51), /^must have at most 50 characters$/],
    ['😀'.repeat(51), /^must have at most 50 characters$/],
    ['a\nb', /control characters/],
    ['a\tb', /control characters/],
    ['a\u0000b', /U\+0000/],
    ['a\u0085b', /control characters/],
    ['a\u2028b', /one line/],
    ['a\u2029b', /one line/],
    ['a\ud800b', /an unpaired surrogate/],
    [5, /^must be a string$/],
    [null, /^must be a string$/],
    [['a'], /^must be a string$/],
  ]
  for (const [tag, message] of bad) {
    for (const [method, url] of [
      ['POST', '/api/tasks'],
      ['PATCH', `/api/tasks/${task.id}`],
    ] as const) {
      const body = { title: 'T', tags: ['a', 'b', 'c', tag] }
      const answer = await app.call(method, url, { user, body })
      t.match(answer, { status: 400, body: { errors: [{ path: '/tags/3', message }] } }, shown(tag))
      t.equal(answer.body.errors.length, 1)
    }
  }
  const whole: [tags: unknown, message: string][] = [
    [Array.from({ length: 21 }, (_, n) => `tag ${n}`), 'must have at most 20 items'],
    [Array(21).fill('same'), 'must have at most 20 items'],
    [Array(5000).fill(5), 'must have at most 20 items'],
    ['home', 'must be an array or null'],
    [{ 0: 'home' }, 'must be an array or null'],
  ]
  for (const [tags, message] of whole)
    t.match(await app.call('POST', '/api/tasks', { user, body: { title: 'T', tags } }), {
      status: 400,
      body: { errors: [{ path: '/tags', message }] },
    })
  t.same((await app.call('GET', '/api/tasks', { user })).body, [await read(app, user, task)])
  t.same((await read(app, user, task)).tags, ['kept'])
  const most = Array.from({ length: 20 }, (_, n) => `${n}`.padStart(2, '0') + '😀'.repeat(48))
  t.same((await create(app, user, most)).tags, most, 'twenty long ones are fine')
})

t.test(
  'the filter tags requires all of them, any_tags one of them, in any order and letter case',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const [a, b, c] = [
      await create(app, user, ['Home', 'garden'], 'a'),
      await create(app, user, ['GARDEN'], 'b'),
      await create(app, user, [], 'c'),
    ]
    const expected: [parameters: Record<string, string>, tasks: Tagged[]][] = [
      [{ tags: 'garden' }, [b, a]],
      [{ tags: 'Garden,HOME' }, [a]],
      [{ tags: ' home , , garden ,' }, [a]],
      [{ tags: 'garden,garden,GARDEN' }, [b, a]],
      [{ tags: 'garden,office' }, []],
      [{ tags: '' }, [c, b, a]],
      [{ tags: ' , ' }, [c, b, a]],
      [{ any_tags: 'office,home' }, [a]],
      [{ any_tags: 'home,garden' }, [b, a]],
      [{ any_tags: 'office' }, []],
      [{ any_tags: ',' }, [c, b, a]],
      [{ tags: 'garden', any_tags: 'home,office' }, [a]],
      [{ tags: 'garden', search: 'b' }, [b]],
      [{ tags: 'garden', sort: 'title', order: 'asc', limit: '10', count: 'true' }, [a, b]],
      [{ tags: 'garden', priority: 'none', status: 'completed' }, []],
    ]
    for (const [parameters, tasks] of expected)
      t.same(
        await idsWith(app, user, parameters),
        tasks.map(({ id }) => id),
        JSON.stringify(parameters),
      )
  },
)

t.test('a cursor fits the same tags in another order and letter case, and no other tags', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const title of ['a', 'b', 'c']) await create(app, user, ['Home', 'ÄRGER', 'x'], title)
  for (const name of ['tags', 'any_tags']) {
    const url = `/api/tasks?${name}=home,%C3%84rger&limit=1`
    const first = await app.call('GET', url, { user })
    t.match((await app.call('GET', nextPage(first, url)!, { user })).body, [{ title: 'b' }])
    const cursor = /cursor=([\w-]+)/.exec(first.headers.link!)![1]!
    const status = async (parameters: Record<string, string>) => {
      const sent = new URLSearchParams({ limit: '1', cursor, ...parameters }).toString()
      return (await app.call('GET', `/api/tasks?${sent}`, { user })).status
    }
    t.equal(await status({ [name]: ' ärger,HOME,home' }), 200)
    t.equal(await status({ [name]: 'a\u0308rger,HOME' }), 200, 'decomposed')
    t.equal(await status({ [name]: 'home' }), 400)
    t.equal(await status({ [name]: 'home,ärger,x' }), 400)
    t.equal(await status({ [name === 'tags' ? 'any_tags' : 'tags']: 'home,ärger' }), 400)
    t.equal(await status({}), 400)
  }
})

t.test('the search finds whole tags and parts of them, also together with other words', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await create(app, user, ['Gärten', 'late evening'], 'Water the plants')
  await create(app, user, ['office'], 'Other')
  for (const search of ['garten', 'ÄRTEN', 'evening', 'plants gart', 'late water'])
    t.same(await idsWith(app, user, { search }), [task.id], search)
  t.same(await idsWith(app, user, { search: 'plantsgarten' }), [])
  await rename(app, user, 'Gärten', 'Balcony')
  t.same(await idsWith(app, user, { search: 'garten' }), [])
  t.same(await idsWith(app, user, { search: 'balc' }), [task.id])
})

t.test('the list of tags has each tag once, by name, in its most common spelling', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  t.same(await listed(app, user), [])
  for (const tags of [['Zoo', 'émile'], ['home'], ['Home', 'apple'], ['HOME', 'Home'], ['zoo'], []])
    await create(app, user, tags)
  t.same(await listed(app, user), [
    { name: 'apple', count: 1 },
    { name: 'émile', count: 1 },
    { name: 'home', count: 3 },
    { name: 'Zoo', count: 2 },
  ])
  await create(app, user, ['HOME'])
  t.match((await listed(app, user))[2], { name: 'HOME', count: 4 })
  const { id } = await create(app, user, ['brief'])
  await app.call('DELETE', `/api/tasks/${id}`, { user })
  t.notOk(
    (await listed(app, user)).some(({ name }) => name === 'brief'),
    'live tasks only',
  )
  const named = await app.call('GET', `/api/${user.id}/tasks/tags/`, { user })
  t.same(named.body, await listed(app, user), 'with the user in the path')
})

t.test('a tag is renamed on every task, and merged where the new name exists', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const [both, one, other] = [
    await create(app, user, ['a', 'Work', 'b', 'job']),
    await create(app, user, ['WORK']),
    await create(app, user, ['job']),
  ]
  t.same((await rename(app, user, 'work', ' Job ')).body, { changed: 2 })
  const after = await read(app, user, both)
  t.same(after.tags, ['a', 'Job', 'b'], 'once, in the first of the two places, in the new spelling')
  t.ok(after.updated_at > both.updated_at)
  t.same((await read(app, user, one)).tags, ['Job'])
  t.same(await read(app, user, other), other, 'a task without the old tag does not change')
  t.same(
    (await listed(app, user)).map(({ name, count }) => [name, count]),
    [
      ['a', 1],
      ['b', 1],
      ['Job', 3],
    ],
  )
})

t.test(
  'a rename may change letter case only, and changes only tasks that are spelled otherwise',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const [lower, upper] = [await create(app, user, ['home', 'x']), await create(app, user, ['Home'])]
    t.same((await rename(app, user, 'HOME', 'Home')).body, { changed: 1 })
    t.same((await read(app, user, lower)).tags, ['Home', 'x'])
    t.same(await read(app, user, upper), upper)
    t.same((await rename(app, user, 'home', 'Home')).body, { changed: 0 }, 'again: nothing to do')
  },
)

t.test('deleting a tag removes it from every task and keeps the tasks', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const [one, other, none] = [
    await create(app, user, ['x', 'Home', 'y']),
    await create(app, user, ['HOME']),
    await create(app, user, ['y']),
  ]
  const removed = await app.call('DELETE', `/api/${user.id}/tasks/tags/home`, { user })
  t.match(removed, { status: 200, body: { changed: 2 } })
  t.equal(removed.text, '{"changed":2}')
  t.same((await read(app, user, one)).tags, ['x', 'y'])
  t.ok((await read(app, user, other)).updated_at > other.updated_at)
  t.same((await read(app, user, other)).tags, [])
  t.same(await read(app, user, none), none)
  t.match(await app.call('DELETE', pathOf('home'), { user }), { status: 200, body: { changed: 0 } })
  t.match(await rename(app, user, 'nobody', 'x'), { status: 200, body: { changed: 0 } })
})

t.test('a bad name in the path or in the body is a 400 at /name', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await create(app, user, ['x'])
  for (const name of ['a,b', ' ', '\u200b', 'x'.repeat(51), 'a\nb', 'a\u0000', 'a\u2028b'])
    for (const call of [rename(app, user, name, 'y'), app.call('DELETE', pathOf(name), { user })])
      t.match(await call, { status: 400, body: { errors: [{ path: '/name' }] } }, shown(name))
  for (const body of [
    {},
    { name: '' },
    { name: 'a,b' },
    { name: 5 },
    { name: null },
    { name: 'x'.repeat(51) },
  ])
    t.match(await app.call('PATCH', pathOf('x'), { user, body }), {
      status: 400,
      body: { errors: [{ path: '/name' }] },
    })
  t.equal((await app.call('PATCH', pathOf('x'), { user })).status, 400, 'no body')
  t.match(await app.call('POST', '/api/tasks/tags', { user }), { status: 405, headers: { allow: /GET/ } })
  t.match(await app.call('GET', pathOf('x'), { user }), { status: 405 })
  t.same(await read(app, user, task), task)
})

t.test("another user's tags are neither seen nor changed", async (t) => {
  const app = await startApp(t)
  const [alice, mallory] = [await createUser(), await createUser()]
  const task = await create(app, alice, ['secret', 'shared'])
  const own = await create(app, mallory, ['shared'])
  t.same(await listed(app, mallory), [{ name: 'shared', count: 1 }])
  t.same((await rename(app, mallory, 'secret', 'stolen')).body, { changed: 0 })
  t.same((await rename(app, mallory, 'shared', 'mine')).body, { changed: 1 })
  t.same((await app.call('DELETE', pathOf('secret'), { user: mallory })).body, { changed: 0 })
  t.same(await idsWith(app, mallory, { tags: 'secret' }), [])
  t.same(await idsWith(app, mallory, { any_tags: 'secret,mine' }), [own.id])
  for (const [method, path, body] of [
    ['GET', ''],
    ['PATCH', '/secret', { name: 'stolen' }],
    ['DELETE', '/secret'],
  ] as const) {
    const url = `/api/${alice.id}/tasks/tags${path}`
    t.match(await app.call(method, url, { user: mallory, body }), {
      status: 403,
      body: { code: 'wrong_user' },
    })
    t.equal((await app.call(method, `/api/tasks/tags${path}`, { body })).status, 401)
  }
  t.same(await read(app, alice, task), task)
})

t.test(
  'row-level security limits the statements on tags to the user, even without an owner in them',
  async (t) => {
    const app = await startApp(t)
    const [alice, mallory] = [await createUser(), await createUser()]
    const task = await create(app, alice, ['secret'])
    await create(app, mallory, ['own'])
    const { prisma, close } = createDatabase(app.config.database)
    t.teardown(close)
    for (const text of ['SELECT unnest(tags) FROM tasks', "UPDATE tasks SET tags = '{stolen}' RETURNING 1"]) {
      const seen = await prisma.$queryJson(mallory.id, Prisma.raw(text))
      t.equal(seen.length, 1, 'their own row only')
      t.not(seen[0], 'secret')
    }
    t.same(await read(app, alice, task), task)
  },
)

t.test('a rename during other writes loses no tag, and concurrent toggles lose no state', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  for (let round = 0; round < 10; round += 1) {
    const [from, to] = [`name ${round}`, `name ${round + 1}`]
    const tasks = await Promise.all(Array.from({ length: 6 }, () => create(app, user, [from, 'kept'])))
    const answers = await Promise.all([
      rename(app, user, from, to),
      ...tasks.slice(0, 3).map(({ id }) => app.call('PATCH', `/api/tasks/${id}/complete`, { user })),
      ...tasks
        .slice(3)
        .map(({ id }) =>
          app.call('PATCH', `/api/tasks/${id}`, { user, body: { tags: ['added', from, 'kept'] } }),
        ),
    ])
    t.ok(answers.every(({ status }) => status === 200))
    for (const [index, task] of tasks.entries()) {
      const { tags, completed } = (await read(app, user, task)) as Tagged & { completed: boolean }
      const names = [from, to].filter((name) => tags.includes(name))
      t.equal(names.length, 1, 'one of the two names')
      t.ok(tags.includes('kept'))
      t.equal(tags.includes('added'), index >= 3, 'the written tag exists')
      t.equal(completed, index < 3, 'a toggle is not lost')
      if (index < 3) t.same(tags, [to, 'kept'])
    }
  }
})

t.test('many concurrent renames end with one name on every task', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '20' })
  const user = await createUser()
  const tasks = await Promise.all(Array.from({ length: 10 }, () => create(app, user, ['start', 'kept'])))
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => app.call('PATCH', pathOf('start'), { user, body: { name } })),
  )
  t.same(answers.map(({ body }) => body.changed).sort(), [0, 0, 0, 10])
  const names = new Set<string>()
  for (const task of tasks) names.add((await read(app, user, task)).tags.join())
  t.equal(names.size, 1)
})

t.test('PostgreSQL refuses tags that the service would refuse', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await create(app, user, ['x'])
  const store = (tags: unknown) =>
    query(databaseUrl(), 'UPDATE tasks SET tags = $1 WHERE id = $2', [tags, id])
  for (const tags of [['a,b'], [''], [null], ['x'.repeat(51)], Array(21).fill('a'), [['a'], ['b']]])
    await t.rejects(store(tags), { code: '23514', constraint: 'tasks_tags_valid' }, JSON.stringify(tags))
  await t.rejects(store(null), { code: '23502' })
  await store(['😀'.repeat(50)])
})

t.test('PostgreSQL refuses texts, due dates and recurrences that the service would refuse', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await create(app, user, [])
  const write = (changes: Record<string, unknown>) => {
    const [names, values] = [Object.keys(changes), Object.values(changes)]
    const places = names.map((_, index) => `$${index + 2}`).join()
    return [
      [`INSERT INTO tasks (user_id, ${names.join()}) VALUES ($1, ${places})`, [user.id, ...values]],
      [`UPDATE tasks SET (${names.join()}) = ROW (${places}) WHERE id = $1`, [id, ...values]],
    ] satisfies [text: string, values: unknown[]][]
  }
  const due_at = '2030-01-01T00:00Z'
  const weekly = { rule: 'FREQ=WEEKLY', time_zone: 'UTC', anchor: 'due_date' }
  const refused: [constraint: string, changes: Record<string, unknown>][] = [
    ['tasks_title_length', { title: '' }],
    ['tasks_title_length', { title: '😀'.repeat(201) }],
    ['tasks_description_length', { title: 'T', description: 'x'.repeat(1001) }],
    ['tasks_due_all_day_midnight', { title: 'T', due_all_day: true }],
    ['tasks_due_all_day_midnight', { title: 'T', due_at: '2030-01-01T01:00Z', due_all_day: true }],
    ['tasks_recurrence_valid', { title: 'T', recurrence: weekly }],
    ['tasks_recurrence_valid', { title: 'T', due_at, recurrence: { ...weekly, rule: '' } }],
    ['tasks_recurrence_valid', { title: 'T', due_at, recurrence: { ...weekly, rule: 'x'.repeat(501) } }],
    ['tasks_recurrence_valid', { title: 'T', due_at, recurrence: { ...weekly, rule: undefined } }],
    ['tasks_recurrence_valid', { title: 'T', due_at, recurrence: { ...weekly, time_zone: null } }],
    ['tasks_recurrence_valid', { title: 'T', due_at, recurrence: { ...weekly, anchor: 'now' } }],
    ['tasks_recurrence_valid', { title: 'T', due_at, recurrence: '[]' }],
    ['tasks_updated_after_created', { title: 'T', updated_at: '1999-01-01' }],
  ]
  for (const [constraint, changes] of refused)
    for (const [text, values] of write(changes))
      await t.rejects(query(databaseUrl(), text, values), { code: '23514', constraint })
  const longest = { title: '😀'.repeat(200), description: '😀'.repeat(1000) }
  for (const [text, values] of write({ ...longest, due_at, due_all_day: true, recurrence: weekly }))
    await query(databaseUrl(), text, values)
  const clear = (columns: string) => query(databaseUrl(), `UPDATE tasks SET ${columns} WHERE id = $1`, [id])
  await t.rejects(clear('due_at = NULL'), { code: '23514', constraint: 'tasks_due_all_day_midnight' })
  await t.rejects(clear('due_at = NULL, due_all_day = false'), {
    code: '23514',
    constraint: 'tasks_recurrence_valid',
  })
  await clear('due_at = NULL, due_all_day = false, recurrence = NULL')
})

t.test('pages with one filter are prepared statements, which fold the words once', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await create(app, user, ['Home'])
  const { database } = createConfig({
    DATABASE_URL: serviceDatabaseUrl(),
    BETTER_AUTH_SECRET: SECRET,
    DATABASE_POOL_MAX: '2',
  })
  const { prisma, close } = createDatabase(database)
  t.teardown(close)
  const owner = { id: user.id }
  const page = async (sent: ListQuery) => {
    const { sort, order, ...resolved } = resolve(sent)
    const selection = { ...filtersOf({ ...resolved, sort, order }), sort, order }
    t.equal((await createTaskRepository(prisma).list(owner, selection, 20)).length, 1)
    const kept = Prisma.sql`SELECT statement FROM pg_prepared_statements
      WHERE strpos(statement, ' FROM tasks WHERE ') > 0 ORDER BY prepare_time`
    return prisma.$queryJson(owner, kept, { isPrepared: false })
  }
  t.equal((await page({ tags: 'home' })).length, 1)
  t.equal((await page({ tags: 'HOME,home' })).length, 1, 'the same statement')
  t.equal((await page({ any_tags: 'home,work' })).length, 2)
  t.equal((await page({ priority: 'none,high' })).length, 3)
  t.equal((await page({ search: 'T' })).length, 4)
  t.equal((await page({ priority: 'none', tags: 'home' })).length, 4, 'a combination is not kept')
  const statements = await page({ search: 't home' })
  t.equal(statements.length, 4, 'nor are several words')
  for (const statement of statements) {
    const plan = await query(databaseUrl(), `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${statement}`)
    const filters = plan.map((row) => String(row['QUERY PLAN'])).filter((line) => line.includes('Filter: '))
    t.ok(filters.length > 0)
    t.notOk(filters.some((line) => line.includes('fold_')))
  }
})

t.test('a task in the trash keeps its priority and tags, and a restored one has them', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user, { title: 'T', tags: ['Home', 'x'], priority: 'urgent' })
  await app.call('DELETE', `/api/tasks/${task.id}`, { user })
  t.same(await listed(app, user), [])
  t.match((await app.call('GET', '/api/tasks/trash', { user })).body, [
    { tags: ['Home', 'x'], priority: 'urgent' },
  ])
  const restored = await app.call('POST', `/api/tasks/${task.id}/restore`, { user })
  t.match(restored.body, { tags: ['Home', 'x'], priority: 'urgent' })
  t.same(await idsWith(app, user, { tags: 'home' }), [task.id])
})

t.test('the statements on tags are heavy', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await create(app, user, ['x'])
  const sent: { text: string; options: unknown }[] = []
  const prisma = {
    $queryJson: async (_owner: string, { text }: { text: string }, options: unknown) => {
      sent.push({ text, options })
      return ['{}']
    },
  } as unknown as Parameters<typeof createTaskRepository>[0]
  const tasks = createTaskRepository(prisma)
  await tasks.listTags(user)
  await tasks.renameTag(user, 'a', 'b')
  await tasks.deleteTag(user, 'a')
  t.same(
    sent.map(({ options }) => options),
    Array(3).fill({ isHeavy: true }),
    'one statement each',
  )
})
