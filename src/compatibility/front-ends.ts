import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { Readable } from 'node:stream'
import type { FrontEndSetting } from '../config/front-ends.ts'
import type { Owner } from '../database/owner.ts'
import { problem } from '../http/problem.ts'
import { describeSettings, operationOf } from './document.ts'

interface Options {
  settings: readonly FrontEndSetting[]
  /** The user's task as JSON; undefined if it does not exist. */
  findTask: (owner: Owner, id: bigint) => Promise<string | undefined>
}
interface Setting {
  /** The operation whose answers it changes, under both paths. If undefined, it changes the answers of all operations. */
  operation?: 'listTasks' | 'deleteTask' | 'getSession'
  /** Runs before the handler, when the token is verified and the request is valid. */
  before?: (request: FastifyRequest, options: Options) => Promise<void> | void
  change: (payload: unknown, request: FastifyRequest, reply: FastifyReply) => unknown
}
type ListQuery = { limit?: number; count?: boolean }

declare module 'fastify' {
  interface FastifyRequest {
    /** The query of the client, if `count` was added to it. */
    sentQuery: ListQuery | undefined
    /** The task that the request deletes, as JSON. */
    taskToDelete: string | undefined
  }
}

/** No text of a user can contain this sequence: JSON escapes the quotation marks inside a string. */
const COMPLETED = /"completed":(true|false)/g
const addIsCompleted = (json: string) => json.replace(COMPLETED, '$&,"is_completed":$1')

/** The pieces of a stream of JSON. Each ends after a comma: no piece ends within the sequence above. */
async function* piecesOf(stream: Readable) {
  let rest = ''
  for await (const chunk of stream) {
    const text = rest + String(chunk)
    const end = text.lastIndexOf(',') + 1
    rest = text.slice(end)
    if (end > 0) yield text.slice(0, end)
  }
  yield rest
}

/** Changes JSON that is a text or a stream of texts; a stream piece by piece, at constant memory. */
function mapJson(payload: unknown, map: (json: string) => string, start = '', end = () => ''): unknown {
  if (typeof payload === 'string') return start + map(payload) + end()
  if (!(payload instanceof Readable)) return payload
  const pieces = async function* () {
    if (start !== '') yield start
    for await (const piece of piecesOf(payload)) yield map(piece)
    const last = end()
    if (last !== '') yield last
  }
  return Readable.from(pieces(), { highWaterMark: 1 })
}

/** In the order in which they change an answer. */
const all: Readonly<Record<FrontEndSetting, Setting>> = {
  list_envelope: {
    operation: 'listTasks',
    before(request) {
      const query = request.query as ListQuery
      if (query.limit === undefined || query.count) return
      request.sentQuery = query
      request.query = { ...query, count: true }
    },
    change(payload, { query, sentQuery }, reply) {
      const total = String(reply.getHeader('x-total-count'))
      if (sentQuery) takeBackCount(sentQuery, reply)
      if (reply.statusCode !== 200) return payload
      let count = 0
      const countTasks = (json: string) => {
        count += json.match(COMPLETED)?.length ?? 0
        return json
      }
      const isPage = (query as ListQuery).limit !== undefined
      const end = () => `,"total":${isPage ? total : count},"count":${count}}`
      return mapJson(payload, countTasks, '{"tasks":', end)
    },
  },
  user_object: {
    operation: 'getSession',
    change(payload, _request, { statusCode }) {
      if (statusCode !== 200) return payload
      const session = JSON.parse(payload as string) as Record<string, unknown>
      const { user_id: id, email, name } = session
      return JSON.stringify({ ...session, user: { id, email, name } })
    },
  },
  delete_json: {
    operation: 'deleteTask',
    async before(request, { findTask }) {
      const id = BigInt((request.params as { id: string }).id)
      // A larger id does not fit into a bigint of PostgreSQL.
      const isPossible = BigInt.asIntN(64, id) === id
      request.taskToDelete = isPossible ? await findTask(request.user, id) : undefined
      if (request.taskToDelete === undefined) throw problem('task_not_found')
    },
    change(payload, { taskToDelete }, reply) {
      if (reply.statusCode !== 204) return payload
      reply.code(200).type('application/json; charset=utf-8')
      return taskToDelete
    },
  },
  is_completed: {
    change: (payload, _request, reply) =>
      /\bjson\b/.test(String(reply.getHeader('content-type'))) ? mapJson(payload, addIsCompleted) : payload,
  },
}

/** X-Total-Count and `count` in Link are for clients that ask for them. */
function takeBackCount({ count }: ListQuery, reply: FastifyReply) {
  reply.removeHeader('x-total-count')
  const link = reply.getHeader('link')
  if (typeof link !== 'string') return
  const sent = new URLSearchParams(link.slice('<?'.length, link.indexOf('>')))
  if (count === undefined) sent.delete('count')
  else sent.set('count', String(count))
  reply.header('link', `<?${sent.toString()}${link.slice(link.indexOf('>'))}`)
}

/** FRONT_END_COMPAT: other answers for front ends that cannot be changed. docs/front-ends.md explains the settings. */
export const frontEnds = fp<Options>(async (app, options) => {
  const names = (Object.keys(all) as FrontEndSetting[]).filter((name) => options.settings.includes(name))
  app.decorateRequest('sentQuery', undefined)
  app.decorateRequest('taskToDelete', undefined)
  app.addHook('onRoute', (route: RouteOptions) => {
    const settings = names
      .map((name) => all[name])
      .filter(({ operation }) => operation === undefined || operation === operationOf(route.schema))
    if (settings.length === 0) return
    route.preHandler = [
      ...[route.preHandler ?? []].flat(),
      async (request: FastifyRequest) => {
        for (const { before } of settings) await before?.(request, options)
      },
    ]
    // Before the hook with which Fastify removes the body of a HEAD answer and sends its length.
    route.onSend = [
      async (request: FastifyRequest, reply: FastifyReply, payload: unknown) =>
        settings.reduce((changed, { change }) => change(changed, request, reply), payload),
      ...[route.onSend ?? []].flat(),
    ]
  })
  app.changeDocument((document) => describeSettings(document, names))
})
