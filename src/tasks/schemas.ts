import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { StringOrNull, Timestamp } from '../openapi/schema-types.ts'

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

/** Digits, as many as the client sends: an id beyond the range of the column is a 404 like any other unknown id. */
export const TaskParams = Type.Object({
  id: Type.String({ format: 'positive-integer', description: 'Positive integer.', examples: [42] }),
})

/** For the routes with the user in the path. The auth plugin compares it with the token. */
export const OwnerParams = Type.Object({
  user_id: Type.String({ description: 'The user of the token.', examples: ['alice'] }),
})
