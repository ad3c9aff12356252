import { type Static, Type } from '@sinclair/typebox'
import { StringOrNull, Timestamp } from '../openapi/schema-types.ts'

const email = StringOrNull({
  description: 'From the token; null where none ever named one.',
  examples: ['alice@example.com'],
})
const name = StringOrNull({
  description: 'From the token; null where none ever named one.',
  examples: ['Alice'],
})
const id = Type.String({ description: 'The identity in the token.', examples: ['alice'] })

export const User = Type.Object(
  { id, email, name, created_at: Timestamp('When the first token with this id was seen.') },
  { $id: 'User', description: 'The caller, as the service knows them.' },
)
export type User = Static<typeof User>

export const Session = Type.Object(
  {
    user_id: id,
    email,
    name,
    is_authenticated: Type.Literal(true, {
      description: 'Always true: without a valid token this is a 401.',
      examples: [true],
    }),
  },
  {
    $id: 'Session',
    description: 'Who the caller is, in the form that front ends of the first service ask for.',
  },
)
export type Session = Static<typeof Session>
