import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../answers.ts'
import { describeTagRoutes } from './operations.ts'
import type { TaskRepository } from '../repository.ts'
import { nameOfTag } from './names.ts'

interface TagRoutesOptions {
  tasks: TaskRepository
  /** Whether the path names the user. The auth plugin has compared it with the token. */
  namesUser: boolean
}

export const tagRoutes: FastifyPluginAsyncTypebox<TagRoutesOptions> = async (app, { tasks, namesUser }) => {
  const schemas = describeTagRoutes(namesUser)

  app.get('/', { schema: schemas.list }, async ({ user }, reply) =>
    sendJson(reply, `[${(await tasks.listTags(user)).join(',')}]`),
  )

  app.patch('/:name', { schema: schemas.rename }, async ({ user, params, body }, reply) =>
    sendJson(reply, await tasks.renameTag(user, nameOfTag(params.name), body.name)),
  )

  app.delete('/:name', { schema: schemas.delete }, async ({ user, params }, reply) =>
    sendJson(reply, await tasks.deleteTag(user, nameOfTag(params.name))),
  )
}
