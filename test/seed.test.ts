import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { createUser, startApp, type TestApp } from './helpers/app.ts'
import { databaseUrl, query, withDatabase } from './helpers/database.ts'

const root = join(import.meta.dirname, '..')

async function seed(url: string, args = '', variables: Record<string, string> = {}) {
  const command = [join(root, 'prisma/seed.ts'), ...args.split(' ').filter(Boolean)]
  const env = {
    PATH: process.env.PATH,
    NODE_OPTIONS: process.env.NODE_OPTIONS,
    DATABASE_URL: url,
    ...variables,
  }
  const child = spawn(process.execPath, command, { cwd: root, env })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, output, errors }
}

/** A database of one test, with the tables where they are wanted. */
function withOwnDatabase(migrated: boolean, use: (url: string) => Promise<void>): Promise<void> {
  return withDatabase(databaseUrl(), async (url) => {
    const folder = join(root, 'prisma/migrations')
    const names = readdirSync(folder).filter((name) => !name.endsWith('.toml'))
    for (const name of migrated ? names.sort() : []) {
      await query(url, readFileSync(join(folder, name, 'migration.sql'), 'utf8'))
    }
    await use(url)
  })
}

const tasksOf = async ({ call }: TestApp, id: string) =>
  (await call('GET', '/api/tasks', { user: { ...(await createUser(id)) } })).body as {
    id: number
    title: string
    completed: boolean
    due_date: string | null
    recurrence: object | null
  }[]

const count = async (url: string, condition: string) => {
  const [row] = await query<{ count: number }>(
    url,
    `SELECT count(*)::int AS count FROM tasks WHERE ${condition}`,
  )
  return row!.count
}

t.test('the demo has people with tasks of every kind, and a second run adds nothing', (t) =>
  withOwnDatabase(true, async (url) => {
    t.match(await seed(url), { code: 0, output: /alice: \d+ tasks added/, errors: '' })
    const app = await startDemoApp(t, url)
    for (const id of ['alice', 'bob', 'carol', 'demo']) {
      const tasks = await tasksOf(app, id)
      t.ok(tasks.length >= 5, `${id} has tasks`)
      t.equal(new Set(tasks.map(({ title }) => title)).size, tasks.length)
      t.equal(new Set(tasks.map(({ completed }) => completed)).size, 2, 'some are completed')
    }
    const due = (await tasksOf(app, 'alice')).map(({ due_date }) => due_date)
    t.ok(
      due.some((date) => /^\d{4}-\d\d-\d\d$/.test(String(date))),
      'days',
    )
    t.ok(
      due.some((date) => /T\d\d:00:00.000Z$/.test(String(date))),
      'instants',
    )
    t.ok(due.includes(null), 'and no due date')
    for (const id of ['alice', 'bob', 'carol', 'demo']) {
      const owner = await createUser(id)
      const repeating = (await tasksOf(app, id)).filter(({ recurrence }) => recurrence !== null)
      t.ok(repeating.length > 0, `${id} has a task that repeats`)
      for (const task of repeating) {
        const { body } = await app.call('GET', `/api/tasks/${task.id}/occurrences`, { user: owner })
        t.equal(body.length, 5, task.title)
      }
    }
    const user = await createUser('bob')
    t.ok((await app.call('GET', '/api/tasks/summary', { user })).body.overdue > 0, 'something is overdue')

    const trash = await app.call('GET', '/api/tasks/trash', { user })
    t.ok(trash.body.length > 0, 'something is in the trash')
    const restored = await app.call('POST', `/api/tasks/${trash.body[0].id}/restore`, { user })
    t.equal(restored.status, 200)
    await app.call('DELETE', `/api/tasks/${trash.body[0].id}`, { user })

    const before = await count(url, 'true')
    t.match(await seed(url), { code: 0, output: /alice has tasks already: left alone/, errors: '' })
    t.equal(await count(url, 'true'), before)
  }),
)

t.test('seeding does not change data of existing users', (t) =>
  withOwnDatabase(true, async (url) => {
    await query(
      url,
      `INSERT INTO users (id, email, name) VALUES ('bob', NULL, 'Robert'), ('eve', 'alice@example.com', 'Eve')`,
    )
    await query(url, `INSERT INTO tasks (user_id, title) VALUES ('bob', 'My only task')`)
    t.match(await seed(url), { code: 0, output: /bob has tasks already/ })
    t.equal(await count(url, `user_id = 'bob'`), 1)
    const users = await query(
      url,
      `SELECT id, email, name FROM users WHERE id IN ('alice', 'bob', 'eve') ORDER BY id`,
    )
    t.same(users, [
      { id: 'alice', email: null, name: 'Alice' },
      { id: 'bob', email: null, name: 'Robert' },
      { id: 'eve', email: 'alice@example.com', name: 'Eve' },
    ])
  }),
)

t.test('bulk data is realistic, the same every time, and continues after an interruption', (t) =>
  withOwnDatabase(true, async (url) => {
    t.match(await seed(url, '--users 20 --tasks 40'), {
      code: 0,
      output: /100 % of 20 users.*\n800 tasks added/,
      errors: '',
    })
    t.match(await seed(url, '--users 50 --tasks 40'), {
      code: 0,
      output: /1200 tasks added, 800 were left out/,
    })
    t.equal(await count(url, 'true'), 2000)
    const [{ users, least, most, titles }] = (await query(
      url,
      `SELECT count(*)::int AS users, min(n)::int AS least, max(n)::int AS most,
         (SELECT count(DISTINCT title)::int FROM tasks) AS titles
       FROM (SELECT count(*) AS n FROM tasks GROUP BY user_id) AS of_user`,
    )) as [Record<string, number>]
    t.same({ users, least, most }, { users: 50, least: 40, most: 40 })
    t.ok(titles! > 500, 'titles differ')
    for (const [kind, condition] of [
      ['completed', 'completed'],
      ['pending', 'NOT completed'],
      ['due on a day', 'due_all_day'],
      ['due at an instant', 'due_at IS NOT NULL AND NOT due_all_day'],
      ['never due', 'due_at IS NULL'],
      ['overdue', 'NOT completed AND due_at < now()'],
      ['due later', 'due_at > now()'],
      ['described', 'description IS NOT NULL'],
      ['changed', 'updated_at > created_at'],
    ]) {
      t.ok((await count(url, condition!)) >= 60, `many are ${kind}`)
    }
    t.equal(
      await count(
        url,
        `created_at > now() OR updated_at > now() OR created_at < now() - interval '366 days'`,
      ),
      0,
    )
    const content = `SELECT md5(string_agg(user_id || title || coalesce(description, '') || completed, '' ORDER BY id)) AS hash FROM tasks`
    const [first] = await query<{ hash: string }>(url, content)
    await query(url, 'TRUNCATE users RESTART IDENTITY CASCADE')
    await seed(url, '--users 50 --tasks 40')
    t.same(await query(url, content), [first], 'the same tasks in the same order')
    const app = await startDemoApp(t, url)
    t.equal((await tasksOf(app, 'seed-0000007')).length, 40)
  }),
)

t.test('bulk users may have no tasks', (t) =>
  withOwnDatabase(true, async (url) => {
    t.match(await seed(url, '--users 3 --tasks 0'), {
      code: 0,
      output: /^0 tasks added, 0 were left out/m,
      errors: '',
    })
    t.same(await query(url, 'SELECT count(*)::int AS count FROM users'), [{ count: 3 }])
  }),
)

t.test('in production, seeding needs an explicit flag', (t) =>
  withOwnDatabase(true, async (url) => {
    t.match(await seed(url, '', { NODE_ENV: 'production' }), {
      code: 1,
      output: '',
      errors: /production.*--yes/,
    })
    t.equal(await count(url, 'true'), 0)
    t.match(await seed(url, '--yes', { NODE_ENV: 'production' }), {
      code: 0,
      output: /alice: \d/,
      errors: '',
    })
    const nowhere = await seed('', '--yes', { NODE_ENV: 'production' })
    t.match(nowhere, {
      code: 1,
      errors: 'DATABASE_URL must be set: in production no PostgreSQL is started.\n',
    })
  }),
)

t.test('seeding a database without tables explains which command to run', (t) =>
  withOwnDatabase(false, async (url) => {
    const outcome = await seed('postgresql://nobody@127.0.0.1:1/none', '', { DIRECT_URL: url })
    t.match(outcome, {
      code: 1,
      output: '',
      errors: 'This database has no tables yet. Create them with: npm run migrate\n',
    })
  }),
)

t.test('an unavailable database is one line without the password', async (t) => {
  const { code, errors } = await seed('postgresql://me:hunter2@127.0.0.1:1/none')
  t.equal(code, 1)
  t.match(errors, /^[^\n]*ECONNREFUSED[^\n]*\n$/)
  t.notMatch(errors, /hunter2/)
})

t.test('wrong arguments are explained', async (t) => {
  const cases: [args: string, sentence: RegExp][] = [
    ['--users 0', /^--users must be a whole number from 1 to 1000000\.$/m],
    ['--users 1e3', /^--users must be/],
    ['--users 5 --tasks 2.5', /^--tasks must be a whole number from 0 to 100000\.$/m],
    ['--users 1000000 --tasks 101', /^--users times --tasks must be at most 100000000\.$/m],
    ['--tasks 5', /^--tasks needs --users\.\nUsage:/],
    ['--force', /--force.*\nUsage:/],
  ]
  await Promise.all(
    cases.map(async ([args, sentence]) => {
      t.match(
        await seed('postgresql://127.0.0.1:1/none', args),
        { code: 1, output: '', errors: sentence },
        args,
      )
    }),
  )
  t.match(await seed('', '--help'), { code: 0, output: /^Usage: npm run db:seed/, errors: '' })
})

const startDemoApp = (t: Test, url: string) => startApp(t, { DATABASE_URL: url })
