import ICAL from 'ical.js'
import type { Priority } from '../priorities.ts'
import type { Task } from '../schemas.ts'
import { vtimezone } from './vtimezone.ts'
import { instantOf, localOf } from './zones.ts'

/** RFC 5545, 3.8.1.9: 1 is the highest priority, 9 the lowest, 0 none. */
export const PRIORITY_NUMBERS: Readonly<Record<Priority, number>> = {
  none: 0,
  low: 9,
  medium: 5,
  high: 3,
  urgent: 1,
}

/** A globally unique name of a task (RFC 5545, 3.8.4.7), which its id alone is not. It never changes. */
const uidOf = ({ id, created_at }: Task) => `${id}-${created_at.replace(/[-:.]/g, '')}@task-api`

const OWN_UID = /^(\d{1,16})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z@task-api$/
/** The id and the creation time in the UID of an export; undefined for the UID of another program. */
export function readUid(uid: string) {
  const [, id, year, month, day, hour, minute, second, ms] = OWN_UID.exec(uid) ?? []
  if (id === undefined) return undefined
  return { id: Number(id), created_at: `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z` }
}

/** Prepares a text for iCalendar: turns every line end into `\n`, and removes control characters other than tabs. */
const clean = (text: string) =>
  text.replace(/\r\n?/g, '\n').replace(/[\p{Cc}]/gu, (c) => ('\n\t'.includes(c) ? c : ''))

const utc = (instant: string) => ICAL.Time.fromDateTimeString(`${instant.slice(0, 19)}Z`)

/**
 * How an export is written as iCalendar (RFC 5545). A zone is defined before the first task that needs it.
 *
 * @param now time of the export
 */
export function createIcsWriter(now: string) {
  const zones = new Set<string>()
  const define = (zone: string) => {
    if (zones.has(zone)) return ''
    zones.add(zone)
    return vtimezone(zone)
  }
  return {
    start: 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Task API//Export 1.0//EN\r\n',
    write: (tasks: readonly Task[]) =>
      tasks
        .map((task) => {
          const zone = zoneNeededBy(task)
          return refold((zone === undefined ? '' : define(zone)) + writeTask(task, zone, now))
        })
        .join(''),
    end: 'END:VCALENDAR\r\n',
  }
}

/** A series of times must name its zone to keep its wall-clock time. A time that occurs twice there is written in UTC. */
function zoneNeededBy({ due_date, recurrence }: Task): string | undefined {
  if (!recurrence || recurrence.time_zone === 'UTC' || !due_date?.includes('T')) return undefined
  const { time_zone: zone } = recurrence
  const back = instantOf(localOf(due_date, zone), zone)
  return back?.slice(0, 19) === due_date.slice(0, 19) ? zone : undefined
}

function writeTask(task: Task, zone: string | undefined, now: string): string {
  const todo = new ICAL.Component('vtodo')
  const add = (name: string, value: unknown) => todo.addPropertyWithValue(name, value)
  add('uid', uidOf(task))
  add('dtstamp', utc(now))
  add('created', utc(task.created_at))
  add('last-modified', utc(task.updated_at))
  add('summary', task.title)
  if (task.description) add('description', clean(task.description))
  add('priority', PRIORITY_NUMBERS[task.priority])
  if (task.tags.length > 0) todo.addProperty(categories(task.tags))
  add('status', task.completed ? 'COMPLETED' : 'NEEDS-ACTION')
  if (task.completed) add('completed', utc(task.updated_at))
  if (task.due_date) addDates(todo, task.due_date, zone, task.recurrence !== null)
  if (task.recurrence) addZoneAndAnchor(todo, task.recurrence, zone)
  // The rule is written as it is stored: the library would sort its parts.
  const rule = task.recurrence ? `RRULE:${task.recurrence.rule}\r\n` : ''
  return todo.toString().replace(/END:VTODO$/, `${rule}END:VTODO\r\n`)
}

/** The library folds lines at 76 octets, but RFC 5545 (3.1) allows 75. */
const refold = (text: string) => text.replaceAll('\r\n ', '').split('\r\n').map(fold).join('\r\n')

function fold(line: string): string {
  if (Buffer.byteLength(line) <= 75) return line
  let folded = ''
  let octets = 0
  for (const character of line) {
    octets += Buffer.byteLength(character)
    if (octets > 75) {
      folded += '\r\n '
      octets = 1 + Buffer.byteLength(character)
    }
    folded += character
  }
  return folded
}

function categories(tags: string[]) {
  const property = new ICAL.Property('categories')
  property.setValues(tags)
  return property
}

/** A rule counts from DTSTART (RFC 5545, 3.8.5.3), so DTSTART is the due date. Other programs do the same. */
function addDates(todo: ICAL.Component, due: string, zone: string | undefined, recurs: boolean) {
  for (const name of recurs ? ['dtstart', 'due'] : ['due']) {
    const property = new ICAL.Property(name)
    if (zone !== undefined) property.setParameter('tzid', zone)
    if (!due.includes('T')) property.setValue(ICAL.Time.fromDateString(due))
    else property.setValue(zone === undefined ? utc(due) : ICAL.Time.fromDateTimeString(localOf(due, zone)))
    todo.addProperty(property)
  }
}

/** RFC 5545 has no property for these two, so they get properties of our own, if they are not the default. */
function addZoneAndAnchor(
  todo: ICAL.Component,
  { time_zone, anchor }: NonNullable<Task['recurrence']>,
  zone: string | undefined,
) {
  if (zone === undefined && time_zone !== 'UTC') todo.addPropertyWithValue('x-task-api-time-zone', time_zone)
  if (anchor !== 'due_date') todo.addPropertyWithValue('x-task-api-anchor', anchor)
}
