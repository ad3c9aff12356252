import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem } from '../../http/problem.ts'
import { invalid, sendJson } from '../answers.ts'
import { CURSOR_DAYS, decodeCursor, encodeCursor, MAX_BIGINT, type Walk } from './cursor.ts'
import type { ChangeFeed, ChangePage } from './repository.ts'
import type { Feed } from './events.ts'
import { type ChangesQuery, DEFAULT_CHANGES_PAGE } from '../query-schemas.ts'

const BEGINNING: Walk = { identity: '', from: undefined, to: undefined, xid: 0n, id: 0n }

/**
 * Answers with a page of the changes.
 *
 * @throws problem 410 `cursor_expired` if the client has to start again
 */
export async function sendChanges(feed: ChangeFeed, request: FastifyRequest, reply: FastifyReply) {
  const { cursor, limit = DEFAULT_CHANGES_PAGE } = request.query as ChangesQuery
  const walk = cursor === undefined ? BEGINNING : decodeCursor(cursor)
  if (walk === undefined) throw invalid('cursor', 'must be a cursor of GET /tasks/changes')
  const page = await feed.read(request.user, walk, limit + 1)
  if (cursor !== undefined && isExpired(walk, page)) throw problem('cursor_expired')

  const changes = page.changes.slice(0, limit)
  const hasMore = page.changes.length > limit
  const next = encodeCursor(hasMore ? onward(walk, page, changes.at(-1)!) : nextWalk(walk, page))
  const tasks = changes.flatMap(({ task }) => task ?? [])
  const deleted = changes.flatMap(({ id, task }) => (task === undefined ? [id] : []))
  return sendJson(
    reply,
    `{"tasks":[${tasks.join()}],"deleted":[${deleted.join()}],"cursor":"${next}","has_more":${hasMore}}`,
  )
}

/** The rest of the walk. It ends at the moment of its first page: later changes belong to the next walk. */
const onward = (
  { from, to }: Walk,
  { identity, now }: ChangePage,
  last: { xid: bigint; id: bigint },
): Walk => ({
  identity,
  from,
  to: to ?? now,
  xid: last.xid,
  id: last.id,
})

/** The next walk, along later changes. It has seen all changes before `xmin`. */
function nextWalk({ to }: Walk, { identity, now }: ChangePage): Walk {
  const from = to ?? now
  return { identity, from, to: undefined, xid: from.xmin, id: 0n }
}

/**
 * Whether a walk cannot continue: the database or the account is another one, the database has lost transactions that
 * the cursor knows, or ids of tasks that were deleted since then may have been purged.
 */
function isExpired({ identity, from, to }: Walk, { identity: here, now }: ChangePage): boolean {
  const [oldest, newest] = [from ?? to, to ?? from]
  if (oldest === undefined || newest === undefined || identity !== here) return true
  return newest.xmax > now.xmax || oldest.at < now.at - CURSOR_DAYS * 24 * 3600
}

/** A walk that has seen everything. */
const END: Walk = { ...BEGINNING, xid: MAX_BIGINT, id: MAX_BIGINT }

/** What event streams need to know of the changes. */
export const createEventFeed = (feed: ChangeFeed): Feed => ({
  present: async (owner) => encodeCursor(nextWalk(END, await feed.read({ id: owner }, END, 1))),

  hasChangedSince: async (owner, cursor) => {
    const walk = decodeCursor(cursor)
    if (walk === undefined) return true
    const page = await feed.read({ id: owner }, walk, 1)
    return page.changes.length > 0 || isExpired(walk, page)
  },
})
