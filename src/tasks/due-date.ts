/**
 * A due date is a calendar day (`2026-12-01`), which ends at midnight in the client's time zone, or a timestamp
 * with an offset (RFC 3339). A day is stored as its midnight in UTC.
 *
 * Time zones come from `Intl`, whose data Node keeps up to date. Temporal would replace most of this file, but no
 * supported version of Node before 26 has it, and its polyfills read the same `Intl` formatters.
 */
export interface DueDate {
  /** RFC 3339 in UTC, with milliseconds. */
  at: string
  allDay: boolean
}

/** A moment to compare due dates with: calendar days are compared with `day`, timestamps with `at`. */
export interface DueBound {
  /** The calendar day in the client's time zone, as its midnight in UTC. */
  day: string
  at: string
}

export const DAY_MS = 86_400_000
const DAY = /^(\d{4}-\d{2}-\d{2})$/
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i
const IANA_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/

/** @returns undefined if the text has neither form, is no calendar day or is outside the years 1000 to 9999 */
export function parseDueDate(text: string): DueDate | undefined {
  const allDay = DAY.test(text)
  const day = (allDay ? DAY : INSTANT).exec(text)?.[1]
  if (day === undefined || !isCalendarDay(day)) return undefined
  // V8 reads .0500000000 as half a second. The service keeps milliseconds only.
  const at = new Date(text.toUpperCase().replace(/(\.\d{3})\d+/, '$1'))
  const year = at.getUTCFullYear()
  return year >= 1000 && year <= 9999 ? { at: at.toISOString(), allDay } : undefined
}

/** JavaScript reads 2026-02-30 as the 2nd of March. */
function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** Whether the name is in the IANA time zone database, in any letter case. Offsets such as `+01:00` are not. */
export function isTimeZone(name: string): boolean {
  try {
    return IANA_NAME.test(name) && clockOf(name) !== undefined
  } catch {
    return false
  }
}

/** The bound between tasks that are due before a moment and those that are due at it or later, in `timeZone`. */
export function dueBound(moment: DueDate, timeZone = 'UTC'): DueBound {
  const time = Date.parse(moment.at)
  if (moment.allDay) return { day: moment.at, at: timestamp(startOfDay(time, timeZone)) }
  return { day: timestamp(dayAt(time, timeZone)), at: moment.at }
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/**
 * The formatter of a time zone. Creating one takes 50 to 100 µs, so each is kept. The map cannot outgrow the time
 * zone database (about 600 names of 50 kB): unknown names throw, and letter case makes no difference.
 *
 * @throws RangeError if there is no such time zone
 */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const name = timeZone.toLowerCase()
  const known = clocks.get(name)
  if (known !== undefined) return known
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: name, ...numeric, ...time })
  clocks.set(name, clock)
  return clock
}

/** The local time of an instant in a time zone, as if it were UTC. Both are in milliseconds since 1970. */
export function wallClock(time: number, timeZone: string): number {
  if (timeZone === 'UTC') return time
  const shown = clockOf(timeZone).format(time).match(/\d+/g)!.map(Number)
  const [month, day, year, hour, minute, second] = shown as [number, number, number, number, number, number]
  return Date.UTC(year, month - 1, day, hour, minute, second) + remainder(time, 1000)
}

/** The remainder of a division. Unlike `%` it is never negative. */
export const remainder = (time: number, divisor: number) => ((time % divisor) + divisor) % divisor

/** The first instant with this local time in a time zone; undefined if the clocks skip this local time. */
export function instantOf(wall: number, timeZone: string): number | undefined {
  // No offset from UTC reaches 24 hours.
  const [before, after] = [wall - DAY_MS, wall + DAY_MS].map(
    (time) => wall - (wallClock(time, timeZone) - time),
  )
  if (before === after) return before
  const instants = [before!, after!].filter((time) => wallClock(time, timeZone) === wall)
  return instants.length === 0 ? undefined : Math.min(...instants)
}

/** Returns a function that tests whether a local time exists. It is fast if many times are tested in order. */
export function existenceIn(timeZone: string) {
  let offset = 0
  return (wall: number): boolean => {
    // Most dates have the offset of the date before.
    if (wallClock(wall - offset, timeZone) === wall) return true
    const time = instantOf(wall, timeZone)
    if (time !== undefined) offset = wall - time
    return time !== undefined
  }
}

/** The calendar day in a time zone, as its midnight in UTC. */
export const dayAt = (time: number, timeZone: string) =>
  Math.floor(wallClock(time, timeZone) / DAY_MS) * DAY_MS

/**
 * The first instant of a calendar day in a time zone. A few zones have skipped a whole day: such a day begins and ends
 * when the next day begins.
 *
 * @param day the day, as its midnight in UTC
 */
function startOfDay(day: number, timeZone: string): number {
  const hasBegun = (time: number) => wallClock(time, timeZone) >= day
  return instantOf(day, timeZone) ?? findClockChange(day - DAY_MS, day + DAY_MS, hasBegun)
}

/**
 * Finds the instant between two others at which clocks change. It is a whole second.
 *
 * @param hasChanged whether the clocks have changed at an instant
 */
export function findClockChange(
  before: number,
  after: number,
  hasChanged: (time: number) => boolean,
): number {
  let [low, high] = [before / 1000, after / 1000]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (hasChanged(middle * 1000)) high = middle
    else low = middle
  }
  return high * 1000
}

/** The form that PostgreSQL reads: the year 10000 has no sign there, although ISO 8601 demands one. */
const timestamp = (time: number) => new Date(time).toISOString().replace(/^\+0/, '')
