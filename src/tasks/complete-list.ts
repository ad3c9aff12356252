import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import type { Owner } from '../database/owner.ts'
import { problem } from '../http/problem.ts'
import type { TaskRepository } from './repository.ts'
import type { Task } from './schemas.ts'
import type { Selection } from './selection.ts'
import { Turns } from './turns.ts'

/**
 * Number of tasks that one statement reads. So the memory for a list does not grow with its length, except for its ids.
 * Larger batches take less time in total, but make other users wait longer.
 */
const BATCH_SIZE = 250
/** Maximum number of long lists and exports of one user at once. Each keeps the ids of its tasks in memory. */
const MAX_LONG_LISTS = 4

export type CompleteLists = ReturnType<typeof createCompleteLists>

/** Reads every task of a selection. */
export function createCompleteLists(tasks: TaskRepository) {
  const turns = new Turns(MAX_LONG_LISTS)

  /**
   * Returns every task of a selection as JSON, in batches; none for HEAD. The first batch is read before the promise
   * resolves, so that the client gets a 503 if the database is unavailable. A short selection is an array with this
   * batch. No connection to the database is held between batches.
   *
   * @throws problem 429 `too_many_lists` if too many long lists of the user are being read until the request's deadline
   */
  async function read(
    selection: Selection,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string[][] | AsyncIterable<string[]>> {
    if (request.method === 'HEAD') {
      await tasks.list(request.user, selection, 1)
      return []
    }
    const batches = await begin(tasks, selection, request, () => turns.take(request, reply))
    if (batches !== undefined) return batches
    if (!(await turns.wait(request, reply))) throw tooMany()
    return (await begin(tasks, selection, request, () => true))!
  }

  /**
   * Answers with every task of a selection: a short list as one text, a long list as a stream of batches, which are read
   * from the database as fast as the client reads the answer. If a later batch than the first one fails, the stream is
   * destroyed with the error: the client gets an incomplete answer, and src/http/ logs the reason.
   */
  async function send(selection: Selection, request: FastifyRequest, reply: FastifyReply) {
    const batches = await read(selection, request, reply)
    // For HEAD, an empty stream: the length of the body is not known, so Content-Length must not be sent (RFC 9110, 8.6).
    if (request.method === 'HEAD') return reply.send(Readable.from([]))
    if (Array.isArray(batches)) return reply.send(`[${batches.flat().join(',')}]`)
    return reply.send(Readable.from(inBrackets(batches), { highWaterMark: 1 }))
  }

  return { read, send }
}

const tooMany = () => problem('too_many_lists', { values: [MAX_LONG_LISTS], headers: { 'retry-after': '2' } })

/** Reads the first batch. Returns undefined if a long list has to wait. Then it keeps no tasks in memory meanwhile. */
async function begin(
  tasks: TaskRepository,
  selection: Selection,
  { user: owner }: FastifyRequest,
  hasTurn: () => boolean,
) {
  const first = await tasks.list(owner, selection, BATCH_SIZE + 1)
  if (first.length <= BATCH_SIZE) return [first]
  return hasTurn() ? readBatches(tasks, withoutRequestDeadline(owner), selection, first) : undefined
}

async function* inBrackets(batches: AsyncIterable<string[]>) {
  let before = '['
  for await (const batch of batches) {
    if (batch.length > 0) yield before + batch.join(',')
    before = ','
  }
  yield ']'
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
  for (const ids of await tasks.listIds(owner, selection, sent, BATCH_SIZE)) {
    yield await tasks.listByIds(owner, selection, ids)
  }
}
