import { DAY_MS, remainder } from '../due-date.ts'
import { type Parts, WEEKDAYS } from './rule.ts'
import { finderOf, firstOf, monthOf, newYear, numbersIn, weekdayOf, yearOf } from './years.ts'

/*
 * Computes the days of a rule by arithmetic. This finds rules that have no date, counts the dates that are skipped, and
 * gives the library the start of a search (dates.ts). The library itself needs 100 µs for a rule, and 20 µs for a period
 * without a date. A day is a number: days since 1970-01-01.
 */

/** A search ends after this many periods in a row that could have a date but have none. Each costs about a microsecond. */
export const MAX_PERIODS = 500

/** The periods of a rule: its days, weeks, months or years, numbered in order. */
interface Periods {
  indexOf(day: number): number
  /** The first day of a period. */
  beginning(index: number): number
}

function periodsOf({ FREQ, WKST = 'MO' }: Parts): Periods {
  if (FREQ === 'DAILY') return { indexOf: (day) => day, beginning: (index) => index }
  if (FREQ === 'YEARLY') return { indexOf: yearOf, beginning: newYear }
  if (FREQ === 'MONTHLY')
    return {
      indexOf: (day) => yearOf(day) * 12 + monthOf(day),
      beginning: (index) => firstOf(Math.floor(index / 12), index % 12),
    }
  const offset = WEEKDAYS.indexOf(WKST) - 3
  return { indexOf: (day) => Math.floor((day - offset) / 7), beginning: (index) => index * 7 + offset }
}

/** Adds the parts that RFC 5545 (3.3.10) derives from the first day of the series if the rule leaves them out. */
function completed(parts: Parts, start: number): Parts {
  const { FREQ, BYMONTH, BYMONTHDAY, BYDAY } = parts
  if (FREQ === 'DAILY' || (BYMONTHDAY ?? BYDAY) !== undefined) return parts
  if (FREQ === 'WEEKLY') return { ...parts, BYDAY: WEEKDAYS[weekdayOf(start)]! }
  const ofStart = { BYMONTHDAY: `${new Date(start * DAY_MS).getUTCDate()}` }
  if (FREQ === 'MONTHLY' || BYMONTH !== undefined) return { ...parts, ...ofStart }
  return { ...parts, ...ofStart, BYMONTH: `${monthOf(start) + 1}` }
}

/** Returns a function that picks the days of a period at the positions of BYSETPOS, in order. */
function positionsOf(list: string | undefined) {
  if (list === undefined) return (days: readonly number[]) => days
  const positions = [...numbersIn(list)]
  return (days: readonly number[]) => {
    const places = positions
      .map((position) => (position > 0 ? position - 1 : days.length + position))
      .filter((place) => place >= 0 && place < days.length)
    return [...new Set(places)].sort((one, other) => one - other).map((place) => days[place]!)
  }
}

/** The days of a rule on or after `from`, for a series that begins at `start`. `from` is not before `start`. */
export function* daysOf(parts: Parts, start: number, from: number): Generator<number> {
  const { indexOf, beginning } = periodsOf(parts)
  const { next, within } = finderOf(completed(parts, start))
  const pick = positionsOf(parts.BYSETPOS)
  const interval = Number(parts.INTERVAL ?? 1)
  const origin = indexOf(start)
  let day = next(from)
  for (let periods = 0; periods < MAX_PERIODS && day !== undefined; periods += 1) {
    const index = indexOf(day)
    const ahead = remainder(origin - index, interval)
    if (ahead === 0) {
      const { first, days } = within(beginning(index), beginning(index + 1))
      for (const one of pick(days))
        if (first + one >= from) {
          periods = 0
          yield first + one
        }
    }
    day = next(beginning(index + (ahead || interval)))
  }
}
