import type { TObject } from '@sinclair/typebox'
import type { FastifyReply } from 'fastify'
import { etagOf, matchesIfNoneMatch, sendNotModified } from '../http/entity-tags.ts'
import { problem, raise } from '../http/problem.ts'
import { MAX_BIGINT } from './changes/cursor.ts'

/** Runs `use` with the id of a path. No task has an id beyond the range of the column. */
export async function withId<T>(text: string, use: (id: bigint) => Promise<T>): Promise<T | undefined> {
  const id = BigInt(text)
  return id > MAX_BIGINT ? undefined : use(id)
}

export const taskNotFound = () => problem('task_not_found')

/** Sends JSON that PostgreSQL wrote. */
export const sendJson = (reply: FastifyReply, json: string) =>
  reply.type('application/json; charset=utf-8').send(json)

/** Quotes inside a text are escaped in JSON, so this matches only the field itself. */
const UPDATED_AT = /"updated_at":"([^"]+)"/

/**
 * Sends the JSON of a task with its ETag, or a 304 if `ifNoneMatch` has that ETag. A private cache may keep the
 * answer, and has to ask each time whether it is still valid.
 *
 * @throws problem 404 `task_not_found` if there is no task
 */
export async function sendTask(reply: FastifyReply, json: Promise<string | undefined>, ifNoneMatch?: string) {
  const task = (await json) ?? raise(taskNotFound())
  const tag = UPDATED_AT.exec(task)![1]!
  reply.headers({ etag: etagOf(tag), 'cache-control': 'private, no-cache' })
  return matchesIfNoneMatch(ifNoneMatch, tag) ? sendNotModified(reply) : sendJson(reply, task)
}

/** A 400 about one query parameter. `mistake` replaces the sentence for people; it has no full stop. */
export const invalid = (parameter: string, message: string, mistake = `${parameter} ${message}`) =>
  problem('validation_failed', { values: [mistake], errors: [{ path: `/${parameter}`, message }] })

/**
 * Sets the Link header to the next page (RFC 8288): the parameters that the client sent and that the schema knows, with
 * another cursor. The reference has only a query, so it keeps the path of the request, including a prefix that a proxy
 * has removed (RFC 3986, 5.2.2).
 */
export function linkNext(reply: FastifyReply, sent: object, { properties }: TObject, cursor: string) {
  const known = Object.entries(sent).filter(([name]) => name !== 'offset' && Object.hasOwn(properties, name))
  const query = new URLSearchParams({ ...Object.fromEntries(known), cursor } as Record<string, string>)
  reply.header('link', `<?${query.toString()}>; rel="next"`)
}
