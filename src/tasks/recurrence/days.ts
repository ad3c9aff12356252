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
      indexOf: (day) => {
        const year = yearOf(day)
        return year * 12 + monthOf(day, year)
      },
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

/** Returns a function that lists the places of BYSETPOS among so many days of a period, in order; all without BYSETPOS. */
function placesOf(list: string | undefined) {
  const positions = list === undefined ? undefined : [...numbersIn(list)]
  const known = new Map<number, number[]>()
  const placesAmong = (size: number) => {
    if (positions === undefined) return Array.from({ length: size }, (_, place) => place)
    const places = positions
      .map((position) => (position > 0 ? position - 1 : size + position))
      .filter((place) => place >= 0 && place < size)
    return [...new Set(places)].sort((one, other) => one - other)
  }
  return (size: number) => {
    let places = known.get(size)
    if (places === undefined) known.set(size, (places = placesAmong(size)))
    return places
  }
}

/** The days of a rule on or after `from`, for a series that begins at `start`. `from` is not before `start`. */
export function* daysOf(parts: Parts, start: number, from: number): Generator<number> {
  const { indexOf, beginning } = periodsOf(parts)
  const { next, within } = finderOf(completed(parts, start))
  const placesAmong = placesOf(parts.BYSETPOS)
  const interval = Number(parts.INTERVAL ?? 1)
  const origin = indexOf(start)
  let day = next(from)
  for (let periods = 0; periods < MAX_PERIODS && day !== undefined; periods += 1) {
    const index = indexOf(day)
    const end = beginning(index + 1)
    const ahead = remainder(origin - index, interval)
    if (ahead === 0) {
      const { first, days, low, high } = within(beginning(index), end)
      for (const place of placesAmong(high - low)) {
        const one = first + days[low + place]!
        if (one < from) continue
        periods = 0
        yield one
      }
    }
    const step = ahead || interval
    day = next(step === 1 ? end : beginning(index + step))
  }
}
