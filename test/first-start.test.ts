import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { withLocalIssuer } from '../src/local/start.ts'
import { createUser, signToken } from './helpers/app.ts'
import { bareEnvironment, freshClone } from './helpers/clone.ts'
import { query } from './helpers/database.ts'
import { collect } from './helpers/output.ts'

const ROOT = join(import.meta.dirname, '..')

/** Starts the service with nothing configured but a free port; `stop` is what Ctrl-C does. */
async function start(t: Test, folder: string) {
  const env = bareEnvironment({ NODE_ENV: 'development' })
  const service = spawn(process.execPath, ['src/server.ts'], { cwd: folder, env })
  const output = collect(service)
  const exited = once(service, 'exit')
  const stop = async () => {
    service.kill('SIGINT')
    return (await exited)[0] as number
  }
  t.teardown(() => service.exitCode === null && stop())
  await output.contains('Try it')
  return { output, stop }
}

/** Pastes a line into a shell. */
const paste = async (line: string) =>
  (await promisify(execFile)('sh', ['-c', `${line} --silent --show-error`])).stdout

t.test(
  'a first start needs no configuration and prints a working curl command, and a second start finds the data',
  async (t) => {
    const folder = freshClone(t)
    const first = await start(t, folder)
    const text = first.output.text()
    const curl = /Try it\s+(curl .*)/.exec(text)![1]!
    const [url, docs] = [/Task API\s+(\S+)/.exec(text)![1]!, /Docs\s+(\S+)/.exec(text)![1]!]
    t.equal(await paste(curl), '[]')
    t.match(await (await fetch(docs)).text(), /swagger/)
    const body = `-H 'content-type: application/json' -d '{"title":"kept"}'`
    t.match(JSON.parse(await paste(`${curl} ${body}`)), { title: 'kept', user_id: 'demo' })
    const stranger = await signToken(
      { sub: (await createUser()).id },
      'a secret that this folder does not have at all',
    )
    t.equal(
      (await fetch(`${url}/api/tasks`, { headers: { authorization: `Bearer ${stranger}` } })).status,
      401,
    )
    const database = readFileSync(join(folder, '.local/database-url'), 'utf8')
    t.same(
      await query(database, 'SELECT title FROM tasks'),
      [{ title: 'kept' }],
      'a front end on the same machine can find the database',
    )
    t.same(
      await query(database, "SELECT DISTINCT usename FROM pg_stat_activity WHERE usename <> 'postgres'"),
      [{ usename: 'task_api_service' }],
      'the service uses the role to which row-level security applies',
    )
    t.ok(text.trim().split('\n').at(-1)!.includes('Try it'), 'the banner comes last')
    t.notMatch(text, /"level"/, 'the log is readable')
    t.ok(text.indexOf('Server listening') < text.indexOf('the database answers'))
    t.equal(await first.stop(), 0)
    t.notOk(existsSync(join(folder, '.local/postgres/data/postmaster.pid')), 'PostgreSQL has stopped, too')

    const second = await start(t, folder)
    const again = /Try it\s+(curl .*)/.exec(second.output.text())![1]!
    t.match(JSON.parse(await paste(again)), [{ title: 'kept' }])
    const port = new URL(/Task API\s+(\S+)/.exec(second.output.text())![1]!).port
    t.match(
      JSON.parse(await paste(curl.replace(/localhost:\d+/, `localhost:${port}`))),
      [{ title: 'kept' }],
      'a token of the first start is still valid',
    )

    const beside = await start(t, freshClone(t))
    t.equal(
      await paste(/Try it\s+(curl .*)/.exec(beside.output.text())![1]!),
      '[]',
      'a second clone has its own data',
    )
    t.equal(await beside.stop(), 0)
    t.equal(await second.stop(), 0)
  },
)

t.test('concurrent first starts create one secret', async (t) => {
  const folder = t.testdir()
  const script = `
    const { withLocalSecret } = await import(${JSON.stringify(join(ROOT, 'src/local/start.ts'))})
    process.stdout.write(withLocalSecret({}, ${JSON.stringify(folder)}).BETTER_AUTH_SECRET)`
  const start = () =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: ROOT,
    })
  const secrets = (await Promise.all([start(), start(), start()])).map(({ stdout }) => stdout)
  t.match(secrets[0], /^[\w-]{43}$/)
  t.equal(new Set(secrets).size, 1)
  t.same(readdirSync(join(folder, '.local')), ['secret'])
})

t.test('the default issuer is a front end on this machine', async (t) => {
  t.same(withLocalIssuer({ PORT: '1' }), { PORT: '1', BETTER_AUTH_URL: 'http://localhost:3000' })
  t.same(
    withLocalIssuer({ BETTER_AUTH_URL: '' }),
    { BETTER_AUTH_URL: 'http://localhost:3000' },
    'an empty variable counts as not set',
  )
  for (const named of [
    { BETTER_AUTH_URL: 'https://app.example.com' },
    { JWKS_URL: 'https://keys.example.com' },
  ])
    t.same(withLocalIssuer(named), named)
})
