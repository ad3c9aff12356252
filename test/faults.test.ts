import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { type Answer, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { query } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { type Postgres, startPostgres } from './helpers/postgres.ts'

/** Long enough for a slow machine that does other things, too. */
const PATIENT = { DATABASE_CONNECT_TIMEOUT_MS: '30000', DATABASE_QUERY_TIMEOUT_MS: '60000' }
/** For servers that do not answer: what is expected is that the time runs out. */
const IMPATIENT = { DATABASE_CONNECT_TIMEOUT_MS: '2000', DATABASE_QUERY_TIMEOUT_MS: '3000' }

type Strings = Record<string, string>

let shared: Promise<Postgres> | undefined
/** The server of the tests that leave it as it was: making one takes seconds. */
const sharedServer = () => (shared ??= startPostgres(t))

/** A service on a server of its own, and a user who has one task there. */
const start = async (t: Test, settings: Strings = {}, variables: Strings = {}) =>
  use(t, await startPostgres(t, settings), variables)

const startOnShared = async (t: Test, variables: Strings = {}) => use(t, await sharedServer(), variables)

async function use(t: Test, server: Postgres, variables: Strings) {
  const app = await startApp(t, { DATABASE_URL: server.serviceUrl, ...PATIENT, ...variables })
  const user = await createUser()
  const read = () => app.call('GET', '/api/tasks', { user })
  const write = () => app.call('POST', '/api/tasks', { user, body: { title: 'written' } })
  t.equal((await write()).status, 201)
  return { server, app, user, read, write }
}

function assertUnavailable(t: Test, { status, body, headers }: Answer<any>, what: string) {
  t.match({ status, body }, { status: 503, body: { code: 'database_unavailable' } }, what)
  t.match(headers['retry-after'], /^\d+$/, what)
}

/** Until the service answers again, without having been touched. */
async function recovers(t: Test, call: () => Promise<Answer>, what: string) {
  for (let tries = 0; tries < 200; tries += 1) {
    const { status } = await call()
    if (status < 300) return t.pass(what)
    await sleep(25)
  }
  t.fail(what)
}

async function assertAway(
  t: Test,
  { call }: TestApp,
  read: () => Promise<Answer>,
  write: () => Promise<Answer>,
) {
  // At once: each may have to wait until its time runs out.
  const [reading, writing, ready] = await Promise.all([read(), write(), call('GET', '/ready')])
  assertUnavailable(t, reading, 'reads')
  assertUnavailable(t, writing, 'writes')
  assertUnavailable(t, ready, 'ready')
  t.equal((await call('GET', '/health')).status, 200)
}

t.test(
  'an immediate shutdown of PostgreSQL causes 503s, and the service recovers after its start',
  async (t) => {
    const { server, app, read, write } = await start(t)
    for (const how of ['SIGQUIT', 'SIGKILL', 'SIGINT'] as const) {
      await server.end(how)
      await assertAway(t, app, read, write)
      server.start()
      await recovers(t, write, `writes after ${how}`)
      await recovers(t, () => app.call('GET', '/ready'), 'ready')
    }
  },
)

t.test(
  'while PostgreSQL hangs, requests end with a 503 in time, and succeed when it continues',
  async (t) => {
    const { server, app, read, write } = await start(t, {}, IMPATIENT)
    server.pause()
    t.teardown(() => server.resume())
    const answers = await Promise.all([read(), write(), read(), write()])
    for (const answer of answers) assertUnavailable(t, answer, 'in flight while it hangs')
    await assertAway(t, app, read, write)
    server.resume()
    await recovers(t, read, 'reads')
    await recovers(t, write, 'writes')
  },
)

t.test('killed connections fail no read, and no write is lost or done twice', async (t) => {
  const { server, app, read, write } = await start(t)
  let over = false
  const statuses = { read: [] as number[], write: [] as number[] }
  const done = Array<number>(8).fill(0)
  const work = (kind: 'read' | 'write', call: () => Promise<Answer>) =>
    Array.from({ length: 4 }, async (_, index) => {
      while (!over) {
        statuses[kind].push((await call()).status)
        done[index + (kind === 'read' ? 0 : 4)]! += 1
      }
    })
  const workers = [...work('read', read), ...work('write', write)]
  for (let round = 0; round < 10; round += 1) {
    // Long enough for everybody who met the last one to be over it: a read is tried again, but once.
    const before = [...done]
    await eventually(() => done.every((count, index) => count >= before[index]! + 5))
    await query(
      server.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'`,
    )
  }
  over = true
  await Promise.all(workers)
  t.ok(statuses.read.length >= 200)
  t.same(new Set(statuses.read), new Set([200]), {
    reasons: app.logLines.filter((line) => line.includes('reason')),
  })
  t.same(
    [...new Set(statuses.write)].filter((status) => status !== 201 && status !== 503),
    [],
  )
  const acknowledged = statuses.write.filter((status) => status === 201).length
  const [row] = await query<{ count: number }>(server.url, 'SELECT count(*)::int AS count FROM tasks')
  const unknown = statuses.write.length - acknowledged
  t.ok(
    row!.count >= acknowledged + 1 && row!.count <= acknowledged + 1 + unknown,
    'no write is lost or done twice',
  )
})

t.test('without a free connection, requests get a 503, and succeed later', async (t) => {
  const { server, app, read, write } = await start(t, {
    max_connections: '8',
    superuser_reserved_connections: '3',
  })
  await query(server.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'`)
  const others: pg.Client[] = []
  for (let count = 0; count < 5; count += 1) {
    const client = new pg.Client(server.serviceUrl)
    client.on('error', () => {})
    await client.connect()
    others.push(client)
  }
  await assertAway(t, app, read, write)
  await Promise.all(others.map((client) => client.end()))
  await recovers(t, write, 'writes')
})

t.test('while the database is read-only, reads succeed and writes get a 503', async (t) => {
  const { server, read, write } = await startOnShared(t)
  const set = (value: string) =>
    query(server.url, `ALTER SYSTEM SET default_transaction_read_only = ${value}`).then(() =>
      query(server.url, 'SELECT pg_reload_conf()'),
    )
  await set('on')
  await eventually(async () => (await write()).status !== 201)
  assertUnavailable(t, await write(), 'writes')
  t.equal((await read()).status, 200)
  await query(
    server.url,
    `SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only`,
  ).catch(() =>
    query(
      `${server.url}?options=-c%20default_transaction_read_only=off`,
      'ALTER SYSTEM RESET default_transaction_read_only',
    ),
  )
  await query(server.url, 'SELECT pg_reload_conf()')
  await recovers(t, write, 'writes')
})

/** What PostgreSQL reports when it happens, raised by a trigger. */
const RAISED = {
  'the disk is full': '53100',
  'a lock cannot be had': '55P03',
  'a transaction could not be serialized': '40001',
  'a deadlock was detected': '40P01',
}
t.test(
  'a temporary fault of PostgreSQL is a 503 without its details, and later writes succeed',
  async (t) => {
    const { server, read, write } = await startOnShared(t, IMPATIENT)
    for (const [what, state] of Object.entries(RAISED)) {
      await query(
        server.url,
        `CREATE OR REPLACE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'secret detail' USING ERRCODE = '${state}'; END $$;
      CREATE OR REPLACE TRIGGER fault BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION fault()`,
      )
      const answer = await write()
      assertUnavailable(t, answer, what)
      t.notMatch(answer.text, /secret/)
      t.equal((await read()).status, 200)
      await query(server.url, 'DROP TRIGGER fault ON tasks')
      t.equal((await write()).status, 201)
    }
  },
)

t.test(
  'after a deadlock, the transaction that was undone is repeated, and both requests succeed',
  async (t) => {
    const { server, app, user, write } = await start(t, { deadlock_timeout: '20ms' })
    const [one, two] = [(await write()).body as { id: number }, (await write()).body as { id: number }]
    const other = new pg.Client(server.url)
    await other.connect()
    t.teardown(() => other.end())
    await query(
      server.url,
      `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
      $$ BEGIN IF NEW.id = ${one.id} THEN PERFORM pg_sleep(1); PERFORM FROM tasks WHERE id = ${two.id} FOR UPDATE; END IF; RETURN NEW; END $$;
    CREATE TRIGGER touch AFTER UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION touch()`,
    )
    await other.query('BEGIN')
    // This one waits longer before it looks for a deadlock: the service's statement is the one that loses.
    await other.query(`SET deadlock_timeout = '10s'`)
    await other.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [two.id])
    const toggled = app.call('PATCH', `/api/tasks/${one.id}/complete`, { user })
    await eventually(async () => {
      const sleeping = `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`
      return (await query(server.url, sleeping)).length > 0
    })
    const locked = other.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [one.id])
    await locked
    await other.query('COMMIT')
    const { status, body } = await toggled
    t.match({ status, body }, { status: 200, body: { completed: true } })
  },
)

t.test('a statement that waits too long for a lock is a 503, and others continue', async (t) => {
  const { server, app, user, read, write } = await startOnShared(t, IMPATIENT)
  const { body } = await write()
  const { id } = body as { id: number }
  const lock = new pg.Client(server.url)
  await lock.connect()
  t.teardown(() => lock.end())
  await lock.query('BEGIN')
  await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  assertUnavailable(t, await app.call('PATCH', `/api/tasks/${id}/complete`, { user }), 'the one that waits')
  t.equal((await read()).status, 200, 'other requests continue')
  await lock.query('COMMIT')
  await recovers(t, () => app.call('PATCH', `/api/tasks/${id}/complete`, { user }), 'the lock is gone')
})

t.test('calls that do not need a locked table continue', async (t) => {
  const { server, app, user, read } = await startOnShared(t, { DATABASE_POOL_MAX: '10' })
  t.equal((await app.call('GET', '/ready')).status, 200)
  const lock = new pg.Client(server.url)
  await lock.connect()
  t.teardown(() => lock.end())
  await lock.query('BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE')
  const stuck = Array.from({ length: 40 }, (_, index) =>
    index % 4 === 0 ? app.call('POST', '/api/tasks', { user, body: { title: 'late' } }) : read(),
  )
  await eventually(async () => {
    const rows = await query(server.url, `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)
    return rows.length > 0
  })
  for (let round = 0; round < 5; round += 1) {
    t.equal((await app.call('GET', '/api/me', { user })).status, 200)
    t.equal((await app.call('GET', '/api/me', { user: await createUser() })).status, 200, 'a new user')
    t.equal((await app.call('GET', '/ready')).status, 200)
  }
  await lock.query('COMMIT')
  for (const { status } of await Promise.all(stuck)) t.ok(status < 300)
})

t.test('a write whose reply is lost is a 503 and creates one row', async (t) => {
  const server = await sharedServer()
  const proxy = await startMutingProxy(t, server)
  const app = await startApp(t, { DATABASE_URL: proxy.url, ...IMPATIENT, DATABASE_PREPARED: 'off' })
  const user = await createUser()
  const write = (title: string) => app.call('POST', '/api/tasks', { user, body: { title } })
  t.equal((await write('first')).status, 201)
  for (const how of ['swallow', 'cut'] as const) {
    proxy.lose(how)
    assertUnavailable(t, await write(how), how)
    await recovers(t, () => app.call('GET', '/api/tasks', { user }), `reads after ${how}`)
    const rows = await query<{ count: number }>(
      server.url,
      'SELECT count(*)::int AS count FROM tasks WHERE title = $1',
      [how],
    )
    t.same(rows, [{ count: 1 }], 'it was made once and never again')
  }
  t.equal((await write('last')).status, 201)

  // Closing must not wait for an answer that never comes.
  proxy.lose('swallow')
  assertUnavailable(t, await write('while closing'), 'while closing')
  await app.database.close()
  t.equal(app.database.connections().total, 0)
})

t.test('while a migration is missing, the answer is a 503 that says so', async (t) => {
  const { server, app, read, write } = await startOnShared(t)
  const fresh = await startApp(t, { DATABASE_URL: server.serviceUrl, ...PATIENT })
  await query(server.url, 'ALTER TABLE tasks RENAME COLUMN title TO caption')
  for (const answer of [await read(), await write(), await fresh.call('GET', '/ready')]) {
    t.match(answer, { status: 503, body: { code: 'not_migrated' }, headers: { 'retry-after': /^\d+$/ } })
    t.notMatch(answer.text, /column|caption/)
  }
  t.ok([...app.logLines, ...fresh.logLines].some((line) => /prisma migrate deploy/.test(line)))
  await query(server.url, 'ALTER TABLE tasks RENAME COLUMN caption TO title')
  t.equal((await read()).status, 200, 'without a restart')
  t.equal((await fresh.call('GET', '/ready')).status, 200)
})

t.test('many concurrent calls of /ready cost one query', async (t) => {
  const app = await startApp(t)
  t.equal((await app.call('GET', '/ready')).status, 200)
  const before = app.statements.length
  const answers = await Promise.all(Array.from({ length: 50 }, () => app.call('GET', '/ready')))
  t.ok(answers.every(({ status }) => status === 200))
  t.ok(app.statements.length - before < 10, `${app.statements.length - before} statements`)
})

t.test(
  'a changed password stops new connections only, and the service recovers when it is changed back',
  async (t) => {
    const { server, app, read, write } = await startOnShared(t)
    const { password } = new URL(server.serviceUrl)
    await query(server.url, `ALTER ROLE service PASSWORD 'another'`)
    t.equal((await read()).status, 200, 'open connections stay open')
    await query(
      server.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'`,
    )
    await assertAway(t, app, read, write)
    await query(server.url, `ALTER ROLE service PASSWORD '${password}'`)
    await recovers(t, write, 'writes')
    t.notMatch(app.logLines.join(''), password)
  },
)

t.test('a server that sleeps when idle and wakes slowly causes no error', async (t) => {
  const server = await sharedServer()
  const proxy = await startSleepingProxy(t, server)
  const app = await startApp(t, { DATABASE_URL: proxy.url })
  const user: TestUser = await createUser()
  const write = () => app.call('POST', '/api/tasks', { user, body: { title: 'written' } })
  t.equal((await write()).status, 201)
  for (let nap = 0; nap < 3; nap += 1) {
    proxy.sleep()
    await eventually(() => app.database.connections().total === 0)
    // The first connects slowly; nobody is turned away for it.
    const answers = await Promise.all([write(), app.call('GET', '/api/tasks', { user }), write()])
    t.same(
      answers.map(({ status }) => status),
      [201, 200, 201],
    )
  }
})

/** Between service and server: loses the answer to the next INSERT, in silence or with its connection. */
async function startMutingProxy(t: Test, { serviceUrl }: Postgres) {
  const address = new URL(serviceUrl)
  const sockets = new Set<Socket>()
  let losing: 'swallow' | 'cut' | undefined
  const proxy = createServer((socket) => {
    const upstream = connect(Number(address.port), address.hostname)
    for (const each of [socket, upstream]) sockets.add(each.on('error', () => each.destroy()))
    let isMuted: typeof losing
    socket.on('data', (data) => {
      if (losing !== undefined && data.includes('INSERT INTO tasks')) [isMuted, losing] = [losing, undefined]
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (isMuted === undefined) socket.write(data)
      else if (isMuted === 'cut') socket.destroy()
    })
    socket.on('close', () => upstream.end())
    upstream.on('close', () => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const { port } = proxy.address() as { port: number }
  // Statements without a name carry their text each time, so that the proxy sees it.
  const url = Object.assign(new URL(serviceUrl), { port: String(port) }).href
  return { url, lose: (how: 'swallow' | 'cut') => void (losing = how) }
}

/** Between service and server, as Neon's proxy is: drops connections when it sleeps, and is slow to wake. */
async function startSleepingProxy(t: Test, { serviceUrl }: Postgres) {
  const address = new URL(serviceUrl)
  const sockets = new Set<Socket>()
  let wakesAt = 0
  const proxy = createServer(async (socket) => {
    sockets.add(socket.on('error', () => socket.destroy()))
    await sleep(Math.max(0, wakesAt - Date.now()))
    const upstream = connect(Number(address.port), address.hostname).on('error', () => socket.destroy())
    sockets.add(upstream)
    socket.pipe(upstream).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const dropAll = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  t.teardown(() => {
    dropAll()
    proxy.close()
  })
  const { port } = proxy.address() as { port: number }
  const sleepNow = () => {
    wakesAt = Date.now() + 400
    dropAll()
  }
  return { url: Object.assign(new URL(serviceUrl), { port: String(port) }).href, sleep: sleepNow }
}
