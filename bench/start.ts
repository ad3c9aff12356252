import { openDatabase } from './database.ts'
import { createCpuMeter, residentMb } from './cpu.ts'
import { spread } from './pairs.ts'
import { createPerson } from './people.ts'
import { machine } from './report.ts'
import { startService } from './servers.ts'

const TIMES = 10

/** Measures the time and CPU from `node dist/server.js` to the first answers, with a PostgreSQL that is already running. */
export async function measureStart() {
  const database = await openDatabase()
  try {
    const { token } = createPerson('first')
    const meter = await createCpuMeter(database)
    // An earlier start has filled Node's cache of compiled code.
    await (await startService(database.serviceUrl)).stop()
    const starts: { health: number; tasks: number; cpu: number; rssMb: number }[] = []
    for (let time = 0; time < TIMES; time += 1) {
      const begin = performance.now()
      const service = await startService(database.serviceUrl)
      const health = performance.now() - begin
      const response = await fetch(`${service.url}/api/tasks`, {
        headers: { authorization: `Bearer ${token}` },
      })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`the first request was answered with ${response.status}`)
      const tasks = performance.now() - begin
      const cpu = (meter?.(service.pid).service ?? NaN) / 1000
      starts.push({ health, tasks, cpu, rssMb: residentMb(service.pid) ?? NaN })
      await service.stop()
    }
    const of = (name: keyof (typeof starts)[number]) => spread(starts.map((start) => start[name]))
    const [health, tasks, cpu, rssMb] = [of('health'), of('tasks'), of('cpu'), of('rssMb')]
    const text = ({ median, min, max }: typeof health) =>
      `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`
    console.log(
      `${TIMES} starts: /health after ${text(health)} ms, tasks after ${text(tasks)} ms, ` +
        `${text(cpu)} ms of CPU, memory ${text(rssMb)} MB`,
    )
    return { machine: machine(), health, tasks, cpu, rssMb }
  } finally {
    await database.close()
  }
}
