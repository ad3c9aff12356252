import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startBalancer } from './helpers/balancer.ts'
import { databaseUrl, query, withDatabase, withServiceRole } from './helpers/database.ts'
import { withProject } from './helpers/prisma-cli.ts'
import { startService } from './helpers/service.ts'
import { createWriters } from './helpers/writer.ts'

t.test('restarting the copies one by one behind a load balancer loses no request', async (t) => {
  const balancer = await startBalancer(t)
  const start = async () => {
    // Longer than the balancer needs to hear of the end, on however busy a machine.
    const times = { SHUTDOWN_DELAY_MS: '2000', SHUTDOWN_TIMEOUT_MS: '60000' }
    const copy = await startService(t, times, { isCovered: false })
    await balancer.add(copy.url)
    return copy
  }
  const copies = [await start(), await start()]
  const load = await startLoad(balancer.url)
  const ends: Promise<number | null>[] = []
  for (let restart = 0; restart < copies.length; restart += 1) {
    copies.push(await start())
    ends.push(copies.shift()!.kill('SIGTERM'))
  }
  t.same(new Set(await Promise.all(ends)), new Set([0]))
  await load.stop(t)
  const served = balancer.served()
  t.equal(served.length, 4)
  t.notOk(served.includes(0), 'every copy had its share')
})

/** The first step to a new name for a column, as docs/operations.md has it. */
const EXPAND = `
  ALTER TABLE tasks ADD COLUMN name text;
  CREATE FUNCTION keep_name() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.name := NEW.title; RETURN NEW; END $$;
  CREATE TRIGGER keep_name BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION keep_name()`

t.test('the old version keeps serving while the migrations of the new one run, fail and are resolved', (t) =>
  withProject((project) =>
    withDatabase(databaseUrl(), async (url) => {
      const prisma = (args: string) => project.prisma(args, { DATABASE_URL: url })
      t.match(await prisma('migrate deploy'), { code: 0 })
      await withServiceRole(url, async (serviceUrl) => {
        const service = await startService(t, { DATABASE_URL: serviceUrl }, { isCovered: false })
        const load = await startLoad(service.url)
        await project.writeMigration('20270101000001_expand', EXPAND)
        await project.writeMigration(
          '20270101000002_index',
          'CREATE INDEX CONCURRENTLY ON tasks (user_id, name)',
        )
        const name = '20270101000003_broken'
        await project.writeMigration(name, 'CREATE TABLE half (id int); SELECT 1 / 0')
        t.match(await prisma('migrate deploy'), { code: 1, output: `Migration name: ${name}` })
        t.same(
          await query(url, `SELECT to_regclass('half')`),
          [{ to_regclass: null }],
          'nothing of the failed migration remains',
        )
        t.match(await prisma(`migrate resolve --rolled-back ${name}`), { code: 0 })
        await project.writeMigration(name, 'CREATE TABLE whole (id int)')
        t.match(await prisma('migrate deploy'), { code: 0 })
        await load.stop(t, url)
        const sql = 'SELECT count(name)::int > 0 AS new, bool_and(name = title) AS same FROM tasks'
        t.same(await query(url, sql), [{ new: true, same: true }], 'and it suits both versions')
        t.equal(await service.kill(), 0)
      })
    }),
  ),
)

/** A steady load of all kinds of requests, each of which must be acknowledged. */
async function startLoad(url: string) {
  const writers = await createWriters(5)
  let isOver = false
  const work = writers.map(async (writer) => {
    while (!isOver && (await writer.write(url))) await sleep(25)
  })
  return {
    async stop(t: Test, ownerUrl?: string) {
      isOver = true
      await Promise.all(work)
      t.notOk(
        writers.find(({ isUnsure }) => isUnsure),
        'every request was acknowledged',
      )
      await Promise.all(writers.map((writer) => writer.verify(t, url, ownerUrl)))
      t.ok(writers.every(({ acknowledged }) => acknowledged > 20))
    },
  }
}
