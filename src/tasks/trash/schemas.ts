import { type Static, Type } from '@sinclair/typebox'
import { OneOf, Timestamp } from '../../openapi/schema-types.ts'
import { Task } from '../schemas.ts'

/** The shapes of the trash in requests and answers. */
export const DeletedTask = Type.Object(
  { ...Task.properties, deleted_at: Timestamp('When the task was deleted.') },
  { $id: 'DeletedTask', description: 'A task in the trash.' },
)
export type DeletedTask = Static<typeof DeletedTask>

export const DeletedCount = Type.Object(
  { deleted: Type.Integer({ minimum: 0, description: 'How many tasks were deleted.', examples: [3] }) },
  { $id: 'DeletedCount', description: 'The number of tasks that a call has deleted.' },
)
export type DeletedCount = Static<typeof DeletedCount>

export const DEFAULT_TRASH_PAGE = 50

export const TrashQuery = Type.Object({
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 200,
      description: `The page size. Default ${DEFAULT_TRASH_PAGE}.`,
      examples: [20],
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: 'The start of the page, from the Link header of the previous page.',
      examples: ['WyJ0cmFzaCIsIjIwMjYiLCI0MiJd'],
    }),
  ),
})
export type TrashQuery = Static<typeof TrashQuery>

/** Unlike other queries, these two refuse parameters that they do not know: a filter would not be applied. */
export const EmptyQuery = Type.Object({}, { additionalProperties: false })
export const ClearQuery = Type.Object(
  {
    status: OneOf(['completed'], {
      description: 'Which tasks are deleted. No other value and no other parameter is allowed.',
      examples: ['completed'],
    }),
  },
  { additionalProperties: false },
)
