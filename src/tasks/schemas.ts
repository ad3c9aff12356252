import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { OneOf, StringOrNull, Timestamp } from '../openapi/schema-types.ts'
import { DEFAULT_SORT, type Order, SORT_NAMES, sortsByDefault } from './sorts.ts'

/** The shapes of tasks in requests and answers. */
export const Task = Type.Object(
  {
    id: Type.Integer({ minimum: 1, description: 'Unique among all tasks.', examples: [42] }),
    user_id: Type.String({ description: 'The owner: the user of the token.', examples: ['alice'] }),
    title: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'The title, without white space around it.',
      examples: ['Water the plants'],
    }),
    description: StringOrNull({
      maxLength: 1000,
      description: 'More about the task; null for none.',
      examples: ['The fern needs little, the mint a lot.'],
    }),
    completed: Type.Boolean({ description: 'Whether the task is done.', examples: [false] }),
    due_date: StringOrNull({
      description:
        'A calendar day, which ends at midnight in the time zone of the client, or a timestamp in UTC; null for none. ' +
        'It has the form in which it was sent.',
      examples: ['2026-12-01', '2026-12-01T14:00:00.000Z'],
    }),
    created_at: Timestamp('When the task was created.'),
    updated_at: Timestamp('When the task last changed. It grows with every change.'),
  },
  { $id: 'Task', description: 'A task. Only its owner can see it.' },
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
  description:
    'A calendar day (2026-12-01) or a timestamp with an offset (2026-12-01T15:00:00+01:00); null for none.',
  examples: ['2026-12-01'],
})
const completed = Type.Boolean({ description: 'Whether the task is done.', examples: [true] })

/** Another name for the one field that is given. Validation moves its value to the field: handlers never see it. */
function aliasOf<Field extends TSchema>(field: Readonly<Record<string, Field>>) {
  const [[name, schema]] = Object.entries(field) as [[string, Field]]
  const description = `Another name for ${name}. If both are sent they must be the same.`
  return Type.Optional(Type.Unsafe<Static<Field>>({ ...schema, insteadOf: name, description }))
}

/** The other names for fields in bodies. */
const aliases = {
  is_completed: aliasOf({ completed }),
}
type Alias = keyof typeof aliases

export const NewTask = Type.Object(
  {
    title,
    description: Type.Optional(description),
    due_date: Type.Optional(due_date),
    completed: Type.Optional(completed),
    ...aliases,
  },
  { $id: 'NewTask', description: 'A new task. Unknown fields are ignored.' },
)
export type NewTask = Omit<Static<typeof NewTask>, Alias>

export const TaskChanges = Type.Partial(NewTask, {
  $id: 'TaskChanges',
  description:
    'Changes of a task. Fields that are not sent stay as they are; null clears a field. Unknown fields are ignored.',
})
export type TaskChanges = Partial<NewTask>

export const Completion = Type.Unsafe<{ completed?: boolean } | null>({
  ...Type.Object({ completed: Type.Optional(completed), is_completed: aliases.is_completed }),
  $id: 'Completion',
  type: ['object', 'null'],
  description: 'The state to set. Without it the state is flipped.',
})

export const Summary = Type.Object(
  {
    total: Type.Integer({ minimum: 0, description: 'All tasks.', examples: [12] }),
    pending: Type.Integer({ minimum: 0, description: 'Tasks that are not completed.', examples: [9] }),
    completed: Type.Integer({ minimum: 0, description: 'Tasks that are completed.', examples: [3] }),
    overdue: Type.Integer({
      minimum: 0,
      description: 'Pending tasks that are past their due date.',
      examples: [2],
    }),
    message: Type.String({
      description: 'The numbers as a sentence for people.',
      examples: ['9 tasks pending, 2 overdue'],
    }),
  },
  { $id: 'Summary', description: 'The numbers of tasks that the current user has.' },
)
export type Summary = Static<typeof Summary>

const time_zone = Type.Optional(
  Type.String({
    format: 'time-zone',
    description: 'IANA name of the time zone in which calendar days begin and end. Default UTC.',
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

const namesBy = (order: Order) => sortsByDefault(order).join(' and ')

export const ListQuery = Type.Object({
  search: search(
    'Only tasks that contain every one of these words in the title or the description, also within longer words. ' +
      'Case, accents and the spelling of apostrophes, quotes, dashes, digits and Arabic letters make no ' +
      'difference, and ß is the same as ss. No character has a special meaning. At most 100 characters.',
  ),
  q: search('Another name for search. If both are sent they must be the same.'),
  status: Type.Optional(
    OneOf(['all', 'pending', 'active', 'incomplete', 'completed'], {
      description: 'Only tasks in this state. Default all. active and incomplete mean pending.',
      examples: ['pending'],
    }),
  ),
  overdue: Type.Optional(
    Type.Boolean({
      description: 'true: only pending tasks that are past their due date. false: only the others.',
      examples: [true],
    }),
  ),
  due_from: dueBoundary('Only tasks that are due on this day, at this time, or later.'),
  due_before: dueBoundary('Only tasks that are due before this day begins, or before this time.'),
  time_zone,
  completed: Type.Optional(
    Type.String({
      maxLength: 100,
      description:
        'true means status=completed, false means status=pending. Ignored if status is sent, and for other values.',
      examples: ['true'],
    }),
  ),
  sort: Type.Optional(
    OneOf(SORT_NAMES, {
      description: `What the list is sorted by. Default ${DEFAULT_SORT}. Tasks without a due date come last in either order.`,
      examples: ['due_date'],
    }),
  ),
  sort_by: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Another name for sort. Ignored if sort is sent, and for values that sort does not have.',
      examples: ['due_date'],
    }),
  ),
  order: Type.Optional(
    OneOf(['asc', 'desc'], {
      description: `Default desc for ${namesBy('desc')}, asc for ${namesBy('asc')}.`,
      examples: ['asc'],
    }),
  ),
  sort_order: Type.Optional(
    OneOf(['asc', 'desc'], {
      description: 'Another name for order. Ignored if order is sent.',
      examples: ['asc'],
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 200,
      description: 'The page size. Without limit the list is complete.',
      examples: [20],
    }),
  ),
  offset: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      description: 'The number of tasks to skip. Needs limit, and cannot be combined with cursor.',
      examples: [40],
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: 'The start of the page, from the Link header of the page before it. Needs limit.',
      examples: ['eyJpZCI6IjQyIn0'],
    }),
  ),
  count: Type.Optional(
    Type.Boolean({ description: 'true adds the header X-Total-Count.', examples: [true] }),
  ),
})
export type ListQuery = Static<typeof ListQuery>

/** Digits, as many as the client sends: an id beyond the range of the column is a 404 like any other unknown id. */
export const TaskParams = Type.Object({
  id: Type.String({ format: 'positive-integer', description: 'Positive integer.', examples: [42] }),
})

/** For the routes with the user in the path. The auth plugin compares it with the token. */
export const OwnerParams = Type.Object({
  user_id: Type.String({ description: 'The user of the token.', examples: ['alice'] }),
})
