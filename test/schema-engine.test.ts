import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { databaseUrl, query } from './helpers/database.ts'

const file = join(import.meta.dirname, '../prisma/schema-engine.mjs')

/** Starts the engine as the Prisma CLI does; `ask` writes text as it is and waits for one line. */
function startEngine() {
  const url = new URL(databaseUrl())
  url.searchParams.set('application_name', 'engine under test')
  const child = spawn(file, ['--datasource', JSON.stringify({ url: url.href })])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (...chunks: string[]) => {
    for (const chunk of chunks) await new Promise((written) => child.stdin.write(chunk, written))
    return JSON.parse(String((await lines.next()).value))
  }
  const end = () => new Promise((resolve) => child.on('exit', resolve) && child.stdin.end())
  return { ask, end }
}

const request = (id: number, method: string, params?: object) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params }) + '\n'
const sessions = () =>
  query(databaseUrl(), `SELECT FROM pg_stat_activity WHERE application_name = 'engine under test'`)

t.test(
  'a request may come in pieces, answers keep its id, and the end of input ends the engine and its session',
  async (t) => {
    const { ask, end } = startEngine()
    const first = request(1, 'getDatabaseVersion')
    t.match(await ask(first.slice(0, 9), first.slice(9, 30), first.slice(30)), {
      jsonrpc: '2.0',
      id: 1,
      result: /^PostgreSQL/,
    })
    const confirmation = JSON.stringify({ jsonrpc: '2.0', id: 'print', result: {} }) + '\n'
    t.match(await ask(confirmation + request(2, 'getDatabaseVersion')), { id: 2, result: /^PostgreSQL/ })
    t.equal((await sessions()).length, 1)
    t.equal(await end(), 0)
    const deadline = performance.now() + 30_000
    while ((await sessions()).length > 0 && performance.now() < deadline);
    t.equal((await sessions()).length, 0)
  },
)

t.test('a panic is reported with the message of the engine', async (t) => {
  const { ask, end } = startEngine()
  const words = /debugPanic artificial panic/
  t.match(await ask(request(1, 'debugPanic')), {
    id: 1,
    error: { code: 4466, message: words, data: { is_panic: true, message: words } },
  })
  t.equal(await end(), 0)
})

t.test('after a crash outside of a call, this request and all later ones get an error', async (t) => {
  const { ask, end } = startEngine()
  for (const id of [1, 2]) {
    t.match(await ask(request(id, 'applyMigrations', {})), {
      id,
      error: { code: 4466, data: { is_panic: false, message: /migrationsList/ } },
    })
  }
  t.equal(await end(), 0)
})
