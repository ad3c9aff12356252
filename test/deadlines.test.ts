import { connect } from 'node:net'
import pg from 'pg'
import t from 'tap'
import type { Owner } from '../src/database/owner.ts'
import { Prisma } from '../src/generated/prisma/client.ts'
import { createTask, createUser, startApp, type TestApp } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { startPostgres } from './helpers/postgres.ts'

/** Notes on whose behalf each statement is asked for. */
function noteOwners(app: TestApp) {
  const { prisma } = app.database
  const { $queryJson, $asOwner, $queryJsonAll } = prisma
  const owners: (Owner | string)[] = []
  const noting = <Rest extends unknown[], Answer>(send: (owner: Owner | string, ...rest: Rest) => Answer) =>
    function (this: unknown, owner: Owner | string, ...rest: Rest) {
      owners.push(owner)
      return send.call(this, owner, ...rest)
    }
  Object.assign(prisma, {
    $queryJson: noting($queryJson),
    $queryJsonAll: noting($queryJsonAll),
    $asOwner: noting($asOwner as (owner: Owner | string, ...rest: unknown[]) => unknown),
  })
  return owners
}

t.test('all statements of a request have one deadline', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user)
  const owners = noteOwners(app)
  const calls: readonly (readonly [string, string, number, unknown?])[] = [
    ['GET', '/api/tasks?limit=5&count=true', 2],
    ['GET', '/api/tasks?count=true', 2],
    ['GET', '/api/tasks/summary', 1],
    ['GET', `/api/tasks/${task.id}`, 1],
    ['PATCH', `/api/tasks/${task.id}`, 1, { title: 'new' }],
    ['PATCH', `/api/tasks/${task.id}/complete`, 1],
    ['POST', '/api/tasks', 1, { title: 'more' }],
    ['POST', '/api/tasks/batch', 1, { operations: [{ op: 'delete', id: task.id }] }],
    ['GET', '/api/tasks/trash', 1],
    ['POST', `/api/tasks/${task.id}/restore`, 1],
    ['DELETE', `/api/tasks/${task.id}`, 1],
    ['DELETE', `/api/tasks/trash/${task.id}`, 1],
    ['DELETE', '/api/tasks?status=completed', 1],
    ['DELETE', '/api/tasks/trash', 1],
    ['GET', '/api/me', 1],
    ['DELETE', '/api/me', 1],
    // The user is created again.
    ['GET', '/api/tasks?limit=5&count=true', 3],
  ]
  for (const [method, url, count, body] of calls) {
    owners.length = 0
    t.ok((await app.call(method, url, { user, body })).status < 300, `${method} ${url}`)
    t.equal(owners.length, count, 'statements')
    const deadlines = owners.map((owner) => (owner as Owner).endsAt)
    t.type(deadlines[0], 'number')
    t.equal(new Set(deadlines).size, 1)
  }
})

t.test('a first request of a user that waits for two locks ends within one deadline', async (t) => {
  const server = await startPostgres(t)
  const app = await startApp(t, { DATABASE_URL: server.serviceUrl, DATABASE_QUERY_TIMEOUT_MS: '4000' })
  t.equal((await app.call('GET', '/api/tasks', { user: await createUser() })).status, 200)
  const lock = async (table: string) => {
    const client = new pg.Client(server.url)
    await client.connect()
    t.teardown(() => client.end())
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
    return client
  }
  const [users, tasks] = [await lock('users'), await lock('tasks')]
  const owners = noteOwners(app)
  const user = await createUser()
  const answer = app.call('GET', '/api/tasks', { user })
  const isWaiting = async (words: string) =>
    (await query(
      server.url,
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${words}%'`,
    ).then((rows) => rows.length)) > 0
  await eventually(() => isWaiting('users'))
  await users.query('COMMIT')
  t.match(await answer, { status: 503, body: { code: 'database_unavailable' } })
  t.ok(owners.length >= 2, 'the user was created, then the list was asked for')
  t.equal(new Set(owners.map((owner) => (owner as Owner).endsAt)).size, 1, 'within one time limit')
  await tasks.query('COMMIT')
  await eventually(async () => (await app.call('GET', '/api/tasks', { user })).status === 200)
})

t.test('reads of a disconnected client are not sent and do not count as faults', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '5' })
  const user = await createUser()
  await createTask(app, user)
  const url = new URL(await app.app.listen({ port: 0, host: '127.0.0.1' }))
  const lock = new pg.Client(databaseUrl())
  await lock.connect()
  t.teardown(() => lock.end())
  await lock.query('SELECT pg_advisory_lock(4711)')
  // One heavy statement of the user runs until the lock is free, so that the others wait for their turn. It does not wait
  // for the lock itself: such a wait would be stopped, and the others would run before it is repeated.
  const untilFree = Prisma.sql`SELECT 1 FROM generate_series(1, 6000)
    WHERE CASE WHEN pg_sleep(0.01)::text = '' THEN pg_try_advisory_xact_lock(4711) END LIMIT 1`
  const blocking = app.database.prisma.$queryJson(user.id, untilFree, { isHeavy: true })
  const request = `GET /api/tasks/summary HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\n`
  const sockets = Array.from({ length: 20 }, () => connect(Number(url.port), url.hostname))
  for (const socket of sockets) socket.write(request)
  await eventually(() => app.database.connections().waiting >= 19)
  const before = app.logLines.length
  for (const socket of sockets) socket.destroy()
  await eventually(() => app.database.connections().waiting <= 1)
  const closed = () =>
    app.logLines.slice(before).map((line) => JSON.parse(line) as { status?: number; msg: string })
  await eventually(() => closed().filter(({ status }) => status === 499).length === 20)
  await lock.query('SELECT pg_advisory_unlock(4711)')
  await blocking
  t.same(
    closed().filter(({ msg }) => msg !== 'request'),
    [],
    'nothing is logged as failed',
  )
})
