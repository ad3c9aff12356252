import type { Format } from '../http/validation.ts'
import { isTimeZone, parseDueDate } from './due-date.ts'

/** Whether PostgreSQL can store the text unchanged. */
export const isStorable = (text: string) => !text.includes('\u0000') && text.isWellFormed()

export const taskFormats: Readonly<Record<string, Format>> = {
  'due-date': {
    validate: (text) => parseDueDate(text) !== undefined,
    message:
      'must be a date (2026-12-01) or a timestamp with an offset (2026-12-01T15:00:00+01:00), years 1000 to 9999',
    shownAs: {
      pattern:
        '^\\d{4}-\\d{2}-\\d{2}([Tt]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?([Zz]|[+-]([01]\\d|2[0-3]):[0-5]\\d))?$',
    },
  },
  'time-zone': {
    validate: isTimeZone,
    message: 'must be an IANA time zone such as Europe/Berlin',
    shownAs: { pattern: '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$' },
  },
  'storable-text': {
    validate: isStorable,
    message: 'must not contain U+0000 or half of a surrogate pair',
    shownAs: { pattern: '^[^\\x00]*$' },
  },
  'single-line': {
    validate: (text) => isStorable(text) && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text),
    message:
      'must be one line without control characters (tab, line break, U+0000) or half of a surrogate pair',
    shownAs: { pattern: '^[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]*$' },
  },
  'positive-integer': {
    validate: (text) => /^0*[1-9][0-9]*$/.test(text),
    message: 'must be a positive integer',
    shownAs: { type: 'integer', format: 'int64', minimum: 1 },
  },
}
