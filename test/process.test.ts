import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { jwtVerify } from 'jose'
import t from 'tap'
import { createUser, SECRET } from './helpers/app.ts'
import { databaseUrl, query, withDatabase } from './helpers/database.ts'
import { freePort } from './helpers/port.ts'
import { startService } from './helpers/service.ts'

const ROOT = join(import.meta.dirname, '..')
const headersOf = (token: string) => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
})

t.test(
  'the service starts without its database, and serves requests when the database is there',
  async (t) => {
    const address = new URL(databaseUrl())
    // A port that nobody listens on; later a relay to the real database stands there.
    const relay = createServer((socket) => {
      const upstream = socket.pipe(connectTo(address)).on('error', () => socket.destroy())
      upstream.pipe(socket).on('error', () => upstream.destroy())
    })
    const port = await freePort()
    const away = new URL(address)
    away.host = `127.0.0.1:${port}`
    const ready = 'the database is not available, next try in'
    const service = await startService(t, { DATABASE_URL: away.href }, { ready })
    t.equal((await fetch(`${service.url}/health`)).status, 200)
    const answer = await fetch(`${service.url}/ready`)
    t.equal(answer.status, 503)
    t.match(await answer.json(), { code: 'database_unavailable' })
    const user = await createUser()
    t.equal((await fetch(`${service.url}/api/tasks`, { headers: headersOf(user.token) })).status, 503)

    await new Promise<void>((resolve) => relay.listen(port, '127.0.0.1', resolve))
    t.teardown(() => relay.close())
    await service.output.contains('the database answers')
    t.equal((await fetch(`${service.url}/ready`)).status, 200)
    t.equal((await fetch(`${service.url}/api/tasks`, { headers: headersOf(user.token) })).status, 200)
    t.notMatch(service.output.text(), address.password || 'no password')
    t.equal(await service.kill(), 0)
  },
)

const connectTo = ({ hostname, port }: URL) => connect(Number(port), hostname)

t.test(
  'a log that cannot be written does not stop the service',
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
      MAX_EVENT_LOOP_DELAY_MS: '0',
    }
    const full = openSync('/dev/full', 'w')
    const service = spawn(process.execPath, ['src/server.ts'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', full, full],
    })
    const exited = once(service, 'exit')
    t.teardown(() => service.kill('SIGKILL'))
    const user = await createUser()
    const call = () => fetch(`http://127.0.0.1:${port}/api/tasks`, { headers: headersOf(user.token) })
    const deadline = performance.now() + 120_000
    while ((await call().catch(() => undefined))?.status !== 200 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100))
    for (let count = 0; count < 100; count += 1) if ((await call()).status !== 200) t.fail('a request failed')
    service.kill('SIGTERM')
    t.same(await exited, [0, null])
  },
)

t.test('if the service cannot listen, it exits with one sentence that names the variable', async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.teardown(() => taken.close())
  const port = String((taken.address() as { port: number }).port)
  for (const [variables, sentence] of [
    [{ PORT: port }, `PORT is ${port}, which another process uses: set another PORT.`],
    [
      { METRICS_PORT: port },
      `METRICS_PORT is ${port}, which another process uses: set another METRICS_PORT.`,
    ],
    [{ HOST: '192.0.2.1' }, 'HOST is 192.0.2.1, which is not an address of this machine.'],
    [
      { HOST: 'no-such-host.invalid' },
      'HOST is no-such-host.invalid, which is not an address of this machine.',
    ],
  ] as const) {
    const failed = await startService(t, variables).catch((error: Error) => error)
    t.ok(failed instanceof Error)
    const lines = (failed as Error).message
      .split('\n')
      .map((line) => line.replace(/^ended without .*?: /, ''))
    t.ok(lines.includes(sentence), (failed as Error).message)
    t.notMatch((failed as Error).message, / at .*:\d+:\d+/, 'no stack')
  }
})

t.test(
  'with its own DATABASE_URL, a start outside production does not migrate and prints no token',
  async (t) => {
    await withDatabase(databaseUrl(), async (url) => {
      const service = await startService(
        t,
        { NODE_ENV: 'development', DATABASE_URL: url, DIRECT_URL: '' },
        { ready: 'npm run token' },
      )
      t.match(service.output.text(), /Migrate +npm run migrate/)
      t.notMatch(service.output.text(), /Bearer|eyJ/)
      t.same(await query(url, "SELECT to_regclass('tasks') AS tasks"), [{ tasks: null }])
      await service.kill()
    })
  },
)

t.test(
  'npm run token prints a token that the service accepts, and refuses to do so in production',
  async (t) => {
    const run = (args: string[], env: Record<string, string>) =>
      promisify(execFile)(process.execPath, ['src/local/token.ts', ...args], {
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
    t.match((await run(['--help'], { NODE_ENV: 'development' })).stdout, /^Usage: npm run token -- --user ID/)
    for (const wrong of [
      ['--lifetime', 'soon'],
      ['--expires', '1h'],
    ])
      await t.rejects(run(['--user', 'alice', ...wrong], { NODE_ENV: 'development' }), {
        code: 1,
        stderr: /--(lifetime must be a time|expires).*Usage/s,
      })
    await t.rejects(
      run(['--user', 'alice'], { NODE_ENV: 'development', BETTER_AUTH_SECRET: `"${SECRET}"` }),
      {
        code: 1,
        stderr: /^BETTER_AUTH_SECRET must not be in quotes\.\n$/,
      },
    )
  },
)
