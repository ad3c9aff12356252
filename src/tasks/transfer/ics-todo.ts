import { PRIORITIES } from '../priorities.ts'
import type { Draft, Mistake } from './draft.ts'
import { PRIORITY_NUMBERS, readUid } from './ics-write.ts'
import { dueDateOf, laterBy, momentOf, type Moment, type Property, textOf, zoneFinder } from './ics-values.ts'

/** The properties of a VTODO that have been read. */
export interface Todo {
  line: number
  properties: Map<string, Property>
  /** Values of RRULE, not checked yet. */
  rules: string[]
  tags: string[]
}

export interface Reading {
  /** Time zone of times without one. */
  timeZone: string
  /** Zones that the file defines, by TZID. */
  locations: Map<string, string>
  lastTzid?: string
}

/** Notes a mistake. `message` completes a sentence that begins with the name of the field. */
type Note = (field: string, message: string) => void

/** Returns undefined for a VTODO that changes one date of a series (RECURRENCE-ID): only the series becomes a task. */
export function draftOf(todo: Todo, reading: Reading, index: number): Draft | undefined {
  const { line, properties, tags } = todo
  if (properties.has('RECURRENCE-ID')) return undefined
  const path = `/tasks/${index}`
  const mistakes: Mistake[] = []
  const note: Note = (field, message) => mistakes.push({ path: `${path}/${field}`, line, message })
  const text = (name: string) => textOf(properties.get(name)?.value ?? '') || undefined
  const status = text('STATUS')?.toUpperCase()
  const isDone = properties.has('COMPLETED') || Number(text('PERCENT-COMPLETE')) === 100
  const own = readUid(text('UID') ?? '')
  const task: Draft['task'] = {
    title: text('SUMMARY'),
    description: text('DESCRIPTION'),
    completed: status === undefined ? isDone : status === 'COMPLETED' || status === 'CANCELLED',
    priority: priorityOf(Number(text('PRIORITY'))),
    tags,
    created_at: instantIn(properties.get('CREATED'), (message) => note('created_at', message)),
    updated_at: instantIn(properties.get('LAST-MODIFIED'), (message) => note('updated_at', message)),
    ...datesOf(todo, text, reading, note),
    ...own,
  }
  for (const [name, value] of Object.entries(task)) if (value === undefined) delete task[name]
  const uid = own === undefined ? text('UID') : undefined
  return { task, path, line, mistakes, ...(uid && { uid }) }
}

/** CREATED and LAST-MODIFIED are in UTC (RFC 5545, 3.8.7). */
function instantIn(property: Property | undefined, note: (message: string) => void) {
  if (property === undefined) return undefined
  const moment = momentOf(property, () => 'UTC')
  if (typeof moment !== 'string')
    return moment.zone === undefined ? `${moment.text}T00:00:00Z` : dueDateOf(moment)
  note(moment)
  return undefined
}

/** 1 to 4 are high, 5 is medium, 6 to 9 are low (RFC 5545, 3.8.1.9). Exports write 1, 3, 5 and 9. */
function priorityOf(number: number) {
  if (!(number >= 1 && number <= 9)) return undefined
  const words = [...PRIORITIES].reverse()
  return words.find(
    (word) => word !== 'none' && number <= Math.max(PRIORITY_NUMBERS[word], word === 'high' ? 4 : 0),
  )
}

type TextOf = (name: string) => string | undefined

/** The due date and the recurrence, which depend on each other: a rule counts in the zone of its times. */
function datesOf(todo: Todo, text: TextOf, reading: Reading, note: Note) {
  const [rule, ...others] = todo.rules
  const due = dueOf(todo, reading, note)
  const due_date = due && dueDateOf(due)
  if (rule === undefined) return { due_date }
  if (others.length > 0) note('recurrence/rule', 'must be in the task only once (RRULE)')
  const anchor = text('X-TASK-API-ANCHOR')
  const isFixed = due?.zone === undefined || due.zone === 'UTC'
  const time_zone = isFixed ? text('X-TASK-API-TIME-ZONE') : due.zone
  return {
    due_date,
    recurrence: { rule: untilInUtc(rule, due), ...(time_zone && { time_zone }), ...(anchor && { anchor }) },
  }
}

/** UNTIL may be a time without a zone (RFC 5545, 3.3.10). It is a local time in the zone of the due date. */
const untilInUtc = (rule: string, due: Moment | undefined) =>
  rule.replace(/(?<=\bUNTIL=)(\d{8})T\d{6}(?=;|$)/i, (value, day: string) => {
    if (due?.zone === undefined) return day
    const { zone } = due
    const moment = momentOf({ value, parameters: new Map() }, () => zone)
    if (typeof moment === 'string') return value
    return `${dueDateOf(moment).slice(0, 19).replace(/[-:]/g, '')}Z`
  })

/** DUE; if it is missing, DTSTART of a task with a DURATION or an RRULE. Otherwise DTSTART is not a due date. */
function dueOf(
  { properties, rules }: Todo,
  { timeZone, locations }: Reading,
  note: Note,
): Moment | undefined {
  const due = properties.get('DUE')
  const duration = due === undefined ? properties.get('DURATION') : undefined
  const property = due ?? (duration || rules.length > 0 ? properties.get('DTSTART') : undefined)
  if (property === undefined) return undefined
  const moment = momentOf(property, zoneFinder(locations, timeZone))
  const later = typeof moment === 'string' || !duration ? moment : laterBy(moment, duration.value)
  if (typeof later === 'object') return later
  note('due_date', later ?? 'has a DURATION that is not valid')
  return undefined
}
