import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { startApp } from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { startPostgres } from './helpers/postgres.ts'
import { createRepeaters, type Repeater } from './helpers/repeater.ts'
import { startService } from './helpers/service.ts'
import { createWriters, type Writer } from './helpers/writer.ts'

// CRASH_ROUNDS=100 npm test -- test/crash.test.ts: as often as you like.
const rounds = (usual: number) => Number(process.env.CRASH_ROUNDS ?? usual)

t.test(
  'after a kill -9 of the service, every acknowledged write exists and no write is half done',
  async (t) => {
    const { app } = await startApp(t)
    const otherCopy = await app.listen({ port: 0, host: '127.0.0.1' })
    const writers = [...(await createWriters(8)), ...(await createRepeaters(2))]
    let unsure = 0
    for (let round = 1; round <= rounds(2); round += 1) {
      const url = new URL(serviceDatabaseUrl())
      url.searchParams.set('application_name', randomUUID())
      const service = await startService(t, { DATABASE_URL: url.href }, { isCovered: false })
      unsure += await killAmidst(writers, service.url, () => service.kill('SIGKILL'))
      // PostgreSQL finishes what had reached it.
      const left = 'SELECT FROM pg_stat_activity WHERE application_name = $1'
      const sessions = () => query(databaseUrl(), left, [url.searchParams.get('application_name')])
      await eventually(async () => (await sessions()).length === 0)
      await verify(t, writers, otherCopy)
    }
    t.ok(unsure > 0, 'requests were in flight')
  },
)

t.test(
  'after a kill -9 of PostgreSQL, every acknowledged write exists and no write is half done',
  async (t) => {
    // With the settings of any server: what counts is that a commit is in its log before it is acknowledged. That
    // the log is on the disk as well (fsync) counts where the whole machine goes down, which no test does.
    const server = await startPostgres(t)
    const { app } = await startApp(t, { DATABASE_URL: server.serviceUrl })
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const writers = [...(await createWriters(8)), ...(await createRepeaters(2))]
    let unsure = 0
    for (let round = 1; round <= rounds(2); round += 1) {
      unsure += await killAmidst(writers, url, () => server.end('SIGKILL'))
      server.start()
      await eventually(async () => (await fetch(`${url}/ready`)).status === 200)
      await verify(t, writers, url, server.url)
    }
    t.ok(unsure > 0, 'requests were in flight')
  },
)

/** Lets all write until something is killed among them; returns how many do not know what became of their last. */
async function killAmidst(
  writers: (Writer | Repeater)[],
  url: string,
  kill: () => Promise<unknown>,
): Promise<number> {
  const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged, 0)
  const enough = acknowledged() + 50 + Math.random() * 200
  const work = writers.map(async (writer) => {
    while (await writer.write(url));
  })
  await eventually(() => acknowledged() >= enough)
  await Promise.all([kill(), ...work])
  return writers.filter(({ isUnsure }) => isUnsure).length
}

const verify = (t: Test, writers: (Writer | Repeater)[], url: string, ownerUrl?: string) =>
  Promise.all(writers.map((writer) => writer.verify(t, url, ownerUrl)))
