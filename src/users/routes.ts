import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { json } from '../openapi/responses.ts'
import { Ref } from '../openapi/schema-types.ts'
import type { UserRepository } from './repository.ts'
import { Session, User } from './schemas.ts'

const tags = ['Users']
/** The user of the examples in the document. */
const alice: User = {
  id: 'alice',
  email: 'alice@example.com',
  name: 'Alice',
  created_at: '2026-11-20T08:30:00.000Z',
}
const aliceSession: Session = {
  user_id: 'alice',
  email: 'alice@example.com',
  name: 'Alice',
  is_authenticated: true,
}

export const userRoutes: FastifyPluginAsyncTypebox<{ users: UserRepository }> = async (app, { users }) => {
  const me = {
    tags,
    summary: 'Get the current user',
    description:
      'The first request of a user creates the user. Later requests update the e-mail address and the name from the token.',
    operationId: 'getMe',
    response: {
      200: json(Ref(User), 'The current user.', {
        examples: { user: { summary: 'A user with e-mail address and name', value: alice } },
      }),
    },
  }
  app.get('/me', { schema: me }, (request) => users.find(request.user))

  const session = {
    tags,
    summary: 'Get the current session',
    description: 'The same data as /api/me, in the field names that existing front ends use.',
    operationId: 'getSession',
    response: {
      200: json(Ref(Session), 'The current session.', {
        examples: { session: { summary: 'Signed in', value: aliceSession } },
      }),
    },
  }
  app.get('/auth/me', { schema: session }, async (request) => {
    const { id, email, name } = await users.find(request.user)
    return { user_id: id, email, name, is_authenticated: true as const }
  })

  const deletion = {
    tags,
    summary: 'Delete the current user',
    description:
      'Deletes the user and all their tasks in one transaction. The next request with a valid token creates the user again, without tasks.',
    operationId: 'deleteMe',
    response: { 204: Type.Null({ description: 'The user and all their tasks are deleted.' }) },
  }
  app.delete('/me', { schema: deletion }, async (request, reply) => {
    await users.delete(request.user)
    return reply.code(204).send(null)
  })
}
