/**
 * Due dates come in two forms: a day (`2026-12-01`), which ends when it ends where the reader is, and an
 * instant with offset (RFC 3339). A day is stored as the midnight, written in UTC, with which it begins.
 */
export interface DueDate {
  /** RFC 3339 in UTC, milliseconds. */
  at: string
  allDay: boolean
}

/** A moment as both forms see it: days compare with `day`, instants with `at`. */
export interface DueBound {
  /** The day it is, there and then, as the midnight in UTC that stands for it. */
  day: string
  at: string
}

const DAY_MS = 86_400_000
const DAY = /^(\d{4}-\d{2}-\d{2})$/
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i
const IANA_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/

/** Undefined for text that is neither form, names no day of the calendar or leaves the years 1000 to 9999. */
export function parseDueDate(text: string): DueDate | undefined {
  const allDay = DAY.test(text)
  const day = (allDay ? DAY : INSTANT).exec(text)?.[1]
  if (day === undefined || !isCalendarDay(day)) return undefined
  // V8 reads .0500000000 as half a second: milliseconds are all that is kept anyway.
  const at = new Date(text.toUpperCase().replace(/(\.\d{3})\d+/, '$1'))
  const year = at.getUTCFullYear()
  return year >= 1000 && year <= 9999 ? { at: at.toISOString(), allDay } : undefined
}

/** JavaScript reads 2026-02-30 as the 2nd of March. */
function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** Whether a name is one of the IANA time zone database. Offsets such as `+01:00` are not. */
export function isTimeZone(name: string): boolean {
  try {
    return IANA_NAME.test(name) && clockOf(name) !== undefined
  } catch {
    return false
  }
}

/** What is due before this moment, and what from it on, for a reader in `timeZone`. */
export function dueBound(moment: DueDate, timeZone = 'UTC'): DueBound {
  if (!moment.allDay) return { day: midnight(wallClock(new Date(moment.at), timeZone)), at: moment.at }
  return { day: moment.at, at: startOfDay(new Date(moment.at), timeZone).toISOString() }
}

const clockOf = (timeZone: string) =>
  // Swedish writes dates in ISO order.
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })

/** What the clocks of a time zone show, as if it were UTC. */
function wallClock(instant: Date, timeZone: string): Date {
  if (timeZone === 'UTC') return instant
  const shown = clockOf(timeZone).format(instant).padStart(19, '0').replace(' ', 'T')
  const clock = new Date(`${shown}Z`)
  return Number.isNaN(clock.getTime()) ? instant : clock
}

const midnight = (clock: Date) => `${clock.toISOString().slice(0, 10)}T00:00:00.000Z`

/** The first instant of a day, which clocks that change at midnight do not call 00:00. */
function startOfDay(day: Date, timeZone: string): Date {
  const offsetAt = (time: number) => wallClock(new Date(time), timeZone).getTime() - time
  const around = [day.getTime() - DAY_MS, day.getTime() + DAY_MS]
  const candidates = around.map((time) => new Date(day.getTime() - offsetAt(time)))
  const begins = candidates.filter((time) => midnight(wallClock(time, timeZone)) === day.toISOString())
  return begins.sort((a, b) => a.getTime() - b.getTime())[0] ?? day
}
