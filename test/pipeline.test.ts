import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { createConfig } from '../src/config/config.ts'
import { LOCK_WAIT_MS } from '../src/database/channel.ts'
import { checkPipeline } from '../src/database/checks.ts'
import { createDatabase, type Database } from '../src/database/client.ts'
import { nameOf } from '../src/database/statement-names.ts'
import { SETTINGS } from '../src/database/wire.ts'
import { Prisma } from '../src/generated/prisma/client.ts'
import { SECRET } from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl, titles } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { startPostgres } from './helpers/postgres.ts'

const { sql } = Prisma

/** Statements that are meant to succeed on however slow a machine. */
const PATIENT = { DATABASE_QUERY_TIMEOUT_MS: '60000' }

/** A database of one user who exists, and what the server sees of its connections. */
async function open(t: Test, variables: Record<string, string> = {}) {
  const name = `pipeline ${randomUUID()}`
  const url = new URL(serviceDatabaseUrl())
  url.searchParams.set('application_name', name)
  const { database } = createConfig({
    DATABASE_URL: url.href,
    BETTER_AUTH_SECRET: SECRET,
    DATABASE_POOL_MAX: '3',
    ...PATIENT,
    ...variables,
  })
  const { prisma, connections, close, statementsInFlight } = createDatabase(database)
  t.teardown(close)
  const owner = `user-${randomUUID()}`
  await query(databaseUrl(), 'INSERT INTO users (id) VALUES ($1)', [owner])
  const backends = (condition = 'true') =>
    query<{ pid: number }>(
      databaseUrl(),
      `SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND ${condition}`,
      [name],
    )
  /** Runs a function of PostgreSQL on each of the connections. */
  const onAll = (procedure: 'pg_cancel_backend' | 'pg_terminate_backend') =>
    query(
      databaseUrl(),
      `SELECT ${procedure}(pid) FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'`,
      [name],
    )
  return { prisma, connections, statementsInFlight, owner, backends, onAll }
}

const insert = (owner: string, title: string) =>
  sql`INSERT INTO tasks (user_id, title) VALUES (${owner}, ${title}) RETURNING title`
const pidOf = async ({ prisma }: Pick<Database, 'prisma'>, owner: string) =>
  (await prisma.$queryJson(owner, sql`SELECT pg_backend_pid()`))[0]!
const touch = (owner: string) =>
  sql`UPDATE tasks SET completed = true WHERE user_id = ${owner} RETURNING title`
/** Holds a lock on a task of the owner, until the returned function is called. */
async function lockTasksOf(t: Test, owner: string) {
  const client = new pg.Client(databaseUrl())
  await client.connect()
  t.teardown(() => client.end())
  await client.query(`INSERT INTO tasks (user_id, title) VALUES ($1, 'locked')`, [owner])
  await client.query('BEGIN')
  await client.query('SELECT FROM tasks WHERE user_id = $1 FOR UPDATE', [owner])
  return async () => void (await client.query('COMMIT'))
}
const kill = (pid: string) => query(databaseUrl(), 'SELECT pg_terminate_backend($1)', [pid])

t.test('hundreds of statements share a connection, and each gets its own answer', async (t) => {
  const { prisma, connections, owner } = await open(t)
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
  t.ok(connections().total <= 3)
})

for (const prepared of ['on', 'off']) {
  t.test(
    `a statement that fails does not affect others on its connection, prepared ${prepared}`,
    async (t) => {
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
    },
  )
}

t.test('if a connection is killed, reads are repeated and no write is sent twice', async (t) => {
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

const kept = ({ prisma }: Pick<Database, 'prisma'>, owner: string) =>
  prisma.$queryJson(owner, sql`SELECT statement FROM pg_prepared_statements ORDER BY name`, {
    isPrepared: false,
  })

t.test('statements that the server has lost are prepared again without an error', async (t) => {
  const { prisma, owner } = await open(t)
  const titlesMade: string[] = []
  for (let round = 0; round < 5; round += 1) {
    const made = Array.from({ length: 20 }, (_, number) => `${round}.${number}`)
    const work = made.map((title, number) =>
      number === 5
        ? // What a pooler does to a connection before it gives it to another client.
          prisma.$queryJson(owner, sql`DEALLOCATE ALL`, { isPrepared: false })
        : prisma.$queryJson(owner, insert(owner, title)),
    )
    const reads = Array.from({ length: 20 }, () => prisma.$queryJson(owner, sql`SELECT 'read'`))
    titlesMade.push(...(await Promise.all(work)).flat())
    t.same(await Promise.all(reads), Array(20).fill(['read']))
  }
  t.same((await titles(owner)).toSorted(), titlesMade.toSorted())
  t.equal(titlesMade.length, 95)
})

t.test('a name that the server already knows causes no error', async (t) => {
  const { prisma, owner } = await open(t)
  const statement = sql`SELECT 'right'`
  const taken = Prisma.raw(`PREPARE "${nameOf(statement.text)}" AS SELECT 'wrong'`)
  await prisma.$queryJson(owner, taken, { isPrepared: false })
  await t.rejects(prisma.$queryJson(owner, taken, { isPrepared: false }), { code: '42P05' }, 'it is taken')
  t.same(await prisma.$queryJson(owner, sql`SELECT 'right' `), ['right'])
  const other = Prisma.raw(`PREPARE "${nameOf(SETTINGS)}" AS SELECT 'wrong'`)
  const fresh = await open(t)
  await fresh.prisma.$queryJson(owner, other, { isPrepared: false })
  for (let round = 0; round < 3; round += 1)
    t.same(await fresh.prisma.$queryJson(owner, sql`SELECT 'also right'`), ['also right'])
})

t.test('without prepared statements, no connection keeps one', async (t) => {
  const { prisma, owner } = await open(t, { DATABASE_PREPARED: 'off' })
  t.same(await prisma.$queryJson(owner, insert(owner, 'one')), ['one'])
  t.same(await kept({ prisma }, owner), [])
})

t.test('a name means the same statement on every connection of every copy of the service', async (t) => {
  const after = async (statements: Prisma.Sql[]) => {
    const { prisma, owner } = await open(t)
    for (const statement of statements) await prisma.$queryJson(owner, statement)
    return kept({ prisma }, owner)
  }
  const [one, two] = [sql`SELECT 1`, sql`SELECT 2`]
  t.same(await after([one, two]), await after([two, one]))
})

t.test(
  'a connection keeps a limited number of prepared statements, however many texts there are',
  async (t) => {
    const { prisma, owner } = await open(t)
    for (let number = 0; number < 300; number += 1)
      t.same(await prisma.$queryJson(owner, Prisma.raw(`SELECT 'text ${number}'`)), [`text ${number}`])
    t.ok((await kept({ prisma }, owner)).length <= 64)
  },
)

t.test(
  'statements that another session cancels are repeated, also the first one on a connection',
  async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const { prisma, owner, onAll } = await open(t, { DATABASE_POOL_MAX: '5' })
      let isOver = false
      let signals = 0
      const cancelling = (async () => {
        while (signals < 60 && !isOver) signals += (await onAll('pg_cancel_backend')).length
      })()
      const reads = Array.from({ length: 60 }, (_, number) =>
        prisma.$queryJson(`${owner} ${number % 7}`, sql`SELECT ${number}::int FROM pg_sleep(0.002)`),
      )
      const writes = Array.from({ length: 20 }, (_, number) =>
        prisma.$queryJson(owner, insert(owner, `${number}`)),
      )
      const outcomes = await Promise.allSettled([...reads, ...writes])
      isOver = true
      await cancelling
      // Each is tried four times at most; one that is cancelled four times fails cleanly.
      const failed = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
      t.same(
        failed.filter(({ reason }) => (reason as { code: string }).code !== '57014'),
        [],
        'nothing but a cancel fails',
      )
      t.ok(failed.length <= signals / 4, `${failed.length} failed after ${signals} cancels`)
      const stored = await titles(owner)
      t.equal(new Set(stored).size, stored.length, 'no write was made twice')
    }
  },
)

t.test('a cancelled first statement on a connection causes no error for others', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const { prisma, owner, onAll } = await open(t)
    const first = prisma.$queryJson(owner, sql`SELECT 'first' FROM pg_sleep(0.05)`)
    const others = Array.from({ length: 50 }, (_, number) =>
      prisma.$queryJson(`${owner} ${number}`, sql`SELECT 'first' FROM pg_sleep(0.0001)`),
    )
    await sleep(10)
    await onAll('pg_cancel_backend')
    t.same(await Promise.all([first, ...others]), Array(51).fill(['first']))
  }
})

t.test('reads succeed although backends are terminated as soon as they exist', async (t) => {
  const { prisma, owner, onAll } = await open(t, { DATABASE_POOL_MAX: '5' })
  for (let round = 0; round < 3; round += 1) {
    const reads = Array.from({ length: 50 }, (_, number) =>
      prisma.$queryJson(`${owner} ${number}`, sql`SELECT 'read' FROM pg_sleep(0.002)`),
    )
    await sleep(5)
    await onAll('pg_terminate_backend')
    t.same(await Promise.all(reads), Array(50).fill(['read']))
  }
})

t.test('a write whose connection ends is repeated only if it is idempotent', async (t) => {
  const { prisma, owner, backends, onAll } = await open(t)
  const slow = sql`INSERT INTO users (id) SELECT ${owner} FROM pg_sleep(0.5) ON CONFLICT DO NOTHING`
  for (const isIdempotent of [true, false]) {
    const outcome = prisma.$queryJson(owner, slow, { isIdempotent }).then(
      () => 'done',
      () => 'failed',
    )
    await eventually(async () => (await backends("state = 'active'")).length > 0)
    await onAll('pg_terminate_backend')
    t.equal(await outcome, isIdempotent ? 'done' : 'failed')
  }
})

t.test('waiting jobs fail at once if there is no server', async (t) => {
  const { prisma, statementsInFlight } = await open(t, {
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
  })
  const waiting = Array.from({ length: 30 }, () => prisma.$queryJson('nobody', sql`SELECT 1`))
  const outcomes = await Promise.allSettled(waiting)
  t.ok(outcomes.every(({ status }) => status === 'rejected'))
  t.equal(statementsInFlight(), 0)
})

t.test('if the server grants fewer connections than requested, all waiting jobs are served', async (t) => {
  const server = await startPostgres(t)
  await query(server.url, 'ALTER ROLE service CONNECTION LIMIT 1')
  const { prisma } = await open(t, { DATABASE_URL: server.serviceUrl, DATABASE_POOL_MAX: '10' })
  for (let round = 0; round < 3; round += 1) {
    const answers = Array.from({ length: 100 }, (_, number) =>
      prisma.$queryJson(`user ${number % 20}`, sql`SELECT ${number}::int FROM pg_sleep(0.001)`),
    )
    t.same(
      await Promise.all(answers),
      Array.from({ length: 100 }, (_, number) => [String(number)]),
    )
  }
})

t.test('a server that accepts connections and never answers causes an error in time', async (t) => {
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

t.test('the server ends a statement that takes too long, and its connection stays usable', async (t) => {
  const { prisma, owner, backends } = await open(t, { DATABASE_QUERY_TIMEOUT_MS: '2000' })
  const pid = await pidOf({ prisma }, owner)
  await t.rejects(prisma.$queryJson(owner, sql`SELECT pg_sleep(30)`), { code: '57014' })
  t.equal(await pidOf({ prisma }, owner), pid, 'on the same connection')
  const limits = sql`SELECT setting FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout') ORDER BY name`
  const [lock, statement] = (await prisma.$queryJson(owner, limits)).map(Number)
  t.ok(statement! > 1000 && statement! <= 2000, 'the limit is the statement’s own')
  t.equal(lock, LOCK_WAIT_MS, 'and it waits for a lock for a part of it only')
  t.equal((await backends(`state = 'active'`)).length, 0)
})

t.test('a job that is given up while it waits touches no connection', async (t) => {
  const { prisma, owner, statementsInFlight, backends } = await open(t, { DATABASE_QUERY_TIMEOUT_MS: '2000' })
  const pid = await pidOf({ prisma }, owner)
  const release = await lockTasksOf(t, owner)
  // Writes of one owner run one by one: the first waits for the lock, the others for the first.
  const writes = Array.from({ length: 20 }, () => prisma.$queryJson(owner, touch(owner)))
  const outcomes = await Promise.allSettled(writes)
  t.ok(outcomes.every(({ status }) => status === 'rejected'))
  t.equal(statementsInFlight(), 0)
  await release()
  t.equal(await pidOf({ prisma }, owner), pid, 'the connection is the same')
  t.equal((await backends(`state = 'active'`)).length, 0)
})

for (const waiting of [7, 20, 100])
  t.test(`${waiting} statements that wait for the lock of one user delay no other user`, async (t) => {
    const { prisma, owner, backends } = await open(t, { DATABASE_POOL_MAX: '10' })
    const release = await lockTasksOf(t, owner)
    const stuck = Array.from({ length: waiting }, () => prisma.$queryJson(owner, touch(owner)))
    await eventually(async () => (await backends(`wait_event_type = 'Lock'`)).length > 0)
    const strangers = Array.from({ length: 60 }, (_, number) => `stranger ${number} ${owner}`)
    for (const id of strangers) await query(databaseUrl(), 'INSERT INTO users (id) VALUES ($1)', [id])
    const reads = strangers.map((id) =>
      prisma.$queryJson(id, sql`SELECT count(*) FROM tasks WHERE user_id = ${id}`),
    )
    const writes = strangers.map((id) => prisma.$queryJson(id, insert(id, 'written')))
    t.equal((await Promise.all(reads)).length, 60, 'strangers read')
    t.same(await Promise.all(writes), Array(60).fill(['written']), 'strangers write')
    t.ok((await backends(`state = 'active'`)).length <= 10, 'no more connections than allowed')
    await release()
    t.same(await Promise.all(stuck), Array(waiting).fill(['locked']))
  })

t.test('locks of many users block no other user and never use more connections than allowed', async (t) => {
  const { prisma, backends, owner: stranger } = await open(t, { DATABASE_POOL_MAX: '6' })
  const owners = Array.from({ length: 8 }, () => `user-${randomUUID()}`)
  const releases: (() => Promise<void>)[] = []
  for (const id of owners) {
    await query(databaseUrl(), 'INSERT INTO users (id) VALUES ($1)', [id])
    releases.push(await lockTasksOf(t, id))
  }
  let ended = 0
  const stuck = owners.flatMap((id) =>
    [1, 2, 3].map(() => prisma.$queryJson(id, touch(id)).finally(() => (ended += 1))),
  )
  await eventually(async () => (await backends(`wait_event_type = 'Lock'`)).length > 0)
  for (let round = 0; round < 20; round += 1) {
    const reads = owners.map((id) =>
      prisma.$queryJson(id, sql`SELECT count(*) FROM tasks WHERE user_id = ${id}`),
    )
    const written = prisma.$queryJson(stranger, insert(stranger, `${round}`))
    t.same(await Promise.all(reads), Array(8).fill(['1']))
    t.same(await written, [`${round}`])
    t.ok((await backends(`state = 'active'`)).length <= 6)
  }
  t.equal(ended, 0, 'all that time the locks were held')
  for (const release of releases) await release()
  t.same(await Promise.all(stuck), Array(24).fill(['locked']))
})

t.test('writes that take long are on all connections that take writes', async (t) => {
  const { prisma, backends } = await open(t, { DATABASE_POOL_MAX: '10' })
  const strangers = Array.from({ length: 12 }, (_, number) => `stranger ${number} ${randomUUID()}`)
  for (const id of strangers) await query(databaseUrl(), 'INSERT INTO users (id) VALUES ($1)', [id])
  const slow = (id: string, seconds: number) =>
    sql`INSERT INTO tasks (user_id, title) SELECT ${id}, 'slow' FROM pg_sleep(${seconds}::float8) RETURNING title`
  const writeAll = (seconds: number) =>
    Promise.all(strangers.map((id) => prisma.$queryJson(id, slow(id, seconds))))
  await writeAll(0.02)
  let isOver = false
  const writes = writeAll(0.2).finally(() => (isOver = true))
  let most = 0
  await eventually(async () => {
    most = Math.max(most, (await backends(`wait_event = 'PgSleep'`)).length)
    return most >= 4 || isOver
  })
  t.equal(most, 4)
  t.same(await writes, Array(12).fill(['slow']))
})

t.test('a long queue of heavy statements of one owner delays others by at most one of them', async (t) => {
  const { prisma, owner, backends } = await open(t, { DATABASE_POOL_MAX: '10' })
  const heavy = (id: string, seconds: number) =>
    prisma.$queryJson(id, sql`SELECT 1 FROM pg_sleep(${seconds}::float8)`, { isHeavy: true })
  // Both heavy connections and a light one are open: opening them is not what this measures.
  await Promise.all([heavy('one', 0.2), heavy('another', 0.2), prisma.$queryJson('one', sql`SELECT 1`)])
  t.equal((await backends()).length, 3)
  let finished = 0
  const fat = Array.from({ length: 300 }, () => heavy(owner, 0.005).then(() => (finished += 1)))
  await eventually(async () => finished > 0)
  const before = finished
  await prisma.$queryJson('thin', sql`SELECT 1`)
  await heavy('thin', 0.005)
  t.ok(finished - before < 100, `${finished - before} of 300 ran before the other user’s`)
  await Promise.all(fat)
})

t.test('heavy statements get no parallel workers, which would take the cores of others', async (t) => {
  const workers = sql`SELECT current_setting('max_parallel_workers_per_gather')`
  const { prisma, owner } = await open(t)
  const [{ max_parallel_workers_per_gather: ofServer } = {}] = await query<Record<string, string>>(
    databaseUrl(),
    'SHOW max_parallel_workers_per_gather',
  )
  t.not(ofServer, '0')
  t.same(await prisma.$queryJson(owner, workers, { isHeavy: true }), ['0'])
  t.same(await prisma.$queryJsonAll(owner, [workers, workers], { isHeavy: true }), [['0'], ['0']])
  t.same(await prisma.$queryJson(owner, workers), [ofServer], 'it costs light statements nothing')
  const byPrisma = (await open(t, { DATABASE_PIPELINE: 'off' })).prisma
  t.same(await byPrisma.$queryJson(owner, workers, { isHeavy: true }), ['0'])
})

for (const pipeline of ['on', 'off'])
  t.test(
    `statements with large answers of one owner run one at a time, with DATABASE_PIPELINE=${pipeline}`,
    async (t) => {
      const { prisma, owner } = await open(t, { DATABASE_POOL_MAX: '10', DATABASE_PIPELINE: pipeline })
      const span = sql`SELECT json_build_array(extract(epoch FROM statement_timestamp()), extract(epoch FROM clock_timestamp()))
    FROM pg_sleep(0.05)`
      /** Whether any of six statements that are asked for one after another run at the same time. */
      const overlap = async (isLarge: boolean) => {
        const answers: Promise<string[]>[] = []
        for (let count = 0; count < 6; count += 1) {
          answers.push(prisma.$queryJson(owner, span, { isLarge }))
          await sleep(10)
        }
        const spans = (await Promise.all(answers)).map(([json]) => JSON.parse(json!) as [number, number])
        const sorted = spans.toSorted(([a], [b]) => a - b)
        return sorted.some(([start], index) => index > 0 && start < sorted[index - 1]![1])
      }
      t.ok(await overlap(false), 'small ones share the connections')
      t.notOk(await overlap(true))
    },
  )

t.test('an owner whose heavy statements become slow does not delay others for long', async (t) => {
  const { prisma, owner } = await open(t, { DATABASE_POOL_MAX: '10' })
  const heavy = (id: string, seconds: number) =>
    prisma.$queryJson(id, sql`SELECT 1 FROM pg_sleep(${seconds}::float8)`, { isHeavy: true })
  for (let round = 0; round < 3; round += 1) await heavy(owner, 0)
  let finished = 0
  const fat = Array.from({ length: 60 }, () => heavy(owner, 0.08).then(() => (finished += 1)))
  await eventually(() => finished >= 5)
  for (let round = 0; round < 3; round += 1) {
    const before = finished
    await prisma.$queryJson('thin', sql`SELECT 1`)
    await heavy('thin', 0.001)
    t.ok(finished - before < 20, `${finished - before} of 60 ran before the other user’s`)
  }
  await Promise.all(fat)
})

t.test(
  'the self-check passes with the installed driver, and fails with one sentence with a changed one',
  async (t) => {
    for (const DATABASE_PIPELINE of ['on', 'off']) {
      const { prisma } = await open(t, { DATABASE_PIPELINE })
      await checkPipeline(prisma)
    }
    const { prisma } = await open(t)
    const wrong = {
      'the settings do not arrive': () => Promise.resolve([' 1 f']),
      'answers are exchanged': (owner: string, { values }: Prisma.Sql) =>
        Promise.resolve([`${owner} ${4 - Number(values[0])} t`]),
    }
    for (const [what, $queryJson] of Object.entries(wrong)) {
      const broken = { ...prisma, $queryJson } as unknown as Database['prisma']
      await t.rejects(
        checkPipeline(broken),
        { message: /^src.database.wire.ts does not work with .* pg: .*\.$/ },
        what,
      )
    }
  },
)
