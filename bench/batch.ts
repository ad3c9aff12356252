import { createCpuMeter } from './cpu.ts'
import { openDatabase } from './database.ts'
import type { Options } from './options.ts'
import { spread } from './pairs.ts'
import { createPerson, type Person } from './people.ts'
import { machine } from './report.ts'
import { type Server, startService } from './servers.ts'

const SIZE = 100
const ROUNDS_PER_PAIR = 10

interface Cost {
  ms: number
  service: number
  postgres: number
}

/** A batch that creates 100 tasks, against 100 single calls one after another, in alternating rounds. */
export async function measureBatch({ pairs }: Options) {
  const database = await openDatabase()
  const service = await startService(database.serviceUrl)
  try {
    const person = createPerson('batch')
    const measure = await createCpuMeter(database)
    const cpu = () => measure?.(service.pid) ?? { service: NaN, postgres: NaN }
    const cost = async (run: () => Promise<void>): Promise<Cost> => {
      const [before, start] = [cpu(), performance.now()]
      for (let round = 0; round < ROUNDS_PER_PAIR; round += 1) await run()
      const [after, ms] = [cpu(), performance.now() - start]
      return {
        ms: ms / ROUNDS_PER_PAIR,
        service: (after.service - before.service) / ROUNDS_PER_PAIR / SIZE,
        postgres: (after.postgres - before.postgres) / ROUNDS_PER_PAIR / SIZE,
      }
    }
    const kinds = {
      batch: () => createTogether(service, person),
      single: () => createOneByOne(service, person),
    }
    await cost(kinds.batch)
    await cost(kinds.single)
    const found: Record<keyof typeof kinds, Cost[]> = { batch: [], single: [] }
    for (let pair = 0; pair < pairs; pair += 1)
      for (const kind of ['batch', 'single'] as const) found[kind].push(await cost(kinds[kind]))
    const figures = { machine: machine(), batch: summarize(found.batch), single: summarize(found.single) }
    console.log(line('one batch of 100', figures.batch))
    console.log(line('100 single calls', figures.single))
    return figures
  } finally {
    await service.stop()
    await database.close()
  }
}

const summarize = (costs: Cost[]) => ({
  ms: spread(costs.map(({ ms }) => ms)),
  service: spread(costs.map(({ service }) => service)),
  postgres: spread(costs.map(({ postgres }) => postgres)),
})

const line = (what: string, { ms, service, postgres }: ReturnType<typeof summarize>) =>
  `${what}: ${ms.median.toFixed(0)} ms; for each task ${service.median.toFixed(0)} µs of CPU of the service ` +
  `and ${postgres.median.toFixed(0)} µs of PostgreSQL`

const task = (number: number) => ({
  title: `Created task ${number}`,
  description: 'With a few words about it.',
})
const numbers = Array.from({ length: SIZE }, (_, index) => index)

async function createOneByOne(service: Server, person: Person) {
  for (const number of numbers) await post(service, person, '/api/tasks', task(number))
}

const createTogether = (service: Server, person: Person) =>
  post(service, person, '/api/tasks/batch', {
    operations: numbers.map((number) => ({ op: 'create', ...task(number) })),
  })

async function post({ url }: Server, { token }: Person, path: string, body: object) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`)
}
