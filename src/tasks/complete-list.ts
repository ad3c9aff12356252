import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import type { Owner } from '../database/owner.ts'
import type { TaskRepository } from './repository.ts'
import type { Task } from './schemas.ts'
import type { Selection } from './selection.ts'

/**
 * Tasks that are read at once. The memory for a list does not depend on its length, except for its ids.
 * Larger batches take less time in total, and make other users wait longer.
 */
const BATCH_SIZE = 250

/**
 * Answers with every task of a selection: as one text if it is short, else as a stream of batches, which is read
 * as fast as the client takes it. No connection to the database is held between batches. The first batch is read
 * before the answer begins, so that a database that is away is still a 503. A later failure destroys the stream with
 * its error: the client gets an incomplete answer, and src/http/ logs the reason.
 */
export async function sendCompleteList(
  tasks: TaskRepository,
  selection: Selection,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const owner = request.user
  if (request.method === 'HEAD') {
    await tasks.list(owner, selection, 1)
    // An empty stream: the length of the body is not known, so Content-Length must not be sent (RFC 9110, 8.6).
    return reply.send(Readable.from([]))
  }
  const first = await tasks.list(owner, selection, BATCH_SIZE + 1)
  if (first.length <= BATCH_SIZE) return reply.send(`[${first.join(',')}]`)
  return reply.send(
    Readable.from(readBatches(tasks, unhurried(owner), selection, first), { highWaterMark: 1 }),
  )
}

/** A long list may take longer than a request: each of its statements has a deadline of its own. */
function unhurried({ id, client }: Owner): Owner {
  return client === undefined ? { id } : { id, client }
}

/**
 * The first batch, then the ids of all other tasks from one statement, then these tasks in batches by id. So a task
 * that exists from the beginning to the end is in the list exactly once, wherever changes move it meanwhile. What
 * no longer matches the filters when its batch is read is left out.
 */
async function* readBatches(tasks: TaskRepository, owner: Owner, selection: Selection, first: string[]) {
  yield `[${first.join(',')}`
  const sent = first.map((json) => (JSON.parse(json) as Task).id).join()
  for (const ids of splitIds(await tasks.listIds(owner, selection, sent))) {
    const batch = await tasks.listByIds(owner, selection, ids)
    if (batch.length > 0) yield `,${batch.join(',')}`
  }
  yield ']'
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
