import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb } from './cpu.ts'
import { openDatabase, seedPeople } from './database.ts'
import { runOpenLoop } from './open-loop.ts'
import type { Options } from './options.ts'
import { machine } from './report.ts'
import { callsOf, routes } from './routes.ts'
import { type Server, startService } from './servers.ts'

const RATE = 500
const CONNECTIONS = 200
const EVERY_MS = 15_000
const mixed = routes.find(({ name }) => name === 'mixed')!

/** Shows whether the memory of the service stops growing under an even load of mixed requests. */
export async function soak({ minutes }: Options) {
  const database = await openDatabase()
  const service = await startService(database.serviceUrl)
  try {
    const cast = { people: await seedPeople(database), database }
    const load = runOpenLoop(service, {
      connections: CONNECTIONS,
      rate: RATE,
      seconds: minutes * 60,
      callsOf: (client) => callsOf(mixed, cast, 'service', client, CONNECTIONS),
    })
    const rssMb = await watchMemory(service, load)
    const { requests, errors, non2xx, p99 } = await load
    console.log(`${requests} requests, ${errors} errors, ${non2xx} not 2xx, p99 ${p99.toFixed(1)} ms`)
    return {
      machine: machine(),
      minutes,
      rate: RATE,
      requests,
      errors,
      non2xx,
      p99,
      everyMs: EVERY_MS,
      rssMb,
    }
  } finally {
    await service.stop()
    await database.close()
  }
}

/** Prints a line every 15 seconds until the load ends. */
async function watchMemory({ pid }: Server, load: Promise<unknown>): Promise<number[]> {
  const over = load.then(
    () => true,
    () => true,
  )
  const rssMb: number[] = []
  for (let isOver = false; !isOver;) {
    rssMb.push(residentMb(pid) ?? NaN)
    console.log(`${((rssMb.length - 1) * EVERY_MS) / 1000} s: ${rssMb.at(-1)} MB`)
    isOver = await Promise.race([over, sleep(EVERY_MS, false)])
  }
  return rssMb
}
