import { type Static, Type } from '@sinclair/typebox'
import { OneOf, StringOrNull, Timestamp } from '../openapi/schema-types.ts'

/** Every shape of a task that crosses the wire, and nothing else. */
export const Task = Type.Object(
  {
    id: Type.Integer({ minimum: 1, description: 'Unique among all tasks.', examples: [42] }),
    user_id: Type.String({ description: 'The owner: the user that the token names.', examples: ['alice'] }),
    title: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Without white space around it.',
      examples: ['Water the plants'],
    }),
    description: StringOrNull({
      maxLength: 1000,
      description: 'What else there is to say; null for nothing.',
      examples: ['The fern needs little, the mint a lot.'],
    }),
    completed: Type.Boolean({ description: 'Whether it is done.', examples: [false] }),
    due_date: StringOrNull({
      description: 'A day, which ends where the reader is, or an instant in UTC: the form it was given in.',
      examples: ['2026-12-01', '2026-12-01T14:00:00.000Z'],
    }),
    created_at: Timestamp('When the task was created.'),
    updated_at: Timestamp('When the task last changed: it grows with every real change.'),
  },
  { $id: 'Task', description: 'A task, which only its owner can see.' },
)
export type Task = Static<typeof Task>

const title = Type.Unsafe<string>({
  type: 'string',
  trim: true,
  minLength: 1,
  maxLength: 200,
  format: 'single-line',
  description:
    '1 to 200 characters in one line, at least one of them visible. White space and zero-width spaces around ' +
    'the title are removed. Tabs, line breaks and other control characters inside it are refused.',
  examples: ['Water the plants'],
})
const description = StringOrNull({
  maxLength: 1000,
  format: 'storable-text',
  description: 'At most 1000 characters; null for none.',
  examples: ['The fern needs little.'],
})
const due_date = StringOrNull({
  format: 'due-date',
  description: 'A day (2026-12-01) or an instant with offset (2026-12-01T15:00:00+01:00); null for none.',
  examples: ['2026-12-01'],
})
const completed = Type.Boolean({ description: 'Whether it is done.', examples: [true] })

export const NewTask = Type.Object(
  {
    title,
    description: Type.Optional(description),
    due_date: Type.Optional(due_date),
    completed: Type.Optional(completed),
  },
  { $id: 'NewTask', description: 'Unknown fields are ignored.' },
)
export type NewTask = Static<typeof NewTask>

export const TaskChanges = Type.Partial(NewTask, {
  $id: 'TaskChanges',
  description: 'What is not sent stays; null clears description and due_date. Unknown fields are ignored.',
})
export type TaskChanges = Static<typeof TaskChanges>

export const Completion = Type.Unsafe<{ completed?: boolean } | null>({
  ...Type.Object({ completed: Type.Optional(completed) }),
  $id: 'Completion',
  type: ['object', 'null'],
  description: 'Sets the state instead of flipping it, so that a retry is harmless.',
})

export const Summary = Type.Object(
  {
    total: Type.Integer({ minimum: 0, description: 'All tasks.', examples: [12] }),
    pending: Type.Integer({ minimum: 0, description: 'Those that are not completed.', examples: [9] }),
    completed: Type.Integer({ minimum: 0, description: 'Those that are.', examples: [3] }),
    overdue: Type.Integer({ minimum: 0, description: 'Pending and past their due date.', examples: [2] }),
    message: Type.String({
      description: 'The same in a sentence, to be shown as it is.',
      examples: ['9 tasks pending, 2 overdue'],
    }),
  },
  { $id: 'Summary', description: 'How many tasks the caller has.' },
)
export type Summary = Static<typeof Summary>

const time_zone = Type.Optional(
  Type.String({
    format: 'time-zone',
    description: 'IANA name of the zone in which days begin and end; default UTC.',
    examples: ['Europe/Berlin'],
  }),
)
const dueBoundary = (description: string) =>
  Type.Optional(Type.String({ format: 'due-date', description, examples: ['2026-12-01'] }))

export const SummaryQuery = Type.Object({ time_zone })

const search = (description: string) =>
  Type.Optional(
    Type.Unsafe<string>({
      type: 'string',
      trim: true,
      maxLength: 100,
      format: 'storable-text',
      description,
      examples: ['cafe'],
    }),
  )

export const SORTS = ['created', 'created_at', 'title', 'due_date', 'updated', 'updated_at'] as const

export const ListQuery = Type.Object({
  search: search(
    'Only tasks in whose title or description every one of these words occurs, be it within a longer word. ' +
      'Case, accents and the spelling of apostrophes, quotes, dashes, digits and Arabic letters make no ' +
      'difference, ß is ss, and no character has a meaning of its own. ' +
      'At most 100 characters; empty is no search.',
  ),
  q: search('Another name for search; where both are given they must be the same.'),
  status: Type.Optional(
    OneOf(['all', 'pending', 'active', 'incomplete', 'completed'], {
      description: 'Default all. active and incomplete mean pending.',
      examples: ['pending'],
    }),
  ),
  overdue: Type.Optional(
    Type.Boolean({
      description: 'Only what is pending and past its due date, or only the rest.',
      examples: [true],
    }),
  ),
  due_from: dueBoundary('Only what is due on this day or at this instant, or later.'),
  due_before: dueBoundary('Only what is due before this day begins, or before this instant.'),
  time_zone,
  completed: Type.Optional(
    Type.String({
      maxLength: 100,
      description:
        'true and false are other names for the status completed and pending, where there is no status.',
      examples: ['true'],
    }),
  ),
  sort: Type.Optional(
    OneOf(SORTS, {
      description: 'Default created. Tasks without a due date come last.',
      examples: ['due_date'],
    }),
  ),
  sort_by: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Another name for sort, where there is none. What sort does not take is ignored here.',
      examples: ['due_date'],
    }),
  ),
  order: Type.Optional(
    OneOf(['asc', 'desc'], {
      description: 'Default desc for created and updated, asc for title and due_date.',
      examples: ['asc'],
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 200,
      description: 'Page size. Without it the list is complete.',
      examples: [20],
    }),
  ),
  offset: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      description: 'Tasks to leave out first; needs limit.',
      examples: [40],
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: 'From the Link header of the page before; needs limit.',
      examples: ['eyJpZCI6IjQyIn0'],
    }),
  ),
  count: Type.Optional(Type.Boolean({ description: 'true adds X-Total-Count.', examples: [true] })),
})
export type ListQuery = Static<typeof ListQuery>

/** A string of digits of any length: beyond the range of the column there simply is no such task. */
export const TaskParams = Type.Object({
  id: Type.String({ format: 'positive-integer', description: 'Positive integer.', examples: [42] }),
})

/** The mount that names the user; auth compares it with the token. */
export const OwnerParams = Type.Object({
  user_id: Type.String({ description: 'The user that the token names.', examples: ['alice'] }),
})
