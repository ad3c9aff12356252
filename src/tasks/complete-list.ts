import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import type { Owner } from '../database/owner.ts'
import type { TaskRepository } from './repository.ts'
import type { Task } from './schemas.ts'
import type { Selection } from './selection.ts'

/**
 * Number of tasks that one statement reads. So the memory for a list does not grow with its length, except for its ids.
 * Larger batches take less time in total, but make other users wait longer.
 */
const BATCH_SIZE = 250

/**
 * Answers with every task of a selection: a short list as one text, a long list as a stream of batches, which are read
 * from the database as fast as the client reads the answer. If a later batch than the first one fails, the stream is
 * destroyed with the error: the client gets an incomplete answer, and src/http/ logs the reason.
 */
export async function sendCompleteList(
  tasks: TaskRepository,
  selection: Selection,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const batches = await readTasks(tasks, selection, request)
  // For HEAD, an empty stream: the length of the body is not known, so Content-Length must not be sent (RFC 9110, 8.6).
  if (request.method === 'HEAD') return reply.send(Readable.from([]))
  if (Array.isArray(batches)) return reply.send(`[${batches.flat().join(',')}]`)
  return reply.send(Readable.from(inBrackets(batches), { highWaterMark: 1 }))
}

async function* inBrackets(batches: AsyncIterable<string[]>) {
  let before = '['
  for await (const batch of batches) {
    if (batch.length > 0) yield before + batch.join(',')
    before = ','
  }
  yield ']'
}

/**
 * Returns every task of a selection as JSON, in batches; none for HEAD. The first batch is read before the promise
 * resolves, so that the client gets a 503 if the database is unavailable. A short selection is an array with this batch.
 * No connection to the database is held between batches.
 */
export async function readTasks(
  tasks: TaskRepository,
  selection: Selection,
  { user: owner, method }: FastifyRequest,
): Promise<string[][] | AsyncIterable<string[]>> {
  if (method === 'HEAD') {
    await tasks.list(owner, selection, 1)
    return []
  }
  const first = await tasks.list(owner, selection, BATCH_SIZE + 1)
  return first.length <= BATCH_SIZE
    ? [first]
    : readBatches(tasks, withoutRequestDeadline(owner), selection, first)
}

/** The same owner without the deadline of the request: each statement has a deadline of its own. For long answers. */
export function withoutRequestDeadline({ id, client }: Owner): Owner {
  return client === undefined ? { id } : { id, client }
}

/**
 * Yields the first batch, then reads the ids of all other tasks in one statement, then yields these tasks in batches by
 * id. So a task that exists the whole time is in the list exactly once, even if changes move it in the order. A task
 * that no longer matches the filters when its batch is read is left out.
 */
async function* readBatches(tasks: TaskRepository, owner: Owner, selection: Selection, first: string[]) {
  yield first
  const sent = first.map((json) => (JSON.parse(json) as Task).id).join()
  for (const ids of splitIds(await tasks.listIds(owner, selection, sent))) {
    yield await tasks.listByIds(owner, selection, ids)
  }
}

/** Cuts `1,2,3,…` into texts of BATCH_SIZE ids. The ids of a long list stay one text, which is small. */
function* splitIds(ids: string) {
  for (let start = 0; start < ids.length;) {
    let end = start
    for (let count = 0; count < BATCH_SIZE && end < ids.length; count += 1) {
      const comma = ids.indexOf(',', end + 1)
      end = comma === -1 ? ids.length : comma
    }
    yield ids.slice(start, end)
    start = end + 1
  }
}
