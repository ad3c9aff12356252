import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import t from 'tap'
import { databaseUrl, query, serviceDatabaseUrl, withDatabase } from './helpers/database.ts'
import { collect } from './helpers/output.ts'
import { startService } from './helpers/service.ts'

const name = `role_${randomBytes(6).toString('hex')}`

/** Runs `npm run db:role` as npm does. */
async function makeRole(variables: Record<string, string>, args: string[] = ['--name', name]) {
  const env = { ...process.env, DIRECT_URL: '', DATABASE_URL: '', ...variables }
  const child = spawn(process.execPath, ['src/local/role.ts', ...args], { env })
  const output = collect(child)
  const [code] = (await once(child, 'close')) as [number]
  return { code, text: output.text() }
}

t.test(
  'the command creates the role of the service, and sets a new password if the role exists',
  async (t) => {
    t.teardown(() => query(databaseUrl(), `DROP OWNED BY ${name}; DROP ROLE ${name}`))
    const first = await makeRole({ DATABASE_URL: databaseUrl() })
    t.equal(first.code, 0, first.text)
    const second = await makeRole({ DIRECT_URL: databaseUrl(), DATABASE_URL: serviceDatabaseUrl() })
    t.equal(second.code, 0, second.text)
    const [old, current] = [first, second].map(({ text }) => /^DATABASE_URL=(\S+)$/m.exec(text)![1]!)
    t.not(old, current)
    t.same(await query(current!, `SELECT row_security_active('tasks') AS active`), [{ active: true }])
    await t.rejects(query(old!, 'SELECT 1'), /password authentication failed/)
  },
)

t.test('without a database or sufficient rights, the command explains why it fails', async (t) => {
  t.match(await makeRole({}), { code: 1, text: /DIRECT_URL or DATABASE_URL must be set/ })
  t.match(await makeRole({ DATABASE_URL: serviceDatabaseUrl() }), { code: 1, text: /permission denied/ })
  const { code, text } = await makeRole({ DATABASE_URL: 'postgresql://me:p@ss/w#rd@db.example.com/tasks' })
  t.equal(code, 1)
  t.match(text, /DATABASE_URL must be a valid URL: percent-encode/)
  t.notMatch(text, /ss\/w|w#rd/)
  t.match(await makeRole({}, ['--help']), { code: 0, text: /^Usage: npm run db:role/ })
})

t.test('a service whose role bypasses row-level security logs a warning at startup', async (t) => {
  const warning = 'bypasses row-level security'
  const { output } = await startService(t, { DATABASE_URL: databaseUrl() }, { ready: warning })
  t.match(output.text(), warning)
  const { output: quiet, kill } = await startService(t, {}, { isCovered: false })
  await kill()
  t.notMatch(quiet.text(), warning)
})

t.test('a changed collation version is a warning at startup that says what to do', async (t) => {
  await withDatabase(databaseUrl(), async (url) => {
    await query(
      url,
      "CREATE COLLATION task_title (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    )
    await query(url, "UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'task_title'")
    const warning = 'collation task_title has version 1.0'
    const { output, kill } = await startService(t, { DATABASE_URL: url }, { ready: warning })
    t.match(output.text(), /rebuild the indexes, then refresh the version/)
    await kill()
  })
})
