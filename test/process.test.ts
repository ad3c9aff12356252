import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { jwtVerify } from 'jose'
import t from 'tap'
import { createUser, SECRET } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { startService } from './helpers/service.ts'

const ROOT = join(import.meta.dirname, '..')
const headersOf = (token: string) => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
})

t.test('everything that was acknowledged is there after a kill -9 in the middle of writes', async (t) => {
  const user = await createUser()
  const acknowledged: { id: number; title: string }[] = []
  for (let round = 0; round < 3; round += 1) {
    const service = await startService(t)
    let running = true
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let count = 0; running; count += 1) {
        const title = `${round} ${writer} ${count}`
        const init = { method: 'POST', headers: headersOf(user.token), body: JSON.stringify({ title }) }
        const response = await fetch(`${service.url}/api/tasks`, init).catch(() => undefined)
        const body = await response?.json().catch(() => undefined)
        if (response?.status === 201 && body !== undefined)
          acknowledged.push(body as { id: number; title: string })
        else if (response === undefined || body === undefined) return
      }
    })
    while (acknowledged.length < (round + 1) * 100) await new Promise((resolve) => setTimeout(resolve, 5))
    await service.kill('SIGKILL')
    running = false
    await Promise.all(writers)
  }
  const rows = await query<{ id: string; title: string }>(
    databaseUrl(),
    'SELECT id, title FROM tasks WHERE user_id = $1',
    [user.id],
  )
  const stored = new Map(rows.map(({ id, title }) => [Number(id), title]))
  t.ok(acknowledged.length >= 300)
  for (const { id, title } of acknowledged)
    if (stored.get(id) !== title) t.fail(`task ${id} was acknowledged and is gone`)
  t.ok(
    rows.length - acknowledged.length <= 3 * 8,
    'at most the requests in flight were stored unacknowledged',
  )
})

t.test('a database that is away at the start is waited for', async (t) => {
  const address = new URL(databaseUrl())
  // A port that nobody listens on; later a relay to the real database stands there.
  const relay = createServer((socket) => {
    const upstream = socket.pipe(connectTo(address)).on('error', () => socket.destroy())
    upstream.pipe(socket).on('error', () => upstream.destroy())
  })
  const port = await freePort()
  const away = new URL(address)
  away.host = `127.0.0.1:${port}`
  const service = await startService(
    t,
    { DATABASE_URL: away.href },
    'the database is not available, next try in',
  )
  t.equal((await fetch(`${service.url}/health`)).status, 200)
  const ready = await fetch(`${service.url}/ready`)
  t.equal(ready.status, 503)
  t.match(await ready.json(), { code: 'database_unavailable' })
  const user = await createUser()
  t.equal((await fetch(`${service.url}/api/tasks`, { headers: headersOf(user.token) })).status, 503)

  await new Promise<void>((resolve) => relay.listen(port, '127.0.0.1', resolve))
  t.teardown(() => relay.close())
  await service.output.contains('the database answers')
  t.equal((await fetch(`${service.url}/ready`)).status, 200)
  t.equal((await fetch(`${service.url}/api/tasks`, { headers: headersOf(user.token) })).status, 200)
  t.notMatch(service.output.text(), address.password || 'no password')
  t.equal(await service.kill(), 0)
})

const connectTo = ({ hostname, port }: URL) => connect(Number(port), hostname)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

t.test(
  'a log that cannot be written neither ends nor stops the service',
  { skip: !existsSync('/dev/full') && 'no /dev/full here' },
  async (t) => {
    const port = await freePort()
    const env = {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl(),
      BETTER_AUTH_SECRET: SECRET,
      PORT: String(port),
      HOST: '127.0.0.1',
      SHUTDOWN_DELAY_MS: '0',
    }
    const full = openSync('/dev/full', 'w')
    const service = spawn(process.execPath, [...process.execArgv, 'src/server.ts'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', full, full],
    })
    const exited = once(service, 'exit')
    t.teardown(() => service.kill('SIGKILL'))
    const user = await createUser()
    const call = () => fetch(`http://127.0.0.1:${port}/api/tasks`, { headers: headersOf(user.token) })
    while ((await call().catch(() => undefined))?.status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 100))
    for (let count = 0; count < 100; count += 1) if ((await call()).status !== 200) t.fail('a request failed')
    service.kill('SIGTERM')
    t.same(await exited, [0, null])
  },
)

t.test('a port that is taken is one clear line and exit code 1', async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  await t.rejects(startService(t, { PORT: String(port) }), { message: /EADDRINUSE/ })
})

t.test('npm run token prints a token that the service takes, and refuses in production', async (t) => {
  const run = (args: string[], env: Record<string, string>) =>
    promisify(execFile)(process.execPath, [...process.execArgv, 'src/token.ts', ...args], {
      cwd: ROOT,
      env: { ...process.env, BETTER_AUTH_SECRET: SECRET, ...env },
    })
  const { stdout } = await run(['--user', 'alice', '--email', 'alice@example.com', '--lifetime', '1h'], {
    NODE_ENV: 'development',
  })
  const { payload } = await jwtVerify(stdout.trim(), new TextEncoder().encode(SECRET), {
    algorithms: ['HS256'],
  })
  t.match(payload, { sub: 'alice', email: 'alice@example.com' })
  t.equal(payload.exp! - payload.iat!, 3600)
  await t.rejects(run(['--user', 'alice'], { NODE_ENV: 'production' }), {
    code: 1,
    stdout: '',
    stderr: /In production/,
  })
  await t.rejects(run([], { NODE_ENV: 'development' }), { code: 1, stderr: /Usage/ })
})
