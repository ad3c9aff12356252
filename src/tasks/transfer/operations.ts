import { Type } from '@sinclair/typebox'
import { errorResponses, json } from '../../openapi/responses.ts'
import { Ref } from '../../openapi/schema-types.ts'
import { replayedHeader } from '../responses.ts'
import { IdempotencyHeader, OwnerParams } from '../schemas.ts'
import { exported, imports, results } from './examples.ts'
import { MAX_FILE_BYTES, MAX_TASKS, MEDIA_TYPES } from './formats.ts'
import { Export, ExportQuery, Import, ImportQuery, ImportResult } from './schemas.ts'

const disposition = {
  'content-disposition': {
    type: 'string',
    description: 'A name for the file, with the date in UTC.',
    examples: ['attachment; filename="tasks-2026-01-02.json"'],
  },
}
const file = (examples: object) => ({ schema: Type.String(), examples })

/**
 * The schemas of the routes, and their texts in the OpenAPI document.
 *
 * @param namesUser for the routes with the user in the path: they have their own tag and operation ids
 */
export function describeTransferRoutes(namesUser: boolean) {
  const tags = [namesUser ? 'Tasks by user' : 'Tasks']
  const idOf = (operation: string) => `${operation}${namesUser ? 'ByUser' : ''}`
  const params = Type.Object(namesUser ? OwnerParams.properties : {})
  return {
    export: {
      tags,
      operationId: idOf('exportTasks'),
      summary: 'Export my tasks',
      description:
        'All tasks as a file: JSON, CSV for spreadsheets, or iCalendar (RFC 5545) for calendars. Tasks in the trash are ' +
        'not included. docs/export.md describes the formats.',
      params,
      querystring: ExportQuery,
      response: {
        200: {
          description: 'The file.',
          headers: disposition,
          content: {
            [MEDIA_TYPES.json]: { schema: Ref(Export), examples: exported.json },
            [MEDIA_TYPES.csv]: file(exported.csv),
            [MEDIA_TYPES.ics]: file(exported.ics),
          },
        },
      },
    },
    import: {
      tags,
      operationId: idOf('importTasks'),
      summary: 'Import tasks',
      description:
        'Creates the tasks of a file in one transaction: all of them, or none. It accepts files of the export, CSV from ' +
        `spreadsheets and tasks from other calendars: up to ${MAX_FILE_BYTES / 1024 ** 2} MiB and ${MAX_TASKS} tasks. ` +
        'Tasks that exist already are skipped, so importing the same file again creates no duplicates. errors lists up ' +
        'to 100 mistakes, with their lines. In the rate limit an import counts as one request for each 64 KiB or for ' +
        'each 50 tasks, whichever is more.',
      params,
      querystring: ImportQuery,
      headers: IdempotencyHeader,
      body: {
        content: {
          [MEDIA_TYPES.json]: { schema: Ref(Import) },
          [MEDIA_TYPES.csv]: { schema: Type.String() },
          [MEDIA_TYPES.ics]: { schema: Type.String() },
        },
      },
      'x-examples-by-type': {
        [MEDIA_TYPES.json]: imports.json,
        [MEDIA_TYPES.csv]: imports.csv,
        [MEDIA_TYPES.ics]: imports.ics,
      },
      response: {
        200: json(Ref(ImportResult), 'What the import did.', { headers: replayedHeader, examples: results }),
        ...errorResponses(422),
      },
    },
  }
}
