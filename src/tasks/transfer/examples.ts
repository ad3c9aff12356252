import type { Examples } from '../../openapi/responses.ts'
import { aTask } from '../examples.ts'
import type { Import, ImportResult } from './schemas.ts'

/** The same tasks as files of each format. */
export const exported = {
  json: {
    one: {
      summary: 'A task',
      value: {
        format: 'task-api' as const,
        version: 1 as const,
        exported_at: '2026-01-02T10:00:00.000Z',
        tasks: [aTask.instant!.value],
      },
    },
  },
  csv: {
    one: {
      summary: 'A task',
      value: 'id,title,completed,tags\r\n42,Water the plants,false,"home,garden"\r\n',
    },
  },
  ics: {
    one: {
      summary: 'A task',
      value:
        'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Task API//Export 1.0//EN\r\nBEGIN:VTODO\r\n' +
        'UID:42-20260102T100000000Z@task-api\r\nDTSTAMP:20260103T080000Z\r\nSUMMARY:Water the plants\r\n' +
        'PRIORITY:3\r\nSTATUS:NEEDS-ACTION\r\nDUE;VALUE=DATE:20261201\r\nEND:VTODO\r\nEND:VCALENDAR\r\n',
    },
  },
}

export const imports: { json: Examples<Import>; csv: Examples<string>; ics: Examples<string> } = {
  json: {
    two: {
      summary: 'Two tasks',
      value: {
        tasks: [
          { title: 'Water the plants', due_date: '2026-12-01', tags: ['home'] },
          { id: 42, title: 'Pay rent', created_at: '2026-01-02T10:00:00.000Z' },
        ],
      },
    },
  },
  csv: {
    two: {
      summary: 'Two tasks, with the separator of German Excel',
      value:
        'title;due_date;completed;tags\r\nWater the plants;2026-12-01;FALSCH;home,garden\r\nPay rent;;WAHR;\r\n',
    },
  },
  ics: exported.ics,
}

export const results: Examples<ImportResult> = {
  some: {
    summary: 'Three tasks were created; one existed already',
    value: { dry_run: false, created: 3, skipped: 1, ignored: 0, ignored_columns: [] },
  },
}
