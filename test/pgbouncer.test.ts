import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Prisma } from '../src/generated/prisma/client.ts'
import { createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl } from './helpers/database.ts'
import { knowsPreparedStatements, pgbouncerVersion, startPgbouncer } from './helpers/pgbouncer.ts'

/*
 * The service behind PgBouncer in transaction mode, which is what Neon's pooler is: the transactions of many clients
 * take turns on few connections, and what one of them leaves behind there is what the next one finds.
 */
const { sql } = Prisma
const version = pgbouncerVersion()
if (version === undefined) t.plan(0, 'left out: there is no pgbouncer on the PATH')
else t.comment(`PgBouncer ${version}`)
const isNew = version !== undefined && knowsPreparedStatements(version)

/** Two copies of the service that have more connections to the pooler than it has to the server. */
async function start(t: Test, prepared: string) {
  const { url } = await startPgbouncer(t, serviceDatabaseUrl(), 2)
  const settings = { DATABASE_URL: url, DATABASE_POOL_MAX: '8', DATABASE_PREPARED: prepared }
  return [await startApp(t, settings), await startApp(t, settings)] as const
}

/** A user makes a task and looks at it in every way. What succeeds is right; returns the statuses. */
async function live(t: Test, { call }: TestApp, user: TestUser) {
  const statuses: number[] = []
  const ask = async (method: string, path: string, expected: object, body?: object) => {
    const answer = await call(method, `/api${path}`, { user, body })
    statuses.push(answer.status)
    if (answer.status < 300) t.match(answer.body, expected, `${method} ${path}`)
    return answer.body
  }
  const { id } = await ask('POST', '/tasks', { user_id: user.id, title: user.id }, { title: user.id })
  if (id === undefined) return statuses
  const mine = { id, user_id: user.id, title: user.id }
  await Promise.all([
    ask('GET', `/tasks/${id}`, mine),
    ask('GET', '/tasks?limit=5', { length: 1, 0: mine }),
    ask('GET', `/tasks?search=${user.id}`, { length: 1, 0: mine }),
    ask('GET', '/tasks/summary', { total: 1 }),
    ask('GET', '/me', { id: user.id, email: user.email }),
  ])
  await ask('PATCH', `/tasks/${id}/complete`, { ...mine, completed: true })
  return statuses
}

async function liveAtOnce(t: Test, copies: readonly TestApp[], count: number) {
  const users = await Promise.all(Array.from({ length: count }, () => createUser()))
  const statuses = await Promise.all(users.map((user, index) => live(t, copies[index % 2]!, user)))
  return [...new Set(statuses.flat())].toSorted()
}

if (version !== undefined) {
  for (const prepared of isNew ? ['off', 'on'] : ['off'])
    t.test(`many users share few connections and see their own tasks, prepared ${prepared}`, async (t) => {
      t.same(await liveAtOnce(t, await start(t, prepared), 40), [200, 201])
    })

  t.test('no setting outlives its transaction on a shared connection', async (t) => {
    const copies = await start(t, 'off')
    const users = await Promise.all(Array.from({ length: 50 }, () => createUser()))
    const askAll = (statement: Prisma.Sql) =>
      Promise.all(users.map(({ id }, index) => copies[index % 2]!.database.prisma.$queryJson(id, statement)))
    const ids = users.map(({ id }) => [id])

    t.same(await askAll(sql`SELECT current_setting('app.user_id')`), ids)
    await Promise.all(users.map((user) => copies[0].call('GET', '/api/me', { user })))
    t.same(await askAll(sql`SELECT id FROM users`), ids, 'a statement that forgets its owner')
    const left = `SELECT current_setting('app.user_id', true) AS owner, current_setting('statement_timeout') AS most`
    for (const { database } of copies)
      t.same((await database.pool.query(left)).rows, [{ owner: '', most: '0' }], 'nothing is left')
  })

  t.test(
    'if the pooler loses its connections, reads succeed, writes are a 503, and the service recovers',
    async (t) => {
      const [app, other] = await start(t, 'off')
      const user = await createUser()
      t.equal((await app.call('GET', '/api/me', { user })).status, 200)
      for (let round = 0; round < 5; round += 1) {
        const pid = sql`SELECT pg_backend_pid() FROM pg_sleep(0.05)`
        const pids = await Promise.all(
          [app, other].map(({ database }) => database.prisma.$queryJson(user.id, pid)),
        )
        const reads = Array.from({ length: 20 }, () => app.call('GET', '/api/tasks?limit=1', { user }))
        const writes = Array.from({ length: 20 }, (_, number) =>
          app.call('POST', '/api/tasks', { user, body: { title: `${round}.${number}` } }),
        )
        await sleep(1)
        await query(databaseUrl(), 'SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [
          pids.flat(),
        ])
        for (const { status } of await Promise.all(reads)) t.equal(status, 200)
        const made = (await Promise.all(writes)).filter(({ status }) => status !== 503)
        const { body } = await app.call<{ id: number; title: string }[]>('GET', '/api/tasks', { user })
        for (const answer of made) {
          t.equal(answer.status, 201)
          t.ok(
            body.some(({ id }) => id === answer.body.id),
            'acknowledged tasks exist',
          )
        }
        t.equal(new Set(body.map(({ title }) => title)).size, body.length, 'and nothing is there twice')
      }
    },
  )

  if (!isNew)
    t.test('if an old pooler mixes up statements, an answer is right or an error', async (t) => {
      const statuses = await liveAtOnce(t, await start(t, 'on'), 10)
      t.same(
        statuses.filter((status) => ![200, 201, 503].includes(status)),
        [],
      )
    })
}
