import { openDatabase } from './database.ts'
import { compareKinds } from './kinds.ts'
import type { Options } from './options.ts'
import { createPerson, type Person } from './people.ts'
import { type Server, startService } from './servers.ts'

const SIZE = 100
const numbers = Array.from({ length: SIZE }, (_, index) => index)

/** Compares one batch that creates 100 tasks with 100 single calls one after another, in alternating rounds. */
export async function measureBatch({ pairs }: Options) {
  const database = await openDatabase()
  const service = await startService(database.serviceUrl)
  try {
    const person = createPerson('batch')
    const kinds = [
      { name: 'one batch of 100', run: () => createTogether(service, person) },
      { name: '100 single calls', run: () => createOneByOne(service, person) },
    ]
    return await compareKinds(service, database, { kinds, size: SIZE, pairs })
  } finally {
    await service.stop()
    await database.close()
  }
}

const task = (number: number) => ({
  title: `Created task ${number}`,
  description: 'With a few words about it.',
})

async function createOneByOne(service: Server, person: Person) {
  for (const number of numbers) await send(service, person, 'POST', '/api/tasks', task(number))
}

async function createTogether(service: Server, person: Person) {
  const operations = numbers.map((number) => ({ op: 'create', ...task(number) }))
  await send(service, person, 'POST', '/api/tasks/batch', { operations })
}

/** Sends a request with a JSON body. @returns the answer */
export async function send(
  { url }: Server,
  { token }: Person,
  method: string,
  path: string,
  body: object,
): Promise<unknown> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`)
  return answer.json()
}
