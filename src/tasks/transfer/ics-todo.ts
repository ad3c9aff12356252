import ICAL from 'ical.js'
import { parseDueDate } from '../due-date.ts'
import { PRIORITIES } from '../priorities.ts'
import type { Draft, Mistake } from './draft.ts'
import { PRIORITY_NUMBERS, readUid } from './ics-write.ts'
import { instantOf, zoneOf } from './zones.ts'

/** A VTODO, as far as it was read. */
export interface Todo {
  line: number
  properties: Map<string, ICAL.Property[]>
  /** RRULE, as it is in the file: other code checks it. */
  rule?: string
  tags: string[]
  mistakes: Mistake[]
}

export interface Reading {
  /** Time zone of times without one. */
  timeZone: string
  /** Zones that the file defines, by TZID. */
  locations: Map<string, string>
  lastTzid?: string
}

/** undefined for a change of one date of a series (RECURRENCE-ID): the series itself is the task. */
export function draftOf(todo: Todo, reading: Reading, index: number): Draft | undefined {
  const { line, properties, mistakes } = todo
  if (properties.has('RECURRENCE-ID')) return undefined
  const path = `/tasks/${index}`
  const textOf = (name: string) => {
    const value = properties.get(name)?.[0]?.getFirstValue()
    return value === undefined || value === null ? undefined : String(value)
  }
  const status = textOf('STATUS')?.toUpperCase()
  const isDone = properties.has('COMPLETED') || textOf('PERCENT-COMPLETE') === '100'
  const own = readUid(textOf('UID') ?? '')
  const { due_date, recurrence, mistake } = datesOf(todo, textOf, reading)
  if (mistake !== undefined) mistakes.push({ path: '/due_date', message: mistake })
  const task: Draft['task'] = {
    title: textOf('SUMMARY'),
    description: textOf('DESCRIPTION') || undefined,
    completed: status === undefined ? isDone : status === 'COMPLETED' || status === 'CANCELLED',
    priority: priorityOf(Number(textOf('PRIORITY'))),
    tags: todo.tags,
    created_at: textOf('CREATED'),
    updated_at: textOf('LAST-MODIFIED'),
    due_date,
    recurrence,
    ...own,
  }
  for (const [name, value] of Object.entries(task)) if (value === undefined) delete task[name]
  const uid = own === undefined ? textOf('UID') : undefined
  const found = mistakes.map((one) => ({ ...one, path: path + one.path, line: one.line ?? line }))
  return { task, path, line, mistakes: found, ...(uid && { uid }) }
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
function datesOf({ properties, rule }: Todo, textOf: TextOf, reading: Reading) {
  const due = timeOf(properties.get('DUE')?.[0]) ?? dueByStart(properties, rule !== undefined)
  if (due === undefined && rule === undefined) return {}
  const { date, zone, mistake } = due === undefined ? {} : readTime(due, reading)
  if (rule === undefined) return { due_date: date, mistake }
  const anchor = textOf('X-TASK-API-ANCHOR')
  const time_zone = zone ?? textOf('X-TASK-API-TIME-ZONE')
  return {
    due_date: date,
    mistake,
    recurrence: { rule, ...(time_zone && { time_zone }), ...(anchor && { anchor }) },
  }
}

/** A time as the file has it: `2026-12-01`, `2026-12-01T15:00:00` or `2026-12-01T15:00:00Z`. */
interface LocalTime {
  text: string
  tzid: string | undefined
}

const timeOf = (property: ICAL.Property | undefined): LocalTime | undefined =>
  property && {
    text: textOfTime(property),
    tzid: property.getFirstParameter('tzid') || undefined,
  }

/**
 * What the file says. The library would turn the 31st of November into the 1st of December. Second 60 is the same as 59
 * where leap seconds are not supported (RFC 5545, 3.3.12).
 */
const textOfTime = (property: ICAL.Property) =>
  String((property.toJSON() as unknown[])[3]).replace(/:60(Z?)$/, ':59$1')

/** DTSTART is no due date, except with a duration, and of a series. */
function dueByStart(properties: Todo['properties'], recurs: boolean): LocalTime | undefined {
  const start = timeOf(properties.get('DTSTART')?.[0])
  const duration = properties.get('DURATION')?.[0]?.getFirstValue()
  if (start === undefined || !(duration instanceof ICAL.Duration)) return recurs ? start : undefined
  return { ...start, text: addSeconds(start.text, duration.toSeconds()) }
}

/** A time without a zone, as if its zone were UTC. */
const inUtc = (text: string) => text.replace(/T[\d:]+$/, '$&Z')

/** By arithmetic: the library counts month by month. A text that is no time, or a sum beyond all dates, is no time. */
function addSeconds(text: string, seconds: number): string {
  const start = parseDueDate(inUtc(text))
  const sum = new Date(start === undefined ? NaN : Date.parse(start.at) + seconds * 1000)
  if (start === undefined || Number.isNaN(sum.getTime())) return 'no time'
  if (start.allDay) return sum.toISOString().split('T')[0]!
  return sum.toISOString().replace(/\.\d+Z$/, text.endsWith('Z') ? 'Z' : '')
}

function readTime({ text, tzid }: LocalTime, { timeZone, locations }: Reading) {
  if (!text.includes('T') || text.endsWith('Z')) return { date: text }
  const zone = tzid ? zoneOf(locations.get(tzid) ?? tzid) : timeZone
  if (zone === undefined)
    return { mistake: 'has a time zone (TZID) that the IANA time zone database does not have' }
  const date = parseDueDate(inUtc(text)) && instantOf(text, zone)
  return { date: date ?? text, zone }
}
