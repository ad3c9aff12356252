import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { MAX_WAITING } from '../src/http/connections.ts'
import { PER_TURN } from '../src/http/intake.ts'
import { databaseUrl, query } from './helpers/database.ts'
import { eventually } from './helpers/eventually.ts'
import { answersIn, startRaw } from './helpers/raw.ts'
import { startService } from './helpers/service.ts'

t.jobs = 5
/** Tests that mostly wait do so at the same time. */
const WAITING = { buffered: true, timeout: 60_000 }

/** Slow clients get a second here, not half a minute. */
const IMPATIENT = { REQUEST_TIMEOUT_MS: '1000' }

const head = (method: string, url: string, user: TestUser, more = '') =>
  `${method} ${url} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${user.token}\r\n${more}\r\n`
const countConnections = ({ app }: TestApp) =>
  new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)))

/** Sends `start`, then a byte every now and then, and returns all that comes back until the service ends it. */
async function trickle(port: number, start: string, byte: string): Promise<string> {
  let received = ''
  const socket = connect(port, '127.0.0.1')
  socket.write(start)
  socket.setEncoding('latin1').on('data', (text: string) => (received += text))
  const timer = setInterval(() => byte && socket.write(byte), 100)
  await once(socket, 'close').catch(() => {})
  clearInterval(timer)
  return received
}

/** Creates this number of tasks, each of a little more than one kilobyte. */
async function fill(app: TestApp, user: TestUser, tasks: number) {
  await app.call('GET', '/api/me', { user })
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, description)
     SELECT $1, 'x', repeat('x', 1000) FROM generate_series(1, $2::int)`,
    [user.id, tasks],
  )
}

/** Locks the row of a task until the returned function is called. */
async function lockTask(id: unknown) {
  const lock = new pg.Client(databaseUrl())
  await lock.connect()
  await lock.query('BEGIN')
  await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  return async () => {
    await lock.query('ROLLBACK')
    await lock.end()
  }
}

t.test(
  'a client that takes too long to send its request gets a 408 and is disconnected',
  WAITING,
  async (t) => {
    const app = await startApp(t, IMPATIENT)
    const user = await createUser()
    const { port } = await startRaw(t, app)
    const post = head(
      'POST',
      '/api/tasks',
      user,
      'content-type: application/json\r\ncontent-length: 5000\r\n',
    )
    const tooSlow = {
      'headers that trickle': trickle(port, 'GET /health HTTP/1.1\r\nhost: x\r\nx: ', 'y'),
      'a body that trickles': trickle(port, post, ' '),
      'chunks that trickle': trickle(
        port,
        post.replace(/content-length.*\r\n/, 'transfer-encoding: chunked\r\n'),
        '1\r\n \r\n',
      ),
      'a body that never comes': trickle(port, post, ''),
    }
    for (const [what, received] of Object.entries(tooSlow)) {
      const [answer, ...others] = answersIn(await received)
      t.match(
        [answer!.status, JSON.parse(answer!.body), others],
        [408, { code: 'request_timeout' }, []],
        what,
      )
    }
    t.equal(
      answersIn(await trickle(port, '', '')).length <= 1,
      true,
      'a client that sends nothing is disconnected, too',
    )
    t.same((await app.call('GET', '/api/tasks', { user })).body, [])
  },
)

t.test('a client that does not read its answer is disconnected', WAITING, async (t) => {
  const app = await startApp(t, { ...IMPATIENT, DATABASE_POOL_MAX: '2' })
  const user = await createUser()
  await fill(app, user, 15_000)
  const { port } = await startRaw(t, app)
  const deaf = Array.from({ length: 4 }, async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {}).write(head('GET', '/api/tasks', user))
    // The answer has arrived and is not read.
    await once(socket, 'readable')
    t.teardown(() => socket.destroy())
  })
  await Promise.all(deaf)
  t.equal((await app.call('GET', '/api/me', { user })).status, 200, 'others are served at the same time')
  await eventually(async () => (await countConnections(app)) === 0)
  t.notMatch(app.logLines.join(''), /"level":50/)
})

t.test('a client that reads slowly gets its whole answer, however long it takes', WAITING, async (t) => {
  const app = await startApp(t, IMPATIENT)
  const user = await createUser()
  await fill(app, user, 10_000)
  const { port } = await startRaw(t, app)
  const socket = connect(port, '127.0.0.1')
  socket.write(head('GET', '/api/tasks', user, 'connection: close\r\n'))
  let received = ''
  let rests = 0
  for await (const part of socket.setEncoding('latin1')) {
    received += part as string
    if (received.length > rests * 1_000_000) await sleep(250, (rests += 1))
  }
  t.ok(rests > 8, 'that took longer than a client may take that does not read at all')
  t.match(received.slice(-40), /\]\r\n0\r\n\r\n$/)
})

t.test('a request that waits for the database does not count as an idle connection', WAITING, async (t) => {
  const app = await startApp(t, IMPATIENT)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const { exchange } = await startRaw(t, app)
  const unlock = await lockTask(id)
  const received = exchange(head('PATCH', `/api/tasks/${id}/complete`, user, 'connection: close\r\n'))
  await sleep(2500)
  await unlock()
  t.match(await received, /^HTTP\/1.1 200 /)
})

t.test('an idle keep-alive connection is closed after its timeout', WAITING, async (t) => {
  const app = await startApp(t)
  t.equal(app.app.server.keepAliveTimeout, 72_000, 'longer than most balancers keep theirs')
  const short = await startApp(t, { KEEP_ALIVE_TIMEOUT_MS: '1000' })
  const { exchange } = await startRaw(t, short)
  t.match(await exchange('GET /health HTTP/1.1\r\nhost: x\r\n\r\n'), /^HTTP\/1.1 200 /)
})

const health = (more = '') => `GET /health HTTP/1.1\r\nhost: x\r\n${more}\r\n`

t.test('pipelined requests are answered one after another, in their order', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  let atOnce = 0
  let most = 0
  app.database.watchStatements((text, answer) => {
    // The upkeep of the service belongs to no request.
    if (text.includes('purge_')) return
    most = Math.max(most, (atOnce += 1))
    const end = () => (atOnce -= 1)
    answer.then(end, end)
  })
  const { exchange } = await startRaw(t, app)
  const toggle = head('PATCH', `/api/tasks/${id}/complete`, user)
  const received = answersIn(
    await exchange(toggle.repeat(99) + head('GET', `/api/tasks/${id}`, user, 'connection: close\r\n')),
  )
  t.equal(received.length, 100)
  t.same(
    received.map(({ body }) => (JSON.parse(body) as { completed: boolean }).completed),
    [...Array.from({ length: 99 }, (_, index) => index % 2 === 0), true],
  )
  t.equal(most, 1, 'the database works on one of them at a time')
})

t.test(
  'a connection with too many pipelined requests is closed after the earlier answers, which are complete',
  async (t) => {
    const app = await startApp(t)
    const { exchange } = await startRaw(t, app)
    for (const path of ['/metrics', '/openapi.json', '/health']) {
      const answers = answersIn(await exchange(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(1500)))
      t.equal(answers.length, MAX_WAITING + 2, path)
      t.same(new Set(answers.slice(0, -1).map(({ status }) => status)), new Set([200]))
      t.match(answers.at(-1), {
        status: 503,
        head: /^connection: close\r$[^]*|^retry-after: 1\r$[^]*/im,
        body: /"code":"pipeline_full"/,
      })
      t.equal(requestLines(app, path).length, MAX_WAITING + 1, 'no further requests were begun')
    }
    t.equal(app.logLines.filter((line) => line.includes('without waiting for an answer')).length, 1)
  },
)

const requestLines = ({ logLines }: TestApp, route: string) =>
  logLines.filter((line) => line.includes('"msg":"request"') && line.includes(`"route":"${route}"`))

t.test('other connections are served while one has requests waiting', async (t) => {
  const app = await startApp(t)
  const { port, exchange } = await startRaw(t, app)
  const order: string[] = []
  const greedy = exchange(health().repeat(MAX_WAITING) + health('connection: close\r\n')).then(() =>
    order.push('greedy'),
  )
  const others = Array.from({ length: 5 }, () => open(port).then(() => order.push('other')))
  await Promise.all([greedy, ...others])
  t.equal(order.at(-1), 'greedy')
})

/** Opens connections, then sends a request on each of them at once. The tokens need not be valid for /health. */
async function sendAtOnce(port: number, tokens: readonly string[]) {
  const sockets = tokens.map(() => connect(port, '127.0.0.1'))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  // The service has accepted all of them, so their requests arrive in one turn of its event loop.
  await Promise.all(sockets.map((socket, index) => ask(socket, `opening-${index}`)))
  const answers = sockets.map((socket, index) => ask(socket, tokens[index]!))
  return { sockets, answers }
}

async function ask(socket: Socket, token: string) {
  socket.write(health(`authorization: Bearer ${token}\r\nx-request-id: ${token}\r\n`))
  await once(socket, 'data')
}

/** The ids of the requests that came from `sendAtOnce`, in the order in which they ended. */
const idsIn = ({ logLines }: TestApp) =>
  logLines.flatMap((line) => /"request_id":"(fat|thin)"/.exec(line)?.[1] ?? [])

t.test('the duration of a request includes the time that it waited before it began', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const { exchange } = await startRaw(t, app)
  const unlock = await lockTask(id)
  const toggle = head('PATCH', `/api/tasks/${id}/complete`, user)
  const received = exchange(toggle + health('connection: close\r\n'))
  await eventually(() => app.database.statementsInFlight() > 0)
  const start = performance.now()
  await sleep(300)
  const waited = Math.floor(performance.now() - start)
  await unlock()
  t.equal(answersIn(await received).length, 2)
  await eventually(() => requestLines(app, '/health').length === 1)
  const { duration_ms } = JSON.parse(requestLines(app, '/health')[0]!) as { duration_ms: number }
  t.ok(duration_ms >= waited, `${duration_ms} ms, of which it waited at least ${waited} ms`)
})

t.test('hundreds of requests of one sender that arrive at once do not delay others', async (t) => {
  const app = await startApp(t)
  const { port } = await startRaw(t, app)
  const { sockets, answers } = await sendAtOnce(port, [...Array<string>(300).fill('fat'), 'thin'])
  await Promise.all(answers)
  await eventually(() => idsIn(app).length === 301)
  const before = idsIn(app).indexOf('thin')
  t.ok(before <= 3 * PER_TURN, `${before} of 300 ended before the other sender’s`)
  for (const socket of sockets) socket.destroy()
})

t.test('requests that wait for their turn are not begun if their client disconnects', async (t) => {
  const app = await startApp(t)
  const { port } = await startRaw(t, app)
  const { sockets, answers } = await sendAtOnce(port, Array<string>(300).fill('fat'))
  await answers[0]
  for (const socket of sockets) socket.destroy()
  await eventually(async () => (await countConnections(app)) === 0)
  await eventually(async () => (await app.call('GET', '/health')).status === 200)
  t.ok(idsIn(app).length < 300, `${idsIn(app).length} of 300 were begun`)
})

t.test('requests that wait on a closed connection are not begun', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { exchange } = await startRaw(t, app)
  const post = (more = '') =>
    head('POST', '/api/tasks', user, `content-type: application/json\r\ncontent-length: 13\r\n${more}`) +
    '{"title":"x"}'
  const answers = answersIn(await exchange(post('connection: close\r\n') + post()))
  t.same(
    answers.map(({ status }) => status),
    [201],
  )
  t.equal((await app.call('GET', '/api/tasks', { user })).body.length, 1)
})

t.test('all addresses of localhost have the same limits and errors', async (t) => {
  const { app } = await startApp(t)
  await app.listen({ port: 0, host: 'localhost' })
  t.teardown(() => app.server.closeAllConnections())
  for (const { address, port } of app.addresses() as AddressInfo[]) {
    for (const [bytes, status] of [
      ['no HTTP\r\n\r\n', 400],
      [health('expect: more\r\n'), 417],
      [health().repeat(MAX_WAITING + 5), 503],
    ] as const) {
      const socket = connect(port, address).setEncoding('latin1')
      let received = ''
      socket.on('data', (text: string) => (received += text)).write(bytes)
      await once(socket, 'close')
      const last = answersIn(received).at(-1)!
      t.match([last.status, JSON.parse(last.body)], [status, { status }], `${address} ${status}`)
    }
  }
})

/** An open connection on which a request was answered. */
async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
  const [answer] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [Buffer | boolean]
  return Object.assign(socket, { isAnswered: Buffer.isBuffer(answer) })
}

t.test('connections over the limit are dropped until another one ends', async (t) => {
  const app = await startApp(t, { MAX_CONNECTIONS: '3' })
  const { port } = await startRaw(t, app)
  const sockets = [await open(port), await open(port), await open(port)]
  t.match(sockets, [{ isAnswered: true }, { isAnswered: true }, { isAnswered: true }])
  for (let count = 0; count < 3; count += 1) t.match(await open(port), { isAnswered: false })
  t.equal(app.logLines.filter((line) => line.includes('new ones are dropped')).length, 1, 'one line a minute')
  sockets[0]!.destroy()
  await eventually(async () => (await countConnections(app)) < 3)
  t.match(await open(port), { isAnswered: true })

  const unlimited = await startApp(t, { MAX_CONNECTIONS: '0' })
  t.match(await open((await startRaw(t, unlimited)).port), { isAnswered: true })
})

t.test('thousands of idle connections are harmless', async (t) => {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits: { open_files: { soft: number | 'unlimited' } }
  }
  const files = Number(userLimits.open_files.soft) || Infinity
  const connections = Math.min(5000, files - 500)
  if (connections < 5000) t.comment(`only ${connections}: this process may open ${files} files`)
  const metricsToken = 'a-token-for-the-metrics'
  const service = await startService(t, { METRICS_TOKEN: metricsToken }, { isCovered: false })
  const port = Number(new URL(service.url).port)
  const user = await createUser()
  const ask = async () => {
    const answer = await fetch(`${service.url}/api/me`, {
      headers: { authorization: `Bearer ${user.token}` },
    })
    await answer.text()
    return answer.status
  }
  const memory = async () => {
    const headers = { authorization: `Bearer ${metricsToken}` }
    const text = await (await fetch(`${service.url}/metrics`, { headers })).text()
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)![1])
  }
  for (let count = 0; count < 200; count += 1) await ask()
  const before = await memory()
  const sockets: Socket[] = []
  t.teardown(() => sockets.forEach((socket) => socket.destroy()))
  while (sockets.length < connections)
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => open(port)))))
  t.equal(sockets.filter((socket) => socket.destroyed || socket.closed).length, 0, 'all of them are open')
  for (let count = 0; count < 50; count += 1) t.equal(await ask(), 200)
  const each = ((await memory()) - before) / sockets.length
  t.comment(`${sockets.length} idle connections, ${(each / 1024).toFixed(1)} KiB each`)
  t.ok(each < 50 * 1024, 'each costs little memory')
  t.equal(await service.kill(), 0, 'and they do not hold up its end')
})
