import Fastify from 'fastify'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import t, { type Test } from 'tap'
import { idleMemory, type IdleMemoryOptions } from '../src/operations/idle-memory.ts'
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

async function startIdleMemory(t: Test, options: IdleMemoryOptions = {}, logger?: object) {
  const app = Fastify({ ...(logger && { logger }) })
  await app.register(idleMemory, { everyMs: EVERY_MS, ...options })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return app
}

t.test('the service returns unused memory when it was busy and is idle, and not before', async (t) => {
  await startIdleMemory(t)
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
  let tries = 0
  const collect = async () => {
    tries += 1
    throw new Error('Inspector is not available')
  }
  await startIdleMemory(t, { collect }, { level: 'info', stream })
  const told = () => lines.filter(({ msg }) => msg.includes('memory'))
  await beBusy(2 * EVERY_MS)
  await eventually(() => told().length > 0)
  await beBusy(2 * EVERY_MS)
  await sleep(3 * EVERY_MS)
  t.equal(tries, 1)
  t.match(told(), [{ level: 30, msg: 'unused memory is not returned: Inspector is not available' }])
})

t.test('with too many connections no garbage is collected until there are fewer', async (t) => {
  let collections = 0
  const collect = async () => void (collections += 1)
  const app = await startIdleMemory(t, { maxConnections: 1, collect })
  const { port } = app.server.address() as AddressInfo
  const clients = [connect(port), connect(port)]
  await Promise.all(clients.map((client) => once(client, 'connect')))
  await beBusy(2 * EVERY_MS)
  await sleep(5 * EVERY_MS)
  t.equal(collections, 0)
  for (const client of clients) client.destroy()
  await eventually(() => collections > 0)
})
