import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t from 'tap'
import { ListeningServer } from '../src/http/listening-server.ts'
import { startApp, type TestApp } from './helpers/app.ts'
import { eventually } from './helpers/eventually.ts'
import { freePort } from './helpers/port.ts'
import { startService } from './helpers/service.ts'

/** Enough for every listening socket to accept some. */
const CLIENTS = 300

const countConnections = ({ server }: TestApp['app']) =>
  new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)))

t.test(
  'hundreds of clients that connect at once are all answered, and none after the server has closed',
  async (t) => {
    const { app } = await startApp(t, { RATE_LIMIT_MAX: '0' })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as { port: number }
    const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
    const sockets = Array.from({ length: CLIENTS }, () => connect(port, '127.0.0.1'))
    t.teardown(() => sockets.forEach((socket) => socket.destroy()))
    const answers = await Promise.all(
      sockets.map(async (socket) => {
        socket.write(ask('/health'))
        const [bytes] = (await once(socket, 'data')) as [Buffer]
        return bytes.toString('latin1', 0, 15)
      }),
    )
    t.same(new Set(answers), new Set(['HTTP/1.1 200 OK']))
    t.equal(await countConnections(app), CLIENTS, 'whichever socket accepted them')

    const ended = sockets.map(async (socket: Socket) => socket.closed || once(socket, 'close'))
    await app.close()
    await Promise.all(ended)
    const late = connect(port, '127.0.0.1')
    t.match(await once(late, 'error').then(([error]) => error as Error), { code: 'ECONNREFUSED' })
  },
)

t.test('close ends when the requests of all connections are answered', async (t) => {
  const waiting: ServerResponse[] = []
  const server = new ListeningServer({}, (_request, response) => waiting.push(response))
  server.listen({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const answers = Array.from({ length: CLIENTS }, async () =>
    (await fetch(`http://127.0.0.1:${port}`)).text(),
  )
  await eventually(() => waiting.length === CLIENTS)
  let isClosed = false
  server.close(() => (isClosed = true))
  // One request is enough to keep it open, whichever socket has accepted it.
  const last = waiting.pop()!
  for (const response of waiting) response.setHeader('connection', 'close').end('done')
  await Promise.any(answers)
  t.equal(isClosed, false)
  last.setHeader('connection', 'close').end('done')
  t.same(new Set(await Promise.all(answers)), new Set(['done']))
  await eventually(() => isClosed)
})

t.test('a port that another copy of the service uses is not shared with it', async (t) => {
  const PORT = String(await freePort())
  await startService(t, { PORT }, { isCovered: false })
  const { app } = await startApp(t)
  await t.rejects(app.listen({ port: Number(PORT), host: '127.0.0.1' }), { code: 'EADDRINUSE' })
})
