import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'
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

/** So many tasks, each of a good kilobyte. */
async function fill(app: TestApp, user: TestUser, tasks: number) {
  await app.call('GET', '/api/me', { user })
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, description)
     SELECT $1, 'x', repeat('x', 1000) FROM generate_series(1, $2::int)`,
    [user.id, tasks],
  )
}

t.test(
  'a client that takes too long to send its request is told so, and disconnected',
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
      'who sends nothing is disconnected, too',
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
    // It has come, and nobody takes it.
    await once(socket, 'readable')
    t.teardown(() => socket.destroy())
  })
  await Promise.all(deaf)
  t.equal((await app.call('GET', '/api/me', { user })).status, 200, 'meanwhile others are served')
  while ((await countConnections(app)) > 0) await sleep(50)
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

t.test('a request that waits for the database is not taken for an idle connection', WAITING, async (t) => {
  const app = await startApp(t, IMPATIENT)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const { exchange } = await startRaw(t, app)
  const lock = new pg.Client(databaseUrl())
  await lock.connect()
  await lock.query('BEGIN')
  await lock.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  const received = exchange(head('PATCH', `/api/tasks/${id}/complete`, user, 'connection: close\r\n'))
  await sleep(2500)
  await lock.query('ROLLBACK')
  await lock.end()
  t.match(await received, /^HTTP\/1.1 200 /)
})

t.test('a connection that is kept alive is closed when nothing more comes', WAITING, async (t) => {
  const app = await startApp(t)
  t.equal(app.app.server.keepAliveTimeout, 72_000)
  app.app.server.keepAliveTimeout = 100
  const { exchange } = await startRaw(t, app)
  t.match(await exchange('GET /health HTTP/1.1\r\nhost: x\r\n\r\n'), /^HTTP\/1.1 200 /)
})

/** An open connection on which a request was answered. */
async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
  const [answer] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [Buffer | boolean]
  return Object.assign(socket, { isAnswered: Buffer.isBuffer(answer) })
}

t.test('connections beyond the limit are dropped, until one of the others ends', async (t) => {
  const app = await startApp(t, { MAX_CONNECTIONS: '3' })
  const { port } = await startRaw(t, app)
  const sockets = [await open(port), await open(port), await open(port)]
  t.match(sockets, [{ isAnswered: true }, { isAnswered: true }, { isAnswered: true }])
  for (let count = 0; count < 3; count += 1) t.match(await open(port), { isAnswered: false })
  t.equal(app.logLines.filter((line) => line.includes('new ones are dropped')).length, 1, 'one line a minute')
  sockets[0]!.destroy()
  while ((await countConnections(app)) === 3) await sleep(5)
  t.match(await open(port), { isAnswered: true })

  const unlimited = await startApp(t, { MAX_CONNECTIONS: '0' })
  t.equal(unlimited.app.server.maxConnections, undefined)
})

t.test('thousands of idle connections are harmless', async (t) => {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits: { open_files: { soft: number | 'unlimited' } }
  }
  const files = Number(userLimits.open_files.soft) || Infinity
  const connections = Math.min(5000, files - 500)
  if (connections < 5000) t.comment(`only ${connections}: this process may open ${files} files`)
  const service = await startService(t)
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
    const text = await (await fetch(`${service.url}/metrics`)).text()
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
