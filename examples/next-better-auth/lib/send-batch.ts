import { isGone } from './errors'
import { type BatchOperation, type Task, TaskApiError, type TaskClient } from './task-client'

/** The limit of the service. */
export const MAX_BATCH = 100
/** Browsers let at most 64 KiB outlive the page: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
const MAX_BYTES = 50_000
/** Each task that is gone costs a request. */
const MAX_GONE = 10

/** Returns the tasks as they are afterwards, without those that are gone or in the trash. */
export async function sendBatch(client: TaskClient, operations: readonly BatchOperation[]): Promise<Task[]> {
  const tasks: Task[] = []
  for (const batch of split(operations)) tasks.push(...(await sendOne(client, batch)))
  return tasks
}

/** One batch, unless the operations are more than a request may hold. */
function split(operations: readonly BatchOperation[]): BatchOperation[][] {
  const batches: BatchOperation[][] = []
  let room = 0
  for (const operation of operations) {
    const size = new TextEncoder().encode(JSON.stringify(operation)).length
    if (size > room || batches.at(-1)?.length === MAX_BATCH) {
      batches.push([])
      room = MAX_BYTES
    }
    batches.at(-1)!.push(operation)
    room -= size
  }
  return batches
}

/** A batch with a task that is gone changes nothing, so it is sent again without that task. */
async function sendOne(client: TaskClient, operations: BatchOperation[]): Promise<Task[]> {
  for (let gone = 0; operations.length > 0; gone += 1) {
    try {
      const results = await client.batch(operations)
      return results.flatMap(({ task }) => task ?? [])
    } catch (error) {
      const index = indexOfFailure(error)
      if (!isGone(error) || index === undefined || gone === MAX_GONE) throw error
      operations = operations.filter((_operation, other) => other !== index)
    }
  }
  return []
}

function indexOfFailure(error: unknown): number | undefined {
  const path = error instanceof TaskApiError ? error.errors[0]?.path : undefined
  const index = /^\/operations\/(\d+)/.exec(path ?? '')?.[1]
  return index === undefined ? undefined : Number(index)
}
