import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { createConfig } from '../src/config/config.ts'
import { createDatabase, type Database } from '../src/database/client.ts'
import { Prisma } from '../src/generated/prisma/client.ts'
import { SECRET } from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl } from './helpers/database.ts'

const { sql } = Prisma

/** A database of one user who exists. */
async function open(t: Test, variables: Record<string, string> = {}) {
  const { database } = createConfig({
    DATABASE_URL: serviceDatabaseUrl(),
    BETTER_AUTH_SECRET: SECRET,
    DATABASE_POOL_MAX: '2',
    ...variables,
  })
  const { prisma, pool, close, statementsInFlight } = createDatabase(database)
  t.teardown(close)
  const owner = `user-${randomUUID()}`
  await query(databaseUrl(), 'INSERT INTO users (id) VALUES ($1)', [owner])
  return { prisma, pool, statementsInFlight, owner }
}

const insert = (owner: string, title: string) =>
  sql`INSERT INTO tasks (user_id, title) VALUES (${owner}, ${title}) RETURNING title`
const titles = async (owner: string) => {
  const rows = await query<{ title: string }>(
    databaseUrl(),
    'SELECT title FROM tasks WHERE user_id = $1 ORDER BY id',
    [owner],
  )
  return rows.map(({ title }) => title)
}
const pidOf = async ({ prisma }: Pick<Database, 'prisma'>, owner: string) =>
  (await prisma.$queryJson(owner, sql`SELECT pg_backend_pid()`))[0]!
const kill = (pid: string) => query(databaseUrl(), 'SELECT pg_terminate_backend($1)', [pid])

t.test('hundreds of statements share a connection, and each gets its own answer', async (t) => {
  const { prisma, pool, owner } = await open(t)
  const numbers = Array.from({ length: 500 }, (_, number) => number)
  const answers = await Promise.all(
    numbers.map((number) =>
      prisma.$queryJson(owner, sql`SELECT n FROM generate_series(1, ${number % 4}::int) AS n`),
    ),
  )
  t.same(
    answers.map((rows) => rows.length),
    numbers.map((number) => number % 4),
  )
  t.ok(pool.totalCount <= 2)
})

for (const prepared of ['on', 'off']) {
  t.test(`a statement that fails is nothing to those around it, prepared ${prepared}`, async (t) => {
    const { prisma, owner } = await open(t, { DATABASE_PREPARED: prepared })
    const outcomes = await Promise.allSettled([
      prisma.$queryJson(owner, insert(owner, 'before')),
      prisma.$queryJson(owner, insert(owner, '')),
      prisma.$queryJson(owner, sql`SELECT nonsense`),
      prisma.$queryJson(owner, insert(owner, 'between')),
      prisma.$queryJson(owner, sql`SELECT 1 / 0`),
      prisma.$queryJson(owner, insert(owner, 'after')),
    ])
    t.same(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    )
    t.same((await titles(owner)).toSorted(), ['after', 'before', 'between'])
  })
}

t.test('a connection that is killed takes no read along, and no write is sent twice', async (t) => {
  const { prisma, owner } = await open(t)
  for (let round = 0; round < 5; round += 1) {
    const pid = await pidOf({ prisma }, owner)
    const slow = prisma.$queryJson(owner, sql`SELECT pg_sleep(0.3)`)
    const reads = Array.from({ length: 20 }, () => prisma.$queryJson(owner, sql`SELECT 'read'`))
    const writes = Array.from({ length: 20 }, (_, number) =>
      prisma.$queryJson(owner, insert(owner, `${round}.${number}`)),
    )
    const settled = Promise.allSettled(writes)
    await kill(pid)
    t.same(await Promise.all(reads), Array(20).fill(['read']))
    await slow
    const acknowledged = (await settled).flatMap((result) =>
      result.status === 'fulfilled' ? result.value : [],
    )
    const stored = (await titles(owner)).filter((title) => title.startsWith(`${round}.`))
    t.equal(new Set(stored).size, stored.length, 'nothing twice')
    t.same(
      acknowledged.filter((title) => !stored.includes(title)),
      [],
      'nothing lost',
    )
  }
})

t.test('statements that the server has lost are prepared again', async (t) => {
  const { prisma, pool, owner } = await open(t, { DATABASE_POOL_MAX: '1' })
  t.same(await prisma.$queryJson(owner, insert(owner, 'one')), ['one'])
  // What a pooler does to a connection that it hands to somebody else.
  await pool.query('DEALLOCATE ALL')
  t.same(await prisma.$queryJson(owner, insert(owner, 'two')), ['two'])
  t.same(await prisma.$queryJson(owner, insert(owner, 'three')), ['three'])
  t.same(await titles(owner), ['one', 'two', 'three'])
})

t.test('without prepared statements no connection keeps any', async (t) => {
  const { prisma, pool, owner } = await open(t, { DATABASE_PREPARED: 'off', DATABASE_POOL_MAX: '1' })
  t.same(await prisma.$queryJson(owner, insert(owner, 'one')), ['one'])
  await prisma.$queryRaw`SELECT 1`
  t.same((await pool.query('SELECT name FROM pg_prepared_statements')).rows, [])
})

t.test('a name means the same statement on every connection of every copy of the service', async (t) => {
  const kept = async (statements: Prisma.Sql[]) => {
    const { prisma, pool, owner } = await open(t, { DATABASE_POOL_MAX: '1' })
    for (const statement of statements) await prisma.$queryJson(owner, statement)
    const { rows } = await pool.query<{ name: string; statement: string }>(
      'SELECT name, statement FROM pg_prepared_statements ORDER BY name',
    )
    return rows
  }
  const [one, two] = [sql`SELECT 1`, sql`SELECT 2`]
  t.same(await kept([one, two]), await kept([two, one]))
})

t.test('whoever waits for a connection is told when there is none to be had', async (t) => {
  const { prisma, statementsInFlight } = await open(t, {
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
  })
  const waiting = Array.from({ length: 30 }, () => prisma.$queryJson('nobody', sql`SELECT 1`))
  const outcomes = await Promise.allSettled(waiting)
  t.ok(outcomes.every(({ status }) => status === 'rejected'))
  t.equal(statementsInFlight(), 0)
})

t.test('a server that accepts and never answers is given up in time', async (t) => {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  const { prisma, statementsInFlight } = await open(t, {
    DATABASE_URL: `postgresql://nobody@127.0.0.1:${port}/nothing`,
    DATABASE_CONNECT_TIMEOUT_MS: '200',
  })
  const waiting = Array.from({ length: 5 }, () => prisma.$queryJson('nobody', sql`SELECT 1`))
  for (const { status } of await Promise.allSettled(waiting)) t.equal(status, 'rejected')
  t.equal(statementsInFlight(), 0)
})

t.test('a statement that takes too long is ended by the server, and those behind it run', async (t) => {
  const { prisma, pool, owner } = await open(t, { DATABASE_QUERY_TIMEOUT_MS: '300', DATABASE_POOL_MAX: '1' })
  const pid = await pidOf({ prisma }, owner)
  const slow = prisma.$queryJson(owner, sql`SELECT pg_sleep(5)`)
  const write = prisma.$queryJson(owner, insert(owner, 'behind'))
  await t.rejects(slow, { code: '57014' })
  t.same(await write, ['behind'])
  t.equal(await pidOf({ prisma }, owner), pid, 'on the same connection')
  const { rows } = await pool.query<{ statement_timeout: string }>('SHOW statement_timeout')
  t.same(rows, [{ statement_timeout: '0' }], 'which keeps no limit')
})
