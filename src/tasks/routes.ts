import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Identity } from '../auth/identity.ts'
import { parseIfMatch } from '../http/entity-tags.ts'
import { raise } from '../http/problem.ts'
import { sendJson, sendTask, taskNotFound, withId } from './answers.ts'
import { sendChanges } from './changes/feed.ts'
import type { ChangeFeed } from './changes/repository.ts'
import { dueBound } from './due-date.ts'
import { type IdempotencyKeys, onceOf } from './idempotency.ts'
import type { CompleteLists } from './complete-list.ts'
import { sendList } from './list.ts'
import { describeTaskRoutes } from './operations.ts'
import { DEFAULT_OCCURRENCES } from './recurrence/series.ts'
import type { TaskRepository } from './repository.ts'
import type { Task } from './schemas.ts'

export interface TaskRoutesOptions {
  tasks: TaskRepository
  completeLists: CompleteLists
  changes: ChangeFeed
  keys: IdempotencyKeys
  /** Runs a write that needs the user's row, and creates the row again if somebody deleted it meanwhile. */
  whileUserExists: <Answer>(user: Identity, write: () => Promise<Answer>) => Promise<Answer>
  /** Whether the path names the user. The auth plugin has compared it with the token. */
  namesUser: boolean
}

/** The calls that read and write tasks. trash/routes.ts has those that delete and restore them. */
export const taskRoutes: FastifyPluginAsyncTypebox<TaskRoutesOptions> = async (
  app,
  { tasks, completeLists, changes, keys, whileUserExists, namesUser },
) => {
  const schemas = describeTaskRoutes(namesUser)

  app.get('/', { schema: schemas.list }, (request, reply) => sendList(tasks, completeLists, request, reply))

  app.post('/', { schema: schemas.create }, async (request, reply) => {
    const { user, body, headers } = request
    const once = onceOf(headers['idempotency-key'], 'POST /tasks', body)
    const task = await keys.run(user, once, reply, {
      request: () => whileUserExists(user, () => tasks.create(user, body, once)),
      replay: (answer) => answer,
    })
    const { id } = JSON.parse(task) as Task
    return sendTask(reply.code(201).header('location', locationOf(id, request)), Promise.resolve(task))
  })

  app.get('/summary', { schema: schemas.summarize }, async (request, reply) => {
    const now = { at: new Date().toISOString(), allDay: false }
    return sendJson(reply, await tasks.summarize(request.user, dueBound(now, request.query.time_zone)))
  })

  app.get('/changes', { schema: schemas.changes }, (request, reply) => sendChanges(changes, request, reply))

  app.get('/:id', { schema: schemas.get }, ({ user, params, headers }, reply) =>
    sendTask(
      reply,
      withId(params.id, (id) => tasks.find(user, id)),
      headers['if-none-match'],
    ),
  )

  for (const method of ['PUT', 'PATCH'] as const) {
    app.route({
      method,
      url: '/:id',
      schema: method === 'PUT' ? schemas.put : schemas.patch,
      handler: ({ user, params, body, headers }, reply) => {
        const ifMatch = parseIfMatch(headers['if-match'])
        return sendTask(
          reply,
          withId(params.id, (id) => tasks.update(user, id, body, ifMatch)),
        )
      },
    })
  }

  app.patch('/:id/complete', { schema: schemas.complete }, (request, reply) => {
    const { user, params, body, headers } = request
    const ifMatch = parseIfMatch(headers['if-match'])
    const change = (id: bigint) =>
      body?.completed === undefined
        ? tasks.toggle(user, id, ifMatch)
        : tasks.update(user, id, { completed: body.completed }, ifMatch)
    return sendTask(reply, withId(params.id, change))
  })

  app.post('/:id/skip', { schema: schemas.skip }, ({ user, params, headers }, reply) => {
    const ifMatch = parseIfMatch(headers['if-match'])
    return sendTask(
      reply,
      withId(params.id, (id) => tasks.skip(user, id, ifMatch)),
    )
  })

  app.get('/:id/occurrences', { schema: schemas.occurrences }, async ({ user, params, query }) => {
    const dates = await withId(params.id, (id) =>
      tasks.occurrences(user, id, query.count ?? DEFAULT_OCCURRENCES),
    )
    return dates ?? raise(taskNotFound())
  })
}

/**
 * Relative to the URL of the request, so that it is right even if a proxy removes a prefix of the path (RFC 3986, 5.2).
 * If the path of the request ends with a slash, the reference is the id alone.
 */
const locationOf = (id: number, { raw }: FastifyRequest) =>
  /^[^?#]*\/(?:[?#]|$)/.test(raw.url ?? '') ? String(id) : `tasks/${id}`
