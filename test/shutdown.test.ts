import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import pg from 'pg'
import t, { type Test } from 'tap'
import { createUser, type TestUser } from './helpers/app.ts'
import { databaseUrl, query, serviceDatabaseUrl } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { answersIn } from './helpers/raw.ts'
import { startService } from './helpers/service.ts'

type Service = Awaited<ReturnType<typeof startService>>

const LONG_LIST = 20_000

t.test(
  'on SIGTERM the service reports 503 at /ready, keeps serving, stops listening, finishes all requests and exits',
  async (t) => {
    const database = await startRelay(t, serviceDatabaseUrl())
    const service = await startService(t, {
      DATABASE_URL: database.url,
      SHUTDOWN_DELAY_MS: '1500',
      SHUTDOWN_TIMEOUT_MS: '120000',
    })
    const user = await createUser()
    const { waiting, unlock } = await sendAndWait(t, service, user)
    await query(
      databaseUrl(),
      `INSERT INTO tasks (user_id, title, description) SELECT $1, n, repeat('-', 1000) FROM generate_series(1, $2) AS n`,
      [user.id, LONG_LIST],
    )
    const list = openConnection(t, service)
    list.send('GET /api/tasks', user)
    await once(list.socket, 'data')
    list.socket.pause()
    const [used, quiet, silent, slow] = Array.from({ length: 4 }, () => openConnection(t, service)) as [
      Connection,
      Connection,
      Connection,
      Connection,
    ]
    for (const { send, socket } of [used, quiet]) {
      send('GET /health')
      await once(socket, 'data')
    }
    slow.socket.write('GET /health HTTP/1.1\r\n')

    const exit = service.kill('SIGTERM')
    const get = (path: string) => fetch(service.url + path, { headers: bearer(user) })
    await eventually(async () => (await get('/ready')).status === 503)
    const ready = await get('/ready')
    t.match(await ready.json(), { status: 503, code: 'stopping' }, 'first /ready says no')
    t.equal((await get('/api/tasks?limit=1')).status, 200, 'while new connections are served')
    used.send('GET /health')
    const served = answersIn(await used.closed)
    t.equal(served[1]!.status, 200, 'and those that are kept alive')
    t.match(served[1]!.head, /^connection: close$/im, 'which end with their answer')

    await refused(service)
    t.pass('then nobody listens')
    await Promise.all([quiet.closed, silent.closed, slow.closed])
    t.pass('and connections without a request are closed')
    t.equal(waiting.received(), '')
    t.ok(database.open() > 0, 'while requests in flight still have the database')
    waiting.send('GET /api/tasks?limit=1', user)
    await unlock()
    const [finished, late] = answersIn(await waiting.closed)
    t.equal(finished!.status, 200, 'requests in flight finish')
    t.match(
      late,
      { status: 503, head: /^retry-after: 2\r$/im, body: /"code":"stopping"/ },
      'later ones do not',
    )
    t.match(late!.head, /^connection: close\r$/im)
    list.socket.resume()
    const whole = await list.closed
    t.equal(whole.match(/"id":/g)!.length, LONG_LIST + 1, 'a list finishes that has begun')
    t.ok(whole.endsWith('\r\n0\r\n\r\n'))

    t.equal(await exit, 0)
    t.ok(database.farewells() > 0)
    t.equal(database.farewells(), database.opened(), 'every connection to the database was closed properly')
    const lines = service.output.text().trim().split('\n')
    const indexOf = (text: string) => lines.findIndex((line) => line.includes(text))
    t.ok(indexOf('stopping on SIGTERM') < indexOf('"/api/tasks/:id/complete","status":200'))
    t.equal(
      indexOf('stopped: every request is answered'),
      lines.length - 1,
      'the last line says that all is done',
    )
  },
)

t.test('a second signal ends the service at once', async (t) => {
  for (const [when, variables] of [
    ['while it serves on', { SHUTDOWN_DELAY_MS: '600000' }],
    ['while a request is in flight', { SHUTDOWN_TIMEOUT_MS: '600000' }],
  ] as const) {
    const service = await startService(t, variables, { isCovered: false })
    await sendAndWait(t, service, await createUser())
    void service.kill('SIGTERM')
    if ('SHUTDOWN_DELAY_MS' in variables)
      await eventually(async () => (await fetch(`${service.url}/ready`)).status === 503)
    else await refused(service)
    t.equal(await service.kill('SIGINT'), 1, when)
    t.match(service.output.text(), /second SIGINT, exiting/)
  }
})

t.test('requests that take longer than the time limit are dropped, and the log says so', async (t) => {
  const service = await startService(t, { SHUTDOWN_TIMEOUT_MS: '200' }, { isCovered: false })
  const { waiting } = await sendAndWait(t, service, await createUser())
  t.equal(await service.kill('SIGTERM'), 1)
  t.equal(await waiting.closed, '')
  t.match(service.output.text(), /killed by timeout \(200ms\)/)
})

t.test('after an uncaught error, requests in flight are answered and new ones are refused', async (t) => {
  const fault = `process.on('SIGWINCH',()=>{throw(new(Error)('uncaught'))})`
  const service = await startService(t, {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=data:text/javascript,${fault}`,
    SHUTDOWN_DELAY_MS: '600000',
  })
  const { waiting, unlock } = await sendAndWait(t, service, await createUser())
  const exit = service.kill('SIGWINCH')
  await refused(service)
  await unlock()
  t.equal(answersIn(await waiting.closed)[0]!.status, 200)
  t.equal(await exit, 1)
  t.match(service.output.text(), /"message":"uncaught".*stopping after an uncaught error/)
})

const bearer = ({ token }: TestUser) => ({ authorization: `Bearer ${token}` })

/** Waits until no new connection is accepted. */
async function refused({ url }: Service) {
  await eventually(async () => (await fetch(`${url}/health`).catch(() => undefined)) === undefined)
}

type Connection = ReturnType<typeof openConnection>

/** One connection to the service, which is left alone until something is sent on it. */
function openConnection(t: Test, { url }: Service) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).setEncoding('latin1')
  t.teardown(() => socket.destroy())
  const parts: string[] = []
  socket.on('data', (part: string) => parts.push(part)).on('error', () => {})
  const send = (line: string, user?: TestUser) => {
    const headers = { host: 'localhost', ...(user && bearer(user)) }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`${line} HTTP/1.1\r\n${lines.join('')}\r\n`)
  }
  const received = () => parts.join('')
  return { socket, send, received, closed: once(socket, 'close').then(received) }
}

/** Sends a request that waits in the database until it is unlocked. */
async function sendAndWait(t: Test, service: Service, user: TestUser) {
  const created = await fetch(`${service.url}/api/tasks`, {
    method: 'POST',
    headers: { ...bearer(user), 'content-type': 'application/json' },
    body: '{"title": "Locked"}',
  })
  const { id } = (await created.json()) as { id: number }
  const client = new pg.Client(databaseUrl())
  await client.connect()
  t.teardown(() => client.end())
  await client.query('BEGIN')
  await client.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  const waiting = openConnection(t, service)
  waiting.send(`PATCH /api/tasks/${id}/complete`, user)
  const blocked = `SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))`
  await eventually(async () => (await client.query(blocked)).rowCount! > 0)
  return { waiting, unlock: () => client.query('COMMIT') }
}

/** Between service and database: counts connections, and those that the service ended in due form. */
async function startRelay(t: Test, databaseUrl: string) {
  // https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-TERMINATE
  const TERMINATE = Buffer.from('X\0\0\0\x04')
  const { hostname, port } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let opened = 0
  let farewells = 0
  const relay = createServer((socket) => {
    opened += 1
    sockets.add(socket.once('close', () => sockets.delete(socket)))
    const upstream = connect(Number(port), hostname).on('error', () => socket.destroy())
    socket.on('data', (part) => (farewells += Number(part.subarray(-5).equals(TERMINATE))))
    socket.on('error', () => upstream.destroy())
    socket.pipe(upstream).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  t.teardown(() => relay.close())
  const url = Object.assign(new URL(databaseUrl), {
    hostname: '127.0.0.1',
    port: String((relay.address() as { port: number }).port),
  }).href
  return { url, opened: () => opened, open: () => sockets.size, farewells: () => farewells }
}
