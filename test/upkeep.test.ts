import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { type Purge, upkeep } from '../src/operations/upkeep.ts'
import { createTask, createUser, startApp } from './helpers/app.ts'
import {
  databaseUrl,
  migrations,
  query,
  serviceDatabaseUrl,
  withDatabase,
  withMigratedDatabase,
  withServiceRole,
} from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { startService } from './helpers/service.ts'
import { age, placesOf } from './helpers/trash.ts'

/** An app that listens and whose rounds of upkeep follow one another at once. */
async function startUpkeep(t: Test, purges: Purge[], listens = true) {
  const lines: { level: number; msg: string; deleted?: number }[] = []
  const app = Fastify({
    logger: { level: 'info', stream: { write: (line: string) => lines.push(JSON.parse(line)) } },
  })
  await app.register(upkeep, { purges, firstMs: 1, everyMs: 20, most: 10 })
  if (listens) await app.listen({ host: '127.0.0.1', port: 0 })
  else await app.ready()
  t.teardown(() => app.close())
  return { app, of: (word: string) => lines.filter(({ msg }) => msg.includes(word)) }
}

t.test('a purge is repeated while it deletes full batches, and its number is logged once', async (t) => {
  const left = [10, 10, 3]
  let calls = 0
  const purge = async (most: number) => {
    calls += 1
    t.equal(most, 10)
    return left.shift() ?? 0
  }
  const { of } = await startUpkeep(t, [{ what: 'things', purge }])
  await eventually(() => calls >= 6)
  t.match(of('purged things'), [{ level: 30, deleted: 23 }])
  t.equal(of('purged things').length, 1, 'a round that deletes nothing says nothing')
})

t.test('a purge that fails is one warning per round, and the other purges run', async (t) => {
  let failures = 0
  let others = 0
  const failing = async (): Promise<number> => {
    failures += 1
    if (failures === 1) return 10
    throw new Error('no such function')
  }
  const other = async () => {
    others += 1
    return 0
  }
  const { of } = await startUpkeep(t, [
    { what: 'broken things', purge: failing },
    { what: 'others', purge: other },
  ])
  await eventually(() => failures >= 3 && others >= 2)
  t.match(
    of('purged broken things'),
    [{ deleted: 10 }],
    'the rows that were deleted before the failure are logged',
  )
  t.match(of('the purge of broken things failed'), [{ level: 40, msg: /no such function/ }])
})

t.test('purges begin when the service listens and end when it stops', async (t) => {
  let calls = 0
  const purge = async () => {
    calls += 1
    return 10
  }
  const { app: idle } = await startUpkeep(t, [{ what: 'things', purge }], false)
  await idle.close()
  t.equal(calls, 0)
  const { app } = await startUpkeep(t, [{ what: 'things', purge: () => purge().finally(() => pause()) }])
  await eventually(() => calls > 3)
  await app.close()
  const before = calls
  for (let turn = 0; turn < 20; turn += 1) await pause()
  t.ok(calls <= before + 1, 'even an endless purge ends')
})

const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

t.test('after a start, the service purges only tasks that are older than TRASH_DAYS', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const [old, young, live] = [
    await createTask(app, user),
    await createTask(app, user),
    await createTask(app, user),
  ]
  for (const { id } of [old, young]) await app.call('DELETE', `/api/tasks/${id}`, { user })
  await age([old.id], 31)
  await age([young.id], 29)
  const { output, kill } = await startService(t, {}, { ready: 'purged tasks in the trash' })
  t.match(output.text(), /purged tasks in the trash/)
  t.same([...(await placesOf([old.id, young.id, live.id])).values()], [[], ['trash'], ['tasks']])
  await kill()
})

t.test(
  'the role of the service may purge, others may not, and no argument widens what is purged',
  async (t) => {
    const app = await startApp(t)
    const user = await createUser()
    const { id } = await createTask(app, user)
    await app.call('DELETE', `/api/tasks/${id}`, { user })
    const purge = (days: string, most: string) =>
      query<{ count: number | null }>(
        serviceDatabaseUrl(),
        `SELECT purge_deleted_tasks(${days}, ${most}) AS count`,
      )
    t.same(await purge('NULL', '1000'), [{ count: null }])
    t.same(await purge('3650', 'NULL'), [{ count: null }])
    t.same(await purge('3650', '-1'), [{ count: 0 }])
    t.same([...(await placesOf([id])).values()], [['trash']])
    const [rights] = await query(
      databaseUrl(),
      `SELECT has_function_privilege('public', oid, 'EXECUTE') AS everybody, prosecdef AS definer, proconfig AS settings
      FROM pg_proc WHERE proname = 'purge_deleted_tasks'`,
    )
    t.same(rights, { everybody: false, definer: true, settings: ['search_path=pg_catalog, pg_temp'] })
  },
)

t.test('several copies that purge at once delete each task once', (t) =>
  withMigratedDatabase(async (url) => {
    await query(url, `INSERT INTO users (id) VALUES ('alice'), ('bob')`)
    const add = (count: number, days: number) =>
      query(
        url,
        `INSERT INTO deleted_tasks (id, user_id, title, created_at, updated_at, deleted_at)
          SELECT nextval('tasks_id_seq'), unnest(ARRAY['alice', 'bob']), 'x', now(), now(), now() - $2 * interval '1 day'
          FROM generate_series(1, $1)`,
        [count, days],
      )
    await add(50, 31)
    await add(5, 29)
    const purge = async () => {
      const sql = 'SELECT purge_deleted_tasks(30, 30) AS count'
      return (await query<{ count: number }>(url, sql))[0]!.count
    }
    const counts = await Promise.all([purge(), purge(), purge(), purge(), purge()])
    const total = counts.reduce((sum, count) => sum + count, 0)
    t.equal(total, 100, counts.join())
    t.ok(counts.every((count) => count <= 30))
    const left = await query(url, 'SELECT user_id FROM deleted_tasks')
    t.equal(left.length, 10)
  }),
)

t.test('a role that was created before the purge may call it', (t) =>
  withDatabase(databaseUrl(), async (url) => {
    const [first, ...others] = migrations()
    await query(url, first!)
    await withServiceRole(url, async (serviceUrl) => {
      for (const sql of others) await query(url, sql)
      t.same(await query(serviceUrl, 'SELECT purge_deleted_tasks(30, 1) AS count'), [{ count: 0 }])
    })
  }),
)
