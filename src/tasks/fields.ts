import { instantSql } from '../database/client.ts'
import { Prisma, type Task as TaskRow } from '../generated/prisma/client.ts'
import { parseDueDate } from './due-date.ts'
import { completeRecurrence } from './recurrence/rule.ts'
import type { NewTask, Summary, Task } from './schemas.ts'

const { sql, raw } = Prisma
type Sql = Prisma.Sql

/** A column of the table, as the generated client names it: a renamed column breaks the build. */
export type Column = Prisma.TaskScalarFieldEnum
/** What a field stores, by column. */
type Values = Readonly<Partial<Record<Column, Sql>>>

/** A field that answers have: the SQL expression that reads it. */
interface Reading {
  readonly read: string
}
/** A field that clients send: what a value stores, and the value of a new task if the client sends none. */
type Writing<Name extends keyof NewTask> = {
  readonly write: (value: Exclude<NewTask[Name], undefined>) => Values
} & (object extends Pick<NewTask, Name>
  ? { readonly absent: Exclude<NewTask[Name], undefined> }
  : { readonly absent?: never })

/** A field of the schemas without a row does not compile. Neither does a row that lacks what its schemas need. */
type Fields = {
  readonly [Name in keyof Task | keyof NewTask]: (Name extends keyof Task ? Reading : unknown) &
    (Name extends keyof NewTask ? Writing<Name> : unknown)
}

/** Each column name as SQL. */
export const column = Object.fromEntries(
  Object.values(Prisma.TaskScalarFieldEnum).map((name) => [name, raw(name)]),
) as Readonly<Record<Column, Sql>>

const readAs = (name: Column): Reading => ({ read: name })
const readInstant = (name: Column): Reading => ({ read: instantSql(name) })

/** A field that is stored as it is, in one column of the SQL type `type`. */
const stored = <Name extends Column>(name: Name, type: 'text' | 'boolean') => ({
  read: name,
  write: (value: TaskRow[Name]): Values => ({ [name]: sql`${value}::${raw(type)}` }),
})

/** A recurrence as it is stored, with defaults for the parts that the client did not send. */
const storedRecurrence = (sent: NonNullable<NewTask['recurrence']>) =>
  JSON.stringify(completeRecurrence(sent))

/** How each field of the schemas is read from its columns and written to them. */
const fields: Fields = {
  id: readAs('id'),
  user_id: readAs('user_id'),
  title: stored('title', 'text'),
  description: { ...stored('description', 'text'), absent: null },
  completed: { ...stored('completed', 'boolean'), absent: false },
  priority: {
    read: 'priority',
    write: (priority) => ({ priority: sql`${priority ?? 'none'}::task_priority` }),
    absent: 'none',
  },
  tags: {
    read: 'tags',
    write: (tags) => ({ tags: sql`unique_tags(${tags ?? []}::text[])` }),
    absent: [],
  },
  due_date: {
    read: `CASE WHEN ${column.due_all_day.sql} THEN to_char(${column.due_at.sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD')
      ELSE ${instantSql(column.due_at.sql)} END`,
    write: (text) => {
      const due = text === null ? undefined : parseDueDate(text)
      return {
        due_at: sql`${due?.at ?? null}::timestamptz`,
        due_all_day: sql`${due?.allDay ?? false}::boolean`,
      }
    },
    absent: null,
  },
  recurrence: {
    read: 'recurrence',
    write: (recurrence) => ({ recurrence: sql`${recurrence && storedRecurrence(recurrence)}::jsonb` }),
    absent: null,
  },
  next_task_id: readAs('next_task_id'),
  created_at: readInstant('created_at'),
  updated_at: readInstant('updated_at'),
}

/** SQL that reads each expression under its name. */
const selectList = (expressions: Readonly<Record<string, string>>) =>
  raw(
    Object.entries(expressions)
      .map(([name, expression]) => `${expression} AS "${name}"`)
      .join(', '),
  )

const rows = Object.entries(fields) as [string, Partial<Reading & Writing<'description'>>][]

/** The fields of a task, from its columns. */
export const taskFields = selectList(
  Object.fromEntries(rows.flatMap(([name, { read }]) => (read === undefined ? [] : [[name, read]]))),
)

const writers = rows.filter(([, { write }]) => write !== undefined) as [string, Writing<'description'>][]
const defaults = Object.fromEntries(writers.map(([name, { absent }]) => [name, absent]))

/** What a new task stores: every field that clients can send, with its default if it was not sent. */
export const valuesOfNew = (task: NewTask): [Column, Sql][] => valuesOf({ ...defaults, ...task })

/** What the given fields store. A field that is absent or undefined stores nothing. */
export function valuesOf(given: Partial<NewTask>): [Column, Sql][] {
  const sent = given as Readonly<Record<string, string | null | undefined>>
  const values: [Column, Sql][] = []
  for (const [name, { write }] of writers) {
    const value = sent[name]
    if (value !== undefined) values.push(...(Object.entries(write(value)) as [Column, Sql][]))
  }
  return values
}

/** What makes a task the next occurrence of another one: a different due date, and perhaps a shorter series. */
const columnsOfNext = valuesOf({ completed: false, due_date: null, recurrence: null }).map(([name]) => name)
/** The columns that the next occurrence copies: all others that clients can write. */
export const copiedColumns = valuesOfNew({ title: '' })
  .map(([name]) => name)
  .filter((name) => !columnsOfNext.includes(name))

/** How each field of the summary is read from the counts. */
const counts: Record<keyof Summary, string> = {
  total: 'total',
  pending: 'pending',
  completed: 'completed',
  overdue: 'overdue',
  message: `format('%s %s pending, %s overdue', pending, CASE pending WHEN 1 THEN 'task' ELSE 'tasks' END, overdue)`,
}
export const summaryFields = selectList(counts)
