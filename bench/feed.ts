import { callAsEverybody } from './check.ts'
import { runnerOf } from './compare.ts'
import { createCpuMeter } from './cpu.ts'
import { type BenchDatabase, openDatabase, removeCreated, seedPeople } from './database.ts'
import type { Options } from './options.ts'
import { compareInTurn } from './pairs.ts'
import { machine, type Result, tablesOf } from './report.ts'
import { routes } from './routes.ts'
import { type Server, startService } from './servers.ts'

const WRITES = ['toggle', 'update', 'create', 'delete']

/**
 * What the change feed adds to a write in PostgreSQL, except the 8 bytes of `changed_xid` in each row: its indexes and
 * its triggers. Without the last trigger, ids of deleted tasks are not kept.
 */
const WITHOUT_FEED = `
  DROP TRIGGER note_task_change ON tasks;
  DROP TRIGGER keep_deleted_task_id ON tasks;
  DROP TRIGGER keep_purged_task_ids ON deleted_tasks;
  DROP INDEX tasks_user_id_changed_xid_id_idx, deleted_tasks_user_id_changed_xid_id_idx`

/** The same service on two databases, of which one, `other`, has no change feed. */
export async function measureFeed({ pairs, seconds, only = WRITES }: Options) {
  const databases: BenchDatabase[] = []
  const servers: Server[] = []
  try {
    const start = async (sql: string) => {
      const database = await openDatabase()
      databases.push(database)
      await database.client.query(sql)
      const cast = { people: await seedPeople(database), database }
      const server = await startService(database.serviceUrl)
      servers.push(server)
      await callAsEverybody(server, cast.people)
      return { server, cast }
    }
    const [full, bare] = [await start(''), await start(WITHOUT_FEED)]
    const other: Server = { ...bare.server, name: 'other' }
    const meter = await createCpuMeter(full.cast.database)
    const results: Result[] = []
    for (const route of routes.filter(({ name }) => only.includes(name))) {
      const run = (server: Server) => {
        const { cast } = server === other ? bare : full
        return runnerOf('closed-64', route, cast, seconds)(server)
      }
      for (const server of [full.server, other]) await run(server)
      const result = await compareInTurn(full.server, [other], pairs, meter, run)
      results.push({ route: route.name, scenario: 'closed-64', ...result })
      for (const database of databases) await removeCreated(database)
    }
    console.log(`\nother: without the change feed\n\n${tablesOf(results)}`)
    return { machine: machine(), results }
  } finally {
    for (const server of servers) await server.stop()
    for (const database of databases) await database.close()
  }
}
