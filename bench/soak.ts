import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb } from './cpu.ts'
import { openDatabase, seedPeople } from './database.ts'
import { runOpenLoop } from './open-loop.ts'
import type { Options } from './options.ts'
import { machine } from './report.ts'
import { callsOf, routes } from './routes.ts'
import { startService } from './servers.ts'

const RATE = 500
const CONNECTIONS = 200
const EVERY_MS = 15_000
const mixed = routes.find(({ name }) => name === 'mixed')!

/** The memory of the service under an even load of mixed requests: does it settle? */
export async function soak({ minutes }: Options) {
  const database = await openDatabase()
  const service = await startService(database.url)
  try {
    const cast = { people: await seedPeople(database), database }
    const callsOfClient = (client: number) => callsOf(mixed, cast, 'service', client, CONNECTIONS)
    const running = { done: false }
    const load = runOpenLoop(service, {
      connections: CONNECTIONS,
      rate: RATE,
      seconds: minutes * 60,
      callsOf: callsOfClient,
    }).finally(() => (running.done = true))
    const rssMb: number[] = []
    for (let second = 0; !running.done; second += EVERY_MS / 1000) {
      rssMb.push(residentMb(service.pid) ?? NaN)
      console.log(`${second} s: ${rssMb.at(-1)} MB`)
      await Promise.race([sleep(EVERY_MS), load])
    }
    const { requests, errors, non2xx, p99 } = await load
    console.log(`${requests} requests, ${errors} errors, ${non2xx} answers other than 2xx, p99 ${p99.toFixed(1)} ms`)
    return { machine: machine(), minutes, rate: RATE, requests, errors, non2xx, p99, everyMs: EVERY_MS, rssMb }
  } finally {
    await service.stop()
    await database.close()
  }
}
