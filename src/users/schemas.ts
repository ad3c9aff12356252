import { type Static, Type } from '@sinclair/typebox'
import { StringOrNull, Timestamp } from '../openapi/schema-types.ts'

const email = StringOrNull({
  description: 'The e-mail address in the token; null if no token of the user had one.',
  examples: ['alice@example.com'],
})
const name = StringOrNull({
  description: 'The name in the token; null if no token of the user had one.',
  examples: ['Alice'],
})
const id = Type.String({ description: 'The user id in the token.', examples: ['alice'] })

export const User = Type.Object(
  { id, email, name, created_at: Timestamp('When the user was created: at the first request.') },
  { $id: 'User', description: 'The current user.' },
)
export type User = Static<typeof User>

export const Session = Type.Object(
  {
    user_id: id,
    email,
    name,
    is_authenticated: Type.Literal(true, {
      description: 'Always true: without a valid token the answer is a 401.',
      examples: [true],
    }),
  },
  {
    $id: 'Session',
    description: 'The current user, in the field names that existing front ends use.',
  },
)
export type Session = Static<typeof Session>
