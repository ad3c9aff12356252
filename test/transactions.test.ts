import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { createConfig } from '../src/config/config.ts'
import { checkPipeline } from '../src/database/checks.ts'
import { createDatabase } from '../src/database/client.ts'
import { classify } from '../src/database/errors.ts'
import { nameOf } from '../src/database/statement-names.ts'
import { Prisma } from '../src/generated/prisma/client.ts'
import { SECRET } from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl, titles } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'

/* Several statements in one transaction: `$queryJsonAll`. */

const { sql } = Prisma
const DRIVERS = {
  'with the pipeline': {},
  'without prepared statements': { DATABASE_PREPARED: 'off' },
  'without the pipeline': { DATABASE_PIPELINE: 'off' },
}

/** A database of one user who exists. `tries` counts how often a statement with `attempt` ran, rolled back or not. */
async function open(t: Test, variables: Record<string, string> = {}) {
  const { database } = createConfig({
    DATABASE_URL: serviceDatabaseUrl(),
    BETTER_AUTH_SECRET: SECRET,
    DATABASE_POOL_MAX: '3',
    ...variables,
  })
  const { prisma, connections, close, pool } = createDatabase(database)
  t.teardown(close)
  const owner = `user-${randomUUID()}`
  await query(databaseUrl(), 'INSERT INTO users (id) VALUES ($1)', [owner])
  const counter = `attempts_${randomUUID().replaceAll('-', '')}`
  await query(databaseUrl(), `CREATE SEQUENCE ${counter}; GRANT USAGE ON ${counter} TO PUBLIC`)
  t.teardown(() => query(databaseUrl(), `DROP SEQUENCE ${counter}`))
  const attempt = sql`SELECT nextval(${counter}::text::regclass)`
  const attempts = async () =>
    Number((await query(databaseUrl(), `SELECT nextval('${counter}') - 1 AS n`))[0]!.n)
  return { prisma, connections, owner, attempt, attempts, pool }
}

const insert = (owner: string, title: string) =>
  sql`INSERT INTO tasks (user_id, title) VALUES (${owner}, ${title}) RETURNING title`
const touch = (owner: string, title: string) =>
  sql`UPDATE tasks SET description = concat(description, 'x') WHERE user_id = ${owner} AND title = ${title} RETURNING title`

for (const [how, variables] of Object.entries(DRIVERS)) {
  t.test(`a batch gives the rows of each statement and takes effect as a whole, ${how}`, async (t) => {
    const { prisma, owner } = await open(t, variables)
    await checkPipeline(prisma)
    const rows = (count: number) => sql`SELECT n FROM generate_series(1, ${count}::int) AS n`
    const answers = await prisma.$queryJsonAll(owner, [
      rows(2),
      rows(0),
      insert(owner, 'one'),
      sql`SELECT row_to_json(task) FROM (SELECT title, completed FROM tasks WHERE user_id = ${owner}) AS task`,
      sql`DELETE FROM tasks WHERE user_id = ${owner} AND title = 'nobody'`,
      rows(3),
      insert(owner, 'two'),
    ])
    const task = '{"title":"one","completed":false}'
    t.same(answers, [['1', '2'], [], ['one'], [task], [], ['1', '2', '3'], ['two']])
    for (const failing of [sql`SELECT 1 / ${0}::int`, insert(owner, ''), sql`SELECT nonsense`])
      await t.rejects(prisma.$queryJsonAll(owner, [insert(owner, 'before'), failing, insert(owner, 'after')]))
    t.same(await titles(owner), ['one', 'two'])
  })

  t.test(`row-level security holds for every statement of a batch, ${how}`, async (t) => {
    const { prisma, owner } = await open(t, variables)
    const other = `user-${randomUUID()}`
    await query(databaseUrl(), 'INSERT INTO users (id) VALUES ($1)', [other])
    await prisma.$queryJsonAll(other, [insert(other, 'theirs')])
    const all = sql`SELECT title FROM tasks`
    const change = sql`UPDATE tasks SET title = 'stolen' RETURNING title`
    const batch = [insert(owner, 'mine'), all, change, all]
    t.same(await prisma.$queryJsonAll(owner, batch), [['mine'], ['mine'], ['stolen'], ['stolen']])
    await t.rejects(prisma.$queryJsonAll(owner, [insert(other, 'planted')]))
    t.same(await titles(other), ['theirs'])
  })

  for (const state of ['40P01', '40001'])
    t.test(`a batch that PostgreSQL rolled back (${state}) is repeated as a whole, ${how}`, async (t) => {
      const { prisma, owner, attempt, attempts } = await open(t, variables)
      const name = `fail_${randomUUID().replaceAll('-', '')}`
      await query(
        databaseUrl(),
        `CREATE FUNCTION ${name}(attempt bigint) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
           IF attempt < 3 THEN RAISE EXCEPTION 'undone' USING ERRCODE = '${state}'; END IF;
           RETURN attempt; END $$`,
      )
      t.teardown(() => query(databaseUrl(), `DROP FUNCTION ${name}`))
      const fail = sql`SELECT ${Prisma.raw(name)}(attempt) FROM (${attempt}) AS tried(attempt)`
      const batch = [insert(owner, 'before'), fail, insert(owner, 'after')]
      t.same(await prisma.$queryJsonAll(owner, batch), [['before'], ['3'], ['after']])
      t.same(await titles(owner), ['before', 'after'])
      t.equal(await attempts(), 3)
    })

  t.test(`a batch whose connection ends is not repeated, and changes nothing, ${how}`, async (t) => {
    const { prisma, owner, attempt, attempts } = await open(t, variables)
    const mark = randomUUID()
    const batch = prisma.$queryJsonAll(owner, [
      insert(owner, 'before'),
      attempt,
      sql`SELECT pg_sleep(20), ${mark}::text`,
      insert(owner, 'after'),
    ])
    const outcome = batch.then(
      () => 'done',
      (error: Error) => classify(error),
    )
    await eventually(async () => {
      const killed = await query(
        databaseUrl(),
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE query LIKE '%pg_sleep(20)%' AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()`,
      )
      return killed.length > 0
    })
    t.equal(await outcome, 'lost')
    t.same(await titles(owner), [])
    t.equal(await attempts(), 1)
    t.same(await prisma.$queryJsonAll(owner, [insert(owner, 'again')]), [['again']])
  })
}

t.test('batches and single statements share connections, and each gets its own answer', async (t) => {
  const { prisma, owner, connections } = await open(t)
  const work = Array.from({ length: 200 }, (_, number) => {
    if (number % 3 === 0) return prisma.$queryJson(owner, sql`SELECT ${number}::int`).then(([text]) => text)
    const isFailing = number % 3 === 1
    const batch = [
      sql`SELECT ${-number}::int`,
      sql`SELECT 1 / ${isFailing ? 0 : 1}::int`,
      sql`SELECT ${number}::int`,
    ]
    return prisma.$queryJsonAll(owner, batch, { isHeavy: number % 2 === 0 }).then(
      (answers) => answers.flat().join(),
      (error: { code: string }) => error.code,
    )
  })
  const expected = [
    (number: number) => String(number),
    () => '22012',
    (number: number) => `${-number},1,${number}`,
  ]
  t.same(
    await Promise.all(work),
    work.map((_, number) => expected[number % 3]!(number)),
  )
  t.ok(connections().total <= 3)
})

t.test(
  'a statement that a batch contains several times is parsed once, also on a new connection',
  async (t) => {
    const { prisma, owner } = await open(t)
    const statement = (number: number) => sql`SELECT 'parsed once', ${number}::int`
    const plans = sql`SELECT generic_plans + custom_plans FROM pg_prepared_statements
    WHERE name = ${nameOf(statement(0).text)}`
    const batch = Array.from({ length: 100 }, (_, number) => statement(number))
    t.same((await prisma.$queryJsonAll(owner, [...batch, plans])).at(-1), ['100'])
    t.same((await prisma.$queryJsonAll(owner, [...batch, plans])).at(-1), ['200'])
  },
)

t.test(
  'after a failed batch, the service uses no statement name that the server does not know',
  async (t) => {
    const { prisma, owner } = await open(t)
    const [before, after] = [sql`SELECT 'parsed'`, sql`SELECT 'skipped'`]
    await t.rejects(prisma.$queryJsonAll(owner, [before, sql`SELECT 1 / 0`, after]))
    const names = [before, after].map(({ text }) => nameOf(text)).join()
    const known = sql`SELECT name FROM pg_prepared_statements WHERE name = ANY(string_to_array(${names}, ','))`
    t.same(await prisma.$queryJsonAll(owner, [known, before, after, before, after]), [
      [nameOf(before.text)],
      ['parsed'],
      ['skipped'],
      ['parsed'],
      ['skipped'],
    ])
  },
)

t.test('a statement succeeds if the server has lost its name or already has it', async (t) => {
  const { prisma, owner } = await open(t)
  const statement = (number: number) => sql`SELECT 'batch text', ${number}::int`
  const batch = (title: string) => [statement(1), insert(owner, title), statement(2)]
  const expected = (title: string) => [['batch text'], [title], ['batch text']]
  const taken = Prisma.raw(`PREPARE "${nameOf(statement(0).text)}" AS SELECT 'wrong', $1::int`)
  await prisma.$queryJson(owner, taken, { isPrepared: false })
  t.same(await prisma.$queryJsonAll(owner, batch('a')), expected('a'))
  const made = ['a']
  for (let round = 0; round < 5; round += 1) {
    const forgetting = prisma.$queryJson(owner, sql`DEALLOCATE ALL`, { isPrepared: false })
    const texts = ['x', 'y'].map((letter) => `${letter}${round}`)
    const work = texts.map((title) => prisma.$queryJsonAll(owner, batch(title)))
    t.same(await Promise.all(work), texts.map(expected))
    await forgetting
    made.push(...texts)
  }
  t.same((await titles(owner)).toSorted(), made.toSorted())
})

t.test('two batches that deadlock both succeed', async (t) => {
  const { prisma, owner, attempt, attempts } = await open(t)
  await prisma.$queryJsonAll(owner, [insert(owner, 'one'), insert(owner, 'two')])
  const change = (first: string, second: string, isHeavy: boolean) =>
    prisma.$queryJsonAll(
      owner,
      [touch(owner, first), attempt, sql`SELECT pg_sleep(0.3)`, touch(owner, second)],
      {
        isHeavy,
      },
    )
  await Promise.all([change('one', 'two', true), change('two', 'one', false)])
  const rows = await query(databaseUrl(), 'SELECT description FROM tasks WHERE user_id = $1', [owner])
  t.same(rows, [{ description: 'xx' }, { description: 'xx' }])
  t.ok((await attempts()) > 2, 'one of them was repeated')
})

t.test(
  'the time limit applies to a batch as a whole, and a batch that exceeds it changes nothing',
  async (t) => {
    const { prisma, owner } = await open(t, { DATABASE_QUERY_TIMEOUT_MS: '500' })
    const pause = sql`SELECT pg_sleep(0.2)`
    const batch = [insert(owner, 'one'), ...(Array(20).fill(pause) as Prisma.Sql[]), insert(owner, 'two')]
    await t.rejects(prisma.$queryJsonAll(owner, batch), { message: 'The database did not answer in time.' })
    const running = () =>
      query(
        databaseUrl(),
        `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.2)%' AND state = 'active'
      AND pid <> pg_backend_pid()`,
      )
    await eventually(async () => (await running()).length === 0)
    t.same(await titles(owner), [])
    t.same(await prisma.$queryJsonAll(owner, [insert(owner, 'three')]), [['three']])
  },
)

t.test('a batch that waits for a lock does not delay others, and runs once', async (t) => {
  const { prisma, owner, attempt, attempts } = await open(t, { DATABASE_POOL_MAX: '8' })
  await prisma.$queryJsonAll(owner, [insert(owner, 'one')])
  // Opens several connections.
  const pauses = Array.from({ length: 20 }, () => prisma.$queryJson(owner, sql`SELECT pg_sleep(0.05)`))
  await Promise.all(pauses)
  const locker = new pg.Client(databaseUrl())
  await locker.connect()
  t.teardown(() => locker.end())
  await locker.query('BEGIN')
  await locker.query('SELECT FROM tasks WHERE user_id = $1 FOR UPDATE', [owner])
  let isDone = false
  const batch = prisma
    .$queryJsonAll(owner, [insert(owner, 'two'), attempt, touch(owner, 'one')])
    .finally(() => (isDone = true))
  const others = Array.from({ length: 5 }, (_, number) =>
    prisma.$queryJson(`${owner} ${number}`, sql`SELECT 'read'`),
  )
  t.same(await Promise.all(others), Array(5).fill(['read']))
  t.notOk(isDone)
  await sleep(300)
  await locker.query('COMMIT')
  t.match(await batch, [['two'], [/\d/], ['one']])
  t.same(await titles(owner), ['one', 'two'])
  t.ok((await attempts()) >= 1)
})

// The last test: afterwards this process has no name left.
t.test('names of heavy statements take none of the names of light ones, and both are limited', async (t) => {
  const named = (kind: string, isHeavy: boolean) =>
    Array.from({ length: 200 }, (_, number) => nameOf(`SELECT '${kind} ${number}'`, isHeavy)).filter(Boolean)
  const heavy = named('heavy', true)
  t.ok(heavy.length > 0)
  t.ok(heavy.length <= 32)
  t.ok(named('light', false).length > 0)
  t.equal(named('more', false).length, 0)
  t.equal(named('heavy', true).length, heavy.length, 'a text keeps its name')
})
