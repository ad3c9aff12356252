import { type Static, type TBoolean, Type } from '@sinclair/typebox'
import { Problem } from '../http/problem.ts'
import { OneOf, Ref, StringOrNull, Timestamp } from '../openapi/schema-types.ts'
import { CURSOR_DAYS } from './changes/cursor.ts'
import { PRIORITIES, type Priority } from './priorities.ts'
import { type Anchor, ANCHORS, MAX_RULE_LENGTH } from './recurrence/rule.ts'
import { MAX_TAG_LENGTH, MAX_TAGS } from './tags/names.ts'

/** The shapes of tasks in requests and answers. */
const time_zone = Type.String({
  format: 'time-zone',
  maxLength: 100,
  description:
    'The IANA time zone of the dates. A due time stays at the same local time when the clocks change. Default UTC.',
  examples: ['Europe/Berlin'],
})
const anchor = OneOf(ANCHORS, {
  description:
    'What the dates are counted from. due_date (default): the due date of the task. completion: the day on which it is ' +
    'completed.',
  examples: ['due_date'],
})

export const Recurrence = Type.Unsafe<{ rule: string; time_zone: string; anchor: Anchor } | null>({
  ...Type.Object({
    rule: Type.String({
      description:
        'The recurrence rule (RFC 5545, 3.3.10), in upper case. COUNT is the number of dates that are left.',
      examples: ['FREQ=WEEKLY;BYDAY=MO,TH'],
    }),
    time_zone,
    anchor,
  }),
  $id: 'Recurrence',
  type: ['object', 'null'],
  description: 'How a task repeats; null for a task that does not.',
})
export type Recurrence = NonNullable<Static<typeof Recurrence>>

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
    priority: OneOf(PRIORITIES, { description: 'How important the task is.', examples: ['high', 'none'] }),
    tags: Type.Array(Type.String(), {
      maxItems: MAX_TAGS,
      description: 'The tags, in the order in which they were sent.',
      examples: [['home', 'garden']],
    }),
    due_date: StringOrNull({
      description:
        'A calendar day, which ends at midnight in the time zone of the client, or a timestamp in UTC; null for none. ' +
        'It has the form in which it was sent.',
      examples: ['2026-12-01', '2026-12-01T14:00:00.000Z'],
    }),
    recurrence: Type.Unsafe<Recurrence | null>({
      ...Ref(Recurrence),
      description: 'How the task repeats; null for a task that does not.',
      examples: [null],
    }),
    next_task_id: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      minimum: 1,
      description:
        'The id of the next occurrence, which was created when this task was completed; null for none. That task may ' +
        'have been deleted since.',
      examples: [null],
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

const priority = Type.Unsafe<Priority | null>({
  type: ['string', 'null'],
  enum: [...PRIORITIES, null],
  description: 'How important the task is; null means none.',
  examples: ['high'],
})
/** The name of a tag. */
const tag = {
  type: 'string',
  trim: 'NFC',
  minLength: 1,
  maxLength: MAX_TAG_LENGTH,
  format: 'tag',
} as const
const TAG_RULE =
  `1 to ${MAX_TAG_LENGTH} characters in one line, at least one of them visible, without commas. White space around it ` +
  'is removed, and it is stored in the Unicode form NFC.'
const tags = Type.Unsafe<string[] | null>({
  type: ['array', 'null'],
  maxItems: MAX_TAGS,
  items: { ...tag, description: TAG_RULE, examples: ['garden'] },
  description:
    `At most ${MAX_TAGS} tags, in this order; they replace all tags of the task. Tags that differ only in letter case ` +
    'are one tag, and the first spelling stays. null and [] remove all tags.',
  examples: [['home', 'garden']],
})
export const NewRecurrence = Type.Unsafe<{ rule: string; time_zone?: string; anchor?: Anchor } | null>({
  ...Type.Object({
    rule: Type.String({
      minLength: 1,
      maxLength: MAX_RULE_LENGTH,
      format: 'recurrence-rule',
      description:
        'A recurrence rule (RFC 5545, 3.3.10) with the parts FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT, ' +
        'UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS and WKST. A rule that never happens is refused.',
      examples: ['FREQ=WEEKLY;BYDAY=MO,TH'],
    }),
    time_zone: Type.Optional(time_zone),
    anchor: Type.Optional(anchor),
  }),
  $id: 'NewRecurrence',
  type: ['object', 'null'],
  description:
    'How a task repeats; null for a task that does not. It needs a due date. Unknown fields are ignored.',
})
const recurrence = Ref(NewRecurrence)

/** Another name for the one field that is given. Validation moves its value to the field: handlers never see it. */
function aliasOf(field: Readonly<Record<string, TBoolean>>) {
  const [[name, schema]] = Object.entries(field) as [[string, TBoolean]]
  const description = `Another name for ${name}. If both are sent they must be the same.`
  return Type.Optional(Type.Unsafe<boolean>({ ...schema, insteadOf: name, description }))
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
    priority: Type.Optional(priority),
    tags: Type.Optional(tags),
    recurrence: Type.Optional(recurrence),
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
  description: 'The state to set. Without it the state is toggled.',
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
  { $id: 'Summary', description: 'How many tasks the current user has.' },
)
export type Summary = Static<typeof Summary>

/** Digits, as many as the client sends: an id beyond the range of the column is a 404 like any other unknown id. */
export const TaskParams = Type.Object({
  id: Type.String({ format: 'positive-integer', description: 'Positive integer.', examples: [42] }),
})

/** A tag in the path. */
export const TagParams = Type.Object({
  name: Type.String({
    format: 'tag-name',
    description: 'The tag, in any letter case, percent-encoded: a slash is %2F.',
    examples: ['garden'],
  }),
})

export const TagName = Type.Object(
  { name: Type.Unsafe<string>({ ...tag, description: TAG_RULE, examples: ['Garden'] }) },
  { $id: 'TagName', description: 'A name for a tag. Unknown fields are ignored.' },
)

export const Tag = Type.Object(
  {
    name: Type.String({
      description:
        'The spelling that most tasks have; if several are equally common, the one on the oldest task.',
      examples: ['garden'],
    }),
    count: Type.Integer({ minimum: 1, description: 'The number of tasks with this tag.', examples: [3] }),
  },
  { $id: 'Tag', description: 'A tag of the current user.' },
)
export type Tag = Static<typeof Tag>

export const TagsChanged = Type.Object(
  { changed: Type.Integer({ minimum: 0, description: 'The number of tasks that changed.', examples: [3] }) },
  { $id: 'TagsChanged', description: 'What a change of a tag did.' },
)
export type TagsChanged = Static<typeof TagsChanged>

/** For the routes with the user in the path. The auth plugin compares it with the token. */
export const OwnerParams = Type.Object({
  user_id: Type.String({ description: 'The user of the token.', examples: ['alice'] }),
})

/** A page of the change feed. */
export const Changes = Type.Object(
  {
    tasks: Type.Array(Ref(Task), {
      description: 'Tasks that were created, changed or restored, as they are now.',
      examples: [[]],
    }),
    deleted: Type.Array(Type.Integer({ minimum: 1, description: 'The id of a task.', examples: [41] }), {
      description: 'The ids of tasks that were deleted. The client may not have known all of them.',
      examples: [[41]],
    }),
    cursor: Type.String({
      description: `The cursor for the next request. It is opaque, and valid for ${CURSOR_DAYS} days.`,
      examples: ['MSA5ZjM0YzE'],
    }),
    has_more: Type.Boolean({
      description: 'Whether there are more changes. If so, repeat at once with the cursor.',
      examples: [false],
    }),
  },
  { $id: 'Changes', description: 'A page of the changes of the current user’s tasks.' },
)

const EntityTags = (description: string) =>
  Type.Optional(Type.String({ format: 'entity-tags', description, examples: ['"2026-01-02T10:00:00.000Z"'] }))

export const IfMatchHeader = Type.Object({
  'if-match': EntityTags(
    'The change is made only if the task has one of these ETags; otherwise the answer is a 412. Without this header, ' +
      'or with *, the change is always made. The ETag of a task is its updated_at in double quotes.',
  ),
})
export const IfNoneMatchHeader = Type.Object({
  'if-none-match': EntityTags(
    'If the task has one of these ETags the answer is a 304 without a body. * matches every task.',
  ),
})

/** The problem of a 412. */
export const ChangedMeanwhile = Type.Object(
  { ...Problem.properties, current: Ref(Task) },
  {
    $id: 'ChangedMeanwhile',
    description: 'RFC 9457 problem details, with the task as it is now in current.',
  },
)

export const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      format: 'idempotency-key',
      description:
        'Makes a retry safe: the same request with the same key within 24 hours gives the first answer again, and ' +
        'creates nothing. 1 to 255 visible ASCII characters, such as a UUID.',
      examples: ['5f0c1c7e-8f7e-4a55-9f0a-2f7d6a5f3b11'],
    }),
  ),
})
