import Fastify from 'fastify'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import t from 'tap'
import { idleMemory } from '../src/operations/idle-memory.ts'
import { eventually } from './helpers/eventually.ts'

const EVERY_MS = 100

/** The heap in MB, with what is free in it. */
const heapMb = () => getHeapStatistics().total_physical_size / 2 ** 20

/** Objects of about 100 MB, which are garbage when this function returns. */
function makeGarbage() {
  const objects = []
  for (let index = 0; index < 1_000_000; index += 1) objects.push({ index, text: `${index}`, more: [index] })
  return objects.length
}

/** Keeps the event loop busy. */
async function beBusy(ms: number) {
  for (const end = performance.now() + ms; performance.now() < end;) await turn()
}

t.test('the service returns unused memory when it was busy and is idle, and not before', async (t) => {
  const app = Fastify()
  await app.register(idleMemory, { everyMs: EVERY_MS })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  makeGarbage()
  const atMost = heapMb() - 50
  await beBusy(5 * EVERY_MS)
  const whileBusy = heapMb()
  await eventually(() => heapMb() < atMost)
  t.ok(whileBusy > atMost, `${whileBusy} MB while it was busy`)
})

t.test('if garbage cannot be collected on demand, the log says so once', async (t) => {
  const lines: { level: number; msg: string }[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const app = Fastify({ logger: { level: 'info', stream } })
  let tries = 0
  const collect = async () => {
    tries += 1
    throw new Error('Inspector is not available')
  }
  await app.register(idleMemory, { everyMs: EVERY_MS, collect })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const told = () => lines.filter(({ msg }) => msg.includes('memory'))
  await beBusy(2 * EVERY_MS)
  await eventually(() => told().length > 0)
  await beBusy(2 * EVERY_MS)
  await sleep(3 * EVERY_MS)
  t.equal(tries, 1)
  t.match(told(), [{ level: 30, msg: 'unused memory is not returned: Inspector is not available' }])
})

t.test('with too many connections no garbage is collected until there are fewer', async (t) => {
  const app = Fastify()
  let collections = 0
  const collect = async () => void (collections += 1)
  await app.register(idleMemory, { everyMs: EVERY_MS, maxConnections: 1, collect })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const clients = [connect(port), connect(port)]
  await Promise.all(clients.map((client) => once(client, 'connect')))
  await beBusy(2 * EVERY_MS)
  await sleep(5 * EVERY_MS)
  t.equal(collections, 0)
  for (const client of clients) client.destroy()
  await eventually(() => collections > 0)
})
