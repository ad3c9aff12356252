import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { problem, raise } from '../http/problem.ts'
import { decodeCursor, encodeCursor, type Position, positionBehind, type Sort } from './cursor.ts'
import { dueBound, parseDueDate } from './due-date.ts'
import type { TaskRepository } from './repository.ts'
import { ListQuery, SORTS, type Task } from './schemas.ts'
import { wordsOf } from './search.ts'
import type { Selection } from './selection.ts'

/**
 * Tasks that a complete list reads at once: what it holds in memory does not depend on its length. Larger batches
 * are quicker in sum, and keep everybody else waiting for longer.
 */
const BATCH_SIZE = 250

/** Answers a list: complete, or the page that the query asks for. */
export async function sendList(
  tasks: TaskRepository,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
) {
  const query = withoutAliases(request.query as ListQuery)
  const owner = request.user.id
  const selection = selectionOf(query, new Date())
  reply.type('application/json; charset=utf-8')
  if (query.count) reply.header('x-total-count', await tasks.count(owner, selection))
  if (query.limit === undefined) return reply.send(await completeList(tasks, owner, selection))

  const found = await tasks.list(owner, selection, query.limit + 1, query.offset)
  const page = found.slice(0, query.limit)
  if (found.length > page.length)
    reply.header('link', `<${path}?${nextPage(query, selection.sort, page.at(-1)!)}>; rel="next"`)
  return reply.send(`[${page.join(',')}]`)
}

/** Says in our words what many clients ask for in words of other APIs; what has none is dropped. */
function withoutAliases(query: ListQuery): ListQuery {
  const { completed, sort_by, ...own } = query
  if (completed === undefined && sort_by === undefined) return query
  const sort = own.sort ?? SORTS.find((name) => name === sort_by)
  const status = own.status ?? (completed === 'true' ? 'completed' : completed === 'false' && 'pending')
  return { ...own, ...(sort && { sort }), ...(status && { status }) }
}

function selectionOf(query: ListQuery, now: Date): Selection {
  const { status = 'all', overdue, due_from, due_before, time_zone, limit, offset, cursor, search, q } = query
  if (limit === undefined && offset !== undefined) throw invalid('offset', 'needs limit')
  if (limit === undefined && cursor !== undefined) throw invalid('cursor', 'needs limit')
  if (offset !== undefined && cursor !== undefined) throw invalid('cursor', 'cannot be combined with offset')
  if (search && q && search !== q) throw invalid('q', 'must not differ from search')
  const sort = (query.sort ?? 'created').replace('_at', '') as Sort
  const bound = (text: string | undefined) =>
    text === undefined ? undefined : dueBound(parseDueDate(text)!, time_zone)
  return {
    completed: status === 'all' ? undefined : status === 'completed',
    overdue:
      overdue === undefined
        ? undefined
        : { is: overdue, now: dueBound({ at: now.toISOString(), allDay: false }, time_zone) },
    dueFrom: bound(due_from),
    dueBefore: bound(due_before),
    words: wordsOf(query),
    sort,
    order: query.order ?? (sort === 'created' || sort === 'updated' ? 'desc' : 'asc'),
    after: cursor === undefined ? undefined : positionOf(query, sort, cursor),
  }
}

function positionOf(query: ListQuery, sort: Sort, cursor: string): Position {
  return (
    decodeCursor(query, sort, cursor) ??
    raise(invalid('cursor', 'is none of this list: order and filters must be the same'))
  )
}

const invalid = (parameter: string, message: string) =>
  problem('validation_failed', {
    values: [`${parameter} ${message}`],
    errors: [{ path: `/${parameter}`, message }],
  })

/** The query of the next page: this one's, from behind its last task on. */
function nextPage({ offset: _, ...query }: ListQuery, sort: Sort, lastJson: string): string {
  const last = JSON.parse(lastJson) as Task
  const known = Object.entries(query).filter(([name]) => Object.hasOwn(ListQuery.properties, name))
  const parameters = { ...Object.fromEntries(known), cursor: encodeCursor(query, sort, last) }
  return new URLSearchParams(parameters as Record<string, string>).toString()
}

/**
 * The whole list: as one text where it is short, else as a stream of batches that is read as fast as the
 * client takes it. No connection to the database is held between batches. The first batch is read before
 * the answer begins, so that a database that is away is still a clean 503.
 */
async function completeList(
  tasks: TaskRepository,
  owner: string,
  selection: Selection,
): Promise<string | Readable> {
  const first = await tasks.list(owner, selection, BATCH_SIZE)
  if (first.length < BATCH_SIZE) return `[${first.join(',')}]`
  return Readable.from(batches(tasks, owner, selection, first), { highWaterMark: 1 })
}

async function* batches(tasks: TaskRepository, owner: string, selection: Selection, first: string[]) {
  yield `[${first.join(',')}`
  for (let batch = first; batch.length === BATCH_SIZE;) {
    const after = positionBehind(JSON.parse(batch.at(-1)!) as Task, selection.sort)
    batch = await tasks.list(owner, { ...selection, after }, BATCH_SIZE)
    if (batch.length > 0) yield `,${batch.join(',')}`
  }
  yield ']'
}
