import { DAY_MS, type DueDate, parseDueDate, remainder } from '../due-date.ts'
import { calendarOf } from './calendar.ts'
import { expand, expandCandidates } from './dates.ts'
import { MAX_PERIODS } from './days.ts'
import { partsOf, readUntil } from './rule.ts'
import type { Recurrence } from '../schemas.ts'

/*
 * The dates of recurring tasks in their time zones. docs/recurrence.md says what users can expect.
 *
 * Rules are expanded in wall-clock time (milliseconds, as if it were UTC) and then converted: 9:00 stays 9:00 all year.
 */

export const MAX_OCCURRENCES = 50
export const DEFAULT_OCCURRENCES = 5

/** What determines the dates of a recurring task. */
export interface Series {
  due_date: string
  recurrence: Recurrence
}

/** Maximum number of dates in a row at times that do not exist because the clocks were set forward. */
const MAX_JUMPED = 20
/** Maximum number of skipped dates that are checked for such times. Each check takes 2 µs. */
const MAX_CHECKED = 100
/** Due dates end with the year 9999. */
const END = Date.UTC(10_000, 0)

/** The start of a search: the rule counts from the wall-clock time `start`, and the next date is later than `after`. */
function beginningOf({ due_date, recurrence }: Series, now: number, isSkip: boolean) {
  const { time_zone, anchor, rule } = recurrence
  const parts = partsOf(rule)
  const { at, allDay } = parseDueDate(due_date) as DueDate
  const calendar = calendarOf(allDay, time_zone, readUntil(parts.UNTIL ?? ''))
  const due = Date.parse(at)
  const dueWall = allDay ? due : calendar.wallOf(due)
  const later = Math.max(due, calendar.momentOf(now))
  if (anchor === 'due_date') return { parts, calendar, start: dueWall, after: later }
  // Skipping must move the task even if its due date is in the future.
  const from = isSkip ? Math.max(dueWall, calendar.wallOf(now)) : calendar.wallOf(now)
  const start = from - remainder(from, DAY_MS) + remainder(dueWall, DAY_MS)
  const moment = isSkip ? later : calendar.momentOf(now)
  return { parts, calendar, start, after: Math.max(moment, calendar.dateOf(start) ?? moment) }
}

/** The number of dates of a series up to `end`, without its start. Counting stops at `most`. */
function countPassed({ parts, calendar, start }: ReturnType<typeof beginningOf>, end: number, most: number) {
  let passed = 0
  let jumped = 0
  for (const wall of expandCandidates(parts, start, start)) {
    if (wall > end || passed - jumped >= most) break
    passed += 1
    if (passed <= MAX_CHECKED && !calendar.exists(wall)) jumped += 1
  }
  return passed - jumped
}

/** The next dates of a series, each with the COUNT that is left at this date. */
function* upcoming(series: Series, now: number, isSkip: boolean) {
  const beginning = beginningOf(series, now, isSkip)
  const { parts, calendar, start, after } = beginning
  if (start >= END) return
  // Starts a day earlier, because the clocks may have been set back.
  const from = Math.max(start, calendar.wallOf(after) - DAY_MS)
  let left = Number(parts.COUNT ?? Infinity)
  if (left !== Infinity && from > start) left -= countPassed(beginning, from, left)
  let jumped = 0
  for (const wall of expand(parts, start, from)) {
    const date = calendar.dateOf(wall)
    if (date === undefined && ++jumped > MAX_JUMPED) return
    if (date === undefined) continue
    left -= 1
    if (left < 1 || calendar.isOver(wall, date) || date >= END) return
    if (date > after) yield { due_date: calendar.write(date), left }
  }
}

/**
 * Returns the series from its next date on. That is the first date of its rule after both the due date and `now`. If the
 * series counts from completion, it is the first date after `now`. COUNT is reduced by the dates that have passed.
 *
 * @param isSkip whether the date must also be after the due date if the series counts from completion
 * @returns undefined if the series is over
 */
export function nextOf(series: Series, now: number, isSkip = false): Series | undefined {
  const [next] = upcoming(series, now, isSkip)
  if (next === undefined) return undefined
  const rule = series.recurrence.rule.replace(/(^|;)COUNT=[0-9]+/, `$1COUNT=${next.left}`)
  return { due_date: next.due_date, recurrence: { ...series.recurrence, rule } }
}

/** The next dates, at most `count`. The first one is that of `nextOf`. Each is computed when the iterator reaches it. */
export function* occurrencesOf(series: Series, now: number, count: number) {
  let found = 0
  for (const { due_date } of upcoming(series, now, false)) {
    yield due_date
    if (++found >= count) return
  }
}

const NEVER = `never happens, or not within ${MAX_PERIODS} of its periods after the due date`

/** Returns what is wrong with a rule for this due date. The text completes a sentence that begins with the field's name. */
export function mistakeInSeries({ due_date, recurrence }: Series): string | undefined {
  const { calendar, start } = beginningOf(
    { due_date, recurrence: { ...recurrence, anchor: 'due_date' } },
    0,
    false,
  )
  const date = calendar.dateOf(start)
  if (date !== undefined && calendar.isOver(start, date)) return 'ends before the due date'
  const rule = recurrence.rule.replace(/(^|;)(COUNT|UNTIL)=[^;]*/g, '').replace(/^;/, '')
  const endless = { due_date, recurrence: { ...recurrence, anchor: 'due_date' as const, rule } }
  return nextOf(endless, 0) === undefined ? NEVER : undefined
}
