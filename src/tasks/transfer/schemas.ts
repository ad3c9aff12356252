import { type Static, Type } from '@sinclair/typebox'
import { OneOf, Ref, Timestamp } from '../../openapi/schema-types.ts'
import { NewTask, Task } from '../schemas.ts'
import { MAX_TASKS, TRANSFER_FORMATS } from './formats.ts'

/** The shapes of exports and imports. */

const format = (description: string) =>
  Type.Optional(OneOf(TRANSFER_FORMATS, { description, examples: ['csv'] }))

export const ExportQuery = Type.Object({
  format: format('The format of the file. Default json.'),
})
export type ExportQuery = Static<typeof ExportQuery>

export const ImportQuery = Type.Object({
  format: format('The format of the file. Default: what Content-Type says.'),
  dry_run: Type.Optional(
    Type.Boolean({ description: 'true checks the file and creates nothing.', examples: [true] }),
  ),
  time_zone: Type.Optional(
    Type.String({
      format: 'time-zone',
      description:
        'The IANA time zone of times in a calendar that do not name a time zone. Default UTC. JSON and CSV do not need it.',
      examples: ['Europe/Berlin'],
    }),
  ),
})
export type ImportQuery = Static<typeof ImportQuery>

export const Export = Type.Object(
  {
    format: Type.Literal('task-api', { description: 'Always task-api.', examples: ['task-api'] }),
    version: Type.Literal(1, { description: 'The version of this format.', examples: [1] }),
    exported_at: Timestamp('When the export began.'),
    tasks: Type.Array(Ref(Task), {
      description: 'All tasks, oldest first, without those in the trash.',
      examples: [[]],
    }),
  },
  { $id: 'Export', description: 'All tasks of the current user.' },
)
export type Export = Static<typeof Export>

const instant = (description: string) =>
  Type.Optional(Type.String({ format: 'instant', description, examples: ['2026-01-02T10:00:00.000Z'] }))

export const ImportedTask = Type.Object(
  {
    ...NewTask.properties,
    id: Type.Optional(
      Type.Unknown({
        description:
          'Together with created_at it identifies the task, so that an import does not create the task twice. A new task ' +
          'gets a new id.',
        examples: [42],
      }),
    ),
    created_at: instant('When the task was created. Default: now.'),
    updated_at: instant('When the task last changed. Default: now.'),
    next_task_id: Type.Optional(
      Type.Unknown({
        description: 'The id of the next occurrence, if it is in the same file.',
        examples: [null],
      }),
    ),
  },
  {
    $id: 'ImportedTask',
    description:
      'A task of a file: the fields of a new task, and further fields of an export. Unknown fields are ignored.',
  },
)

export const Import = Type.Object(
  {
    tasks: Type.Array(Ref(ImportedTask), {
      maxItems: MAX_TASKS,
      description: 'The tasks.',
      examples: [[{ title: 'Water the plants' }]],
    }),
  },
  {
    $id: 'Import',
    description: 'Tasks to import. An array of tasks is accepted too. Other fields are ignored.',
  },
)
export type Import = Static<typeof Import>

const count = (description: string, example: number) =>
  Type.Integer({ minimum: 0, description, examples: [example] })

export const ImportResult = Type.Object(
  {
    dry_run: Type.Boolean({
      description: 'Whether this was a dry run, which creates nothing.',
      examples: [false],
    }),
    created: count(
      'The number of tasks that were created, or with dry_run the number that would be created.',
      3,
    ),
    skipped: count(
      'The number of tasks that were skipped, because they exist already or occur earlier in the file.',
      1,
    ),
    ignored: count('The number of parts of a calendar that are not tasks, such as events.', 0),
    ignored_columns: Type.Array(Type.String(), {
      description: 'Columns of a CSV file that are not fields of a task. At most 20.',
      examples: [['Assigned to']],
    }),
  },
  { $id: 'ImportResult', description: 'What an import did.' },
)
export type ImportResult = Static<typeof ImportResult>
