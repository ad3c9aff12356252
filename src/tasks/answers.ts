import type { TObject } from '@sinclair/typebox'
import type { FastifyReply } from 'fastify'
import { problem, raise } from '../http/problem.ts'

/** The largest bigint of PostgreSQL: no task has a larger id. */
const MAX_ID = 2n ** 63n - 1n

/** Runs `use` with the id of a path. No task has an id beyond the range of the column. */
export async function withId<T>(text: string, use: (id: bigint) => Promise<T>): Promise<T | undefined> {
  const id = BigInt(text)
  return id > MAX_ID ? undefined : use(id)
}

export const taskNotFound = () => problem('task_not_found')

/** Sends JSON that PostgreSQL wrote. */
export const sendJson = (reply: FastifyReply, json: string) =>
  reply.type('application/json; charset=utf-8').send(json)

/** @throws problem 404 `task_not_found` if there is no task */
export async function sendTask(reply: FastifyReply, json: Promise<string | undefined>) {
  return sendJson(reply, (await json) ?? raise(taskNotFound()))
}

/** A 400 about one query parameter. `mistake` replaces the sentence for people; it has no full stop. */
export const invalid = (parameter: string, message: string, mistake = `${parameter} ${message}`) =>
  problem('validation_failed', { values: [mistake], errors: [{ path: `/${parameter}`, message }] })

/**
 * Sets the Link header to the next page (RFC 8288): the parameters that the client sent and that the schema knows, with
 * another cursor. It has only a query: it keeps the path of the request, whatever prefix a proxy took from it
 * (RFC 3986, 5.2.2).
 */
export function linkNext(reply: FastifyReply, sent: object, { properties }: TObject, cursor: string) {
  const known = Object.entries(sent).filter(([name]) => name !== 'offset' && Object.hasOwn(properties, name))
  const query = new URLSearchParams({ ...Object.fromEntries(known), cursor } as Record<string, string>)
  reply.header('link', `<?${query.toString()}>; rel="next"`)
}
