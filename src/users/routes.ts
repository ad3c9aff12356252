import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { json } from '../openapi/responses.ts'
import { Ref } from '../openapi/schema-types.ts'
import type { UserRepository } from './repository.ts'
import { Session, User } from './schemas.ts'

const tags = ['Users']
/** In the examples of the document. */
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
    summary: 'Who am I?',
    description:
      'The first call makes the user, and later ones take a changed e-mail address or name from the token.',
    operationId: 'getMe',
    response: {
      200: json(Ref(User), 'The caller.', {
        examples: { user: { summary: 'With what the token says', value: alice } },
      }),
    },
  }
  app.get('/me', { schema: me }, (request) => users.find(request.user))

  const session = {
    tags,
    summary: 'Am I signed in?',
    description: 'The same as /api/me, in the words of the first front end.',
    operationId: 'getSession',
    response: {
      200: json(Ref(Session), 'Yes, as this user.', {
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
    summary: 'Delete me and all my tasks',
    description: 'In one transaction. The next valid token starts afresh.',
    operationId: 'deleteMe',
    response: { 204: Type.Null({ description: 'You and all your tasks are gone.' }) },
  }
  app.delete('/me', { schema: deletion }, async (request, reply) => {
    await users.delete(request.user.id)
    return reply.code(204).send(null)
  })
}
