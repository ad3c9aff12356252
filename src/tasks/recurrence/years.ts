import { DAY_MS, remainder } from '../due-date.ts'
import { type Parts, WEEKDAYS } from './rule.ts'

/* Finds the days of a year that a rule names. This does not depend on the periods of the rule (days.ts). */

/** Due dates end with this year, so searches do, too. */
const LAST_YEAR = 9999

/** Computed without Date, because a search can walk through thousands of years. */
const leapDays = (year: number) => Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
export const newYear = (year: number) => 365 * (year - 1970) + leapDays(year - 1) - leapDays(1969)
export const firstOf = (year: number, month: number) => Date.UTC(year, month) / DAY_MS
export const yearOf = (day: number) => new Date(day * DAY_MS).getUTCFullYear()
export const monthOf = (day: number) => new Date(day * DAY_MS).getUTCMonth()
/** 0 is Monday: 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number) => remainder(day + 3, 7)
export const numbersIn = (list: string) => new Set(list.split(',').map(Number))

/** Returns a test for BYDAY. Ordinals count in the month or in the year: `place` is the number of the day there, from 0. */
function weekdayTest(list: string) {
  const ordinals: number[][] = WEEKDAYS.map(() => [])
  for (const item of list.split(','))
    ordinals[WEEKDAYS.indexOf(item.slice(-2))]!.push(Number(item.slice(0, -2)))
  return (weekday: number, place: number, length: number) =>
    ordinals[weekday]!.some(
      (ordinal) =>
        ordinal === 0 ||
        ordinal === Math.floor(place / 7) + 1 ||
        -ordinal === Math.floor((length - 1 - place) / 7) + 1,
    )
}

/** Returns a function that lists the days of a year that match BYMONTH, BYMONTHDAY and BYDAY. Days count from 0. */
function daysInYears({ FREQ, BYMONTH, BYMONTHDAY, BYDAY }: Parts) {
  const months = BYMONTH === undefined ? undefined : numbersIn(BYMONTH)
  const dates = BYMONTHDAY === undefined ? undefined : numbersIn(BYMONTHDAY)
  const isWeekday = BYDAY === undefined ? undefined : weekdayTest(BYDAY)
  const countsInYear = FREQ === 'YEARLY' && months === undefined
  // There are fourteen kinds of years: a year begins on one of seven weekdays, and is a leap year or not.
  const kinds = new Map<number, number[]>()

  function list(first: number, size: number): number[] {
    const found: number[] = []
    const year = yearOf(first)
    for (let month = 0, place = 0; month < 12; month += 1) {
      const length = firstOf(year, month + 1) - first - place
      for (let date = 1; date <= length; date += 1, place += 1) {
        if (months?.has(month + 1) === false) continue
        if (dates !== undefined && !dates.has(date) && !dates.has(date - length - 1)) continue
        const [at, of] = countsInYear ? [place, size] : [date - 1, length]
        if (isWeekday === undefined || isWeekday(weekdayOf(first + place), at, of)) found.push(place)
      }
    }
    return found
  }

  return (first: number, size: number) => {
    const kind = size * 7 + weekdayOf(first)
    let days = kinds.get(kind)
    if (days === undefined) kinds.set(kind, (days = list(first, size)))
    return days
  }
}

/** The index of the first number in a sorted list that is not smaller than `value`. */
function placeIn(list: readonly number[], value: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns functions that find the days that match BYMONTH, BYMONTHDAY and BYDAY. */
export function finderOf(parts: Parts) {
  const daysIn = daysInYears(parts)
  const yearAt = (year: number) => {
    const first = newYear(year)
    return { first, days: daysIn(first, newYear(year + 1) - first) }
  }
  return {
    /** The first such day that is not before `from`. */
    next(from: number): number | undefined {
      const start = yearOf(from)
      // The calendar repeats after 400 years.
      for (let year = start; year <= Math.min(start + 400, LAST_YEAR); year += 1) {
        const { first, days } = yearAt(year)
        const found = days[placeIn(days, from - first)]
        if (found !== undefined) return first + found
      }
      return undefined
    },

    /** The days of a period of at most a year, each as the number of days since `first`. */
    within(from: number, end: number): { first: number; days: number[] } {
      const year = yearOf(from)
      const { first, days } = yearAt(year)
      const found = days.slice(placeIn(days, from - first), placeIn(days, end - first))
      if (end <= newYear(year + 1)) return { first, days: found }
      const later = yearAt(year + 1)
      const others = later.days.slice(0, placeIn(later.days, end - later.first))
      return { first, days: [...found, ...others.map((day) => later.first - first + day)] }
    },
  }
}
