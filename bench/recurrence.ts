import { send } from './batch.ts'
import { openDatabase } from './database.ts'
import { compareKinds } from './kinds.ts'
import type { Options } from './options.ts'
import { createPerson } from './people.ts'
import { startService } from './servers.ts'

const SIZE = 100
const PLAIN = { title: 'Water the plants', due_date: '2090-01-02T08:00:00.000Z' }
const RECURRING = {
  ...PLAIN,
  recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,TH', time_zone: 'Europe/Berlin', anchor: 'due_date' },
}

/** Compares completing 100 recurring tasks one by one with completing 100 other tasks, in alternating rounds. */
export async function measureRecurrence({ pairs }: Options) {
  const database = await openDatabase()
  const service = await startService(database.serviceUrl)
  try {
    const person = createPerson('recurrence')
    const create = async (task: object) => {
      const operations = Array.from({ length: SIZE }, () => ({ op: 'create', ...task }))
      const answer = await send(service, person, 'POST', '/api/tasks/batch', { operations })
      return (answer as { results: { task: { id: number } }[] }).results.map((result) => result.task.id)
    }
    const complete = async (ids: number[]) => {
      for (const id of ids)
        await send(service, person, 'PATCH', `/api/tasks/${id}/complete`, { completed: true })
    }
    const kinds = [
      { name: '100 plain tasks completed', prepare: () => create(PLAIN), run: complete },
      { name: '100 recurring tasks completed', prepare: () => create(RECURRING), run: complete },
    ]
    return await compareKinds(service, database, { kinds, size: SIZE, pairs })
  } finally {
    await service.stop()
    await database.close()
  }
}
