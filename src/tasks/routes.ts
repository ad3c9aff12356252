import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Identity } from '../auth/identity.ts'
import { sqlState } from '../database-errors.ts'
import { errorResponses, json } from '../plugins/openapi.ts'
import { problem, raise } from '../problem.ts'
import { Ref } from '../schema-types.ts'
import { sendList } from './list.ts'
import { dueBound } from './due-date.ts'
import type { TaskRepository } from './repository.ts'
import * as schemas from './schemas.ts'

export interface TaskRoutesOptions {
  tasks: TaskRepository
  /** Makes the user's row again, where another copy of the service has deleted it. */
  restoreUser: (user: Identity) => Promise<void>
  /** Whether the path names the user; auth has compared the name with the token. */
  namesUser: boolean
}

/** Beyond PostgreSQL's bigint there are no tasks. */
const MAX_ID = 2n ** 63n - 1n
const FOREIGN_KEY_VIOLATION = '23503'

export const taskRoutes: FastifyPluginAsyncTypebox<TaskRoutesOptions> = async (
  app,
  { tasks, restoreUser, namesUser },
) => {
  const describe = schemas.describer(namesUser)
  const params = Type.Object(namesUser ? schemas.OwnerParams.properties : {})
  const taskParams = Type.Object({ ...params.properties, ...schemas.TaskParams.properties })
  const found = { 200: json(Ref(schemas.Task), 'The task.'), ...errorResponses(400, 404) }

  const listSchema = describe('list', 'List my tasks', {
    description:
      'Complete without limit, however long; with limit a page, whose Link header names the next one.',
    params,
    querystring: schemas.ListQuery,
    response: {
      200: json(Type.Array(Ref(schemas.Task)), 'The tasks.', schemas.listHeaders),
      ...errorResponses(400),
    },
  })
  app.get('/', { schema: listSchema }, (request, reply) => sendList(tasks, request, reply, pathOf(request)))

  const createSchema = describe('create', 'Create a task', {
    params,
    body: Ref(schemas.NewTask),
    response: { 201: json(Ref(schemas.Task), 'The task.', schemas.createdHeaders) },
  })
  app.post('/', { schema: createSchema }, async (request, reply) => {
    const create = () => tasks.create(request.user.id, request.body)
    const task = await create().catch(async (error: unknown) => {
      if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error
      await restoreUser(request.user)
      return create()
    })
    const { id } = JSON.parse(task) as schemas.Task
    return sendJson(reply.code(201).header('location', `${pathOf(request)}/${id}`), task)
  })

  const summarySchema = describe('summarize', 'Count my tasks', {
    params,
    querystring: schemas.SummaryQuery,
    response: { 200: json(Ref(schemas.Summary), 'The counts.'), ...errorResponses(400) },
  })
  app.get('/summary', { schema: summarySchema }, async (request, reply) => {
    const now = { at: new Date().toISOString(), allDay: false }
    return sendJson(reply, await tasks.summarize(request.user.id, dueBound(now, request.query.time_zone)))
  })

  const getSchema = describe('get', 'Get a task', { params: taskParams, response: found })
  app.get('/:id', { schema: getSchema }, (request, reply) =>
    sendTask(
      reply,
      withId(request.params.id, (id) => tasks.find(request.user.id, id)),
    ),
  )

  for (const method of ['PUT', 'PATCH'] as const) {
    const schema = describe(method === 'PUT' ? 'put' : 'patch', 'Change a task', {
      description: 'Partial with either method: what is not sent stays, null clears, {} changes nothing.',
      params: taskParams,
      body: Ref(schemas.TaskChanges),
      response: found,
    })
    app.route({
      method,
      url: '/:id',
      schema,
      handler: (request, reply) =>
        sendTask(
          reply,
          withId(request.params.id, (id) => tasks.update(request.user.id, id, request.body)),
        ),
    })
  }

  const deleteSchema = describe('delete', 'Delete a task', {
    params: taskParams,
    response: { 204: Type.Null({ description: 'The task is gone.' }), ...errorResponses(400, 404) },
  })
  app.delete('/:id', { schema: deleteSchema }, async (request, reply) => {
    const existed = await withId(request.params.id, (id) => tasks.delete(request.user.id, id))
    if (!existed) throw taskNotFound()
    return reply.code(204).send(null)
  })

  const completeSchema = describe('complete', 'Flip or set whether a task is completed', {
    description: 'Without a body it flips, atomically; with completed it sets, so that a retry is harmless.',
    params: taskParams,
    body: Ref(schemas.Completion),
    response: found,
  })
  app.patch('/:id/complete', { schema: completeSchema }, (request, reply) => {
    const { user, params, body } = request
    const change = (id: bigint) =>
      body?.completed === undefined
        ? tasks.toggle(user.id, id)
        : tasks.update(user.id, id, { completed: body.completed })
    return sendTask(reply, withId(params.id, change))
  })
}

/** Built from constants and the verified user, not from what the client called the service. */
const pathOf = ({ params, user }: FastifyRequest) =>
  (params as { user_id?: string }).user_id === undefined
    ? '/api/tasks'
    : `/api/${encodeURIComponent(user.id)}/tasks`

const taskNotFound = () => problem(404, 'task_not_found', 'There is no such task.')

async function withId<T>(text: string, use: (id: bigint) => Promise<T>): Promise<T | undefined> {
  const id = BigInt(text)
  return id > MAX_ID ? undefined : use(id)
}

/** PostgreSQL wrote the JSON: it passes through as it is. */
const sendJson = (reply: FastifyReply, json: string) =>
  reply.type('application/json; charset=utf-8').send(json)

async function sendTask(reply: FastifyReply, json: Promise<string | undefined>) {
  return sendJson(reply, (await json) ?? raise(taskNotFound()))
}
