import { ENTITY_TAGS_PATTERN, isEntityTags } from '../http/entity-tags.ts'
import type { Format } from '../http/validation.ts'
import { isTimeZone, parseDueDate } from './due-date.ts'
import { isPriority, PRIORITIES, wordsOfPriorities } from './priorities.ts'
import { mistakeInRule } from './recurrence/rule.ts'
import { MAX_TAG_LENGTH, MAX_TAGS, nameOfTag, namesOfTags } from './tags/names.ts'

/** Whether PostgreSQL can store the text unchanged. */
export const isStorable = (text: string) => !text.includes('\u0000') && text.isWellFormed()
const isSingleLine = (text: string) => isStorable(text) && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
const isTag = (text: string) => isSingleLine(text) && !text.includes(',')
const isTagName = (name: string) => isTag(name) && [...name].length <= MAX_TAG_LENGTH

const anyPriority = `(${PRIORITIES.join('|')})?`

/** The formats that the schemas of tasks use, by name. */
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
  instant: {
    validate: (text) => parseDueDate(text)?.allDay === false,
    message: 'must be a timestamp with an offset (2026-12-01T15:00:00+01:00), years 1000 to 9999',
    shownAs: { format: 'date-time' },
  },
  'time-zone': {
    validate: isTimeZone,
    message: 'must be an IANA time zone such as Europe/Berlin',
    shownAs: { pattern: '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$' },
  },
  'recurrence-rule': {
    validate: (text) => mistakeInRule(text) === undefined,
    message: (text) => mistakeInRule(text)!,
    shownAs: { pattern: '^[A-Za-z0-9=;,:+-]+$' },
  },
  'storable-text': {
    validate: isStorable,
    message: 'must not contain U+0000 or an unpaired surrogate',
    shownAs: { pattern: '^[^\\x00]*$' },
  },
  'single-line': {
    validate: isSingleLine,
    message: 'must be one line without control characters (tab, line break, U+0000) or an unpaired surrogate',
    shownAs: { pattern: '^[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]*$' },
  },
  tag: {
    validate: isTag,
    message:
      'must be one line without commas, control characters (tab, line break, U+0000) or an unpaired surrogate',
    shownAs: { pattern: '^[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029,]*$' },
  },
  'tag-name': {
    validate: (text) => nameOfTag(text) !== '' && isTagName(nameOfTag(text)),
    message: `must be a tag: 1 to ${MAX_TAG_LENGTH} characters in one line, without commas`,
    shownAs: { pattern: '^[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029,]+$' },
  },
  'tag-list': {
    validate: (text) => namesOfTags(text).length <= MAX_TAGS && namesOfTags(text).every(isTagName),
    message: `must be at most ${MAX_TAGS} tags of at most ${MAX_TAG_LENGTH} characters, separated by commas`,
    shownAs: { pattern: '^[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]*$' },
  },
  'priority-list': {
    validate: (text) => wordsOfPriorities(text).every(isPriority),
    message: `must be one or more of ${PRIORITIES.join(', ')}, separated by commas`,
    shownAs: { pattern: `^${anyPriority}(,${anyPriority})*$` },
  },
  'positive-integer': {
    validate: (text) => /^0*[1-9][0-9]*$/.test(text),
    message: 'must be a positive integer',
    shownAs: { type: 'integer', format: 'int64', minimum: 1 },
  },
  'idempotency-key': {
    validate: (text) => /^[\x21-\x7e]*$/.test(text),
    message: 'must be visible ASCII characters, without spaces',
    shownAs: { pattern: '^[\\x21-\\x7e]*$' },
  },
  'entity-tags': {
    validate: isEntityTags,
    message: 'must be * or a list of ETags in double quotes, such as "2026-01-02T10:00:00.000Z"',
    shownAs: { pattern: ENTITY_TAGS_PATTERN },
  },
}
