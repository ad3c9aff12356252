import { type DueFields, fromFields, localDay, toFields } from './due'
import { readSimple, type RepeatFields, type SimpleRule, WEEKDAYS } from './repeat'

/*
 * The next dates of a series that is not saved yet. Only the service knows every rule; this file knows the rules that
 * the form can build. docs/recurrence.md of the service says which dates these are.
 */

/** Maximum number of periods without a date before the search ends. */
const MAX_PERIODS = 500
const SPAN_IN_DAYS = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }

/** The next dates, in the form of a due date; undefined for a rule that only the service knows. */
export function nextDates(
  fields: { due: DueFields; repeat: RepeatFields },
  now: Date,
  count = 5,
): string[] | undefined {
  const { repeat } = fields
  const rule = readSimple(repeat.rule)
  if (rule === undefined || fields.due.day === '') return undefined
  // A time that does not exist, because clocks are set forward, becomes a later one when it is saved.
  const due = toFields(fromFields(fields.due))
  const start = repeat.anchor === 'completion' ? localDay(now) : due.day
  const after = Math.max(
    ...[start, ...(due.time ? [] : [localDay(now)])].map((day) => momentOf(day, due.time)),
  )
  const earliest = due.time ? Math.max(after, now.getTime()) : after
  const dates: string[] = []
  for (const day of daysOf(rule, dateOf(start), new Date(earliest))) {
    if (momentOf(day, due.time) <= earliest || isJumped(day, due.time)) continue
    if (dates.push(fromFields({ ...due, day })!) === count) break
  }
  return dates
}

const dateOf = (day: string) => new Date(`${day}T00:00`)
const momentOf = (day: string, time: string) => new Date(`${day}T${time || '00:00'}`).getTime()
/** Whether this time does not exist, because clocks are set forward in spring. */
const isJumped = (day: string, time: string) =>
  time !== '' && new Date(`${day}T${time}`).toTimeString().slice(0, 5) !== time

/** The days of a rule, from shortly before `from`. */
function* daysOf(rule: SimpleRule, start: Date, from: Date): Generator<string> {
  const span = SPAN_IN_DAYS[rule.frequency] * rule.interval
  const distance = (from.getTime() - start.getTime()) / 86_400_000
  const first = Math.max(0, Math.floor(distance / span) - 1)
  for (let period = first; period < first + MAX_PERIODS; period += 1)
    for (const day of daysOfPeriod(rule, start, period * rule.interval)) if (day >= start) yield localDay(day)
}

/** Days that do not exist, like 31 April, are left out. */
function daysOfPeriod({ frequency, weekdays }: SimpleRule, start: Date, step: number): Date[] {
  const [year, month, day] = [start.getFullYear(), start.getMonth(), start.getDate()]
  if (frequency === 'DAILY') return [new Date(year, month, day + step)]
  if (frequency === 'WEEKLY') {
    if (weekdays.length === 0) return [new Date(year, month, day + 7 * step)]
    const monday = day - ((start.getDay() + 6) % 7) + 7 * step
    return WEEKDAYS.flatMap((name, index) =>
      weekdays.includes(name) ? [new Date(year, month, monday + index)] : [],
    )
  }
  const date = frequency === 'MONTHLY' ? new Date(year, month + step, day) : new Date(year + step, month, day)
  return date.getDate() === day ? [date] : []
}
