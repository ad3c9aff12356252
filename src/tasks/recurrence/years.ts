import { remainder } from '../due-date.ts'
import { type Parts, WEEKDAYS } from './rule.ts'

/* Finds the days of a year that a rule names. This does not depend on the periods of the rule (days.ts). */

/** Due dates end with this year, so searches end with it too. */
const LAST_YEAR = 9999

/* Computed without Date, which takes twice as long: a search can walk through thousands of years. */
const leapDays = (year: number) => Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
const LEAP_DAYS_BEFORE_1970 = leapDays(1969)
/** The days of a common year before each month. */
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]

/** The first day of a year. */
export const newYear = (year: number) => 365 * (year - 1970) + leapDays(year - 1) - LEAP_DAYS_BEFORE_1970

/** The first day of a month, counted from 0. Month 12 is the next January. */
export function firstOf(year: number, month: number): number {
  const first = newYear(year)
  return first + DAYS_BEFORE[month]! + (month > 1 ? newYear(year + 1) - first - 365 : 0)
}

/** The year of a day. */
export function yearOf(day: number): number {
  const year = 1970 + Math.floor(day / 365.2425)
  if (day < newYear(year)) return year - 1
  return day < newYear(year + 1) ? year : year + 1
}

/** The month of a day, counted from 0. */
export function monthOf(day: number, year = yearOf(day)): number {
  const month = Math.floor((day - newYear(year)) / 31)
  return month < 11 && firstOf(year, month + 1) <= day ? month + 1 : month
}

/** 0 is Monday: 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number) => remainder(day + 3, 7)
export const numbersIn = (list: string) => new Set(list.split(',').map(Number))

/** Returns a test for BYDAY. Ordinals count in the month or in the year: `place` is the number of the day there, from 0. */
function weekdayTest(list: string) {
  const ordinals: number[][] = WEEKDAYS.map(() => [])
  for (const item of list.split(','))
    ordinals[WEEKDAYS.indexOf(item.slice(-2))]!.push(Number(item.slice(0, -2)))
  const isAlways = ordinals.map((list) => list.includes(0))
  return (weekday: number, place: number, length: number) =>
    isAlways[weekday] ||
    ordinals[weekday]!.some(
      (ordinal) =>
        ordinal === Math.floor(place / 7) + 1 || -ordinal === Math.floor((length - 1 - place) / 7) + 1,
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
    const [year, weekday] = [yearOf(first), weekdayOf(first)]
    for (let month = 0, place = 0; month < 12; month += 1) {
      const length = firstOf(year, month + 1) - first - place
      for (let date = 1; date <= length; date += 1, place += 1) {
        if (months?.has(month + 1) === false) continue
        if (dates !== undefined && !dates.has(date) && !dates.has(date - length - 1)) continue
        const [at, of] = countsInYear ? [place, size] : [date - 1, length]
        if (isWeekday === undefined || isWeekday((weekday + place) % 7, at, of)) found.push(place)
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
  const read = (year: number) => {
    const [first, end] = [newYear(year), newYear(year + 1)]
    return { year, first, end, days: daysIn(first, end - first) }
  }
  // A search asks for the days of a year again and again.
  let last: ReturnType<typeof read> = { year: NaN, first: 0, end: 0, days: [] }
  const yearAt = (year: number) => (last.year === year ? last : (last = read(year)))
  const yearWith = (day: number) => (day >= last.first && day < last.end ? last : yearAt(yearOf(day)))
  return {
    /** The first such day that is not before `from`. */
    next(from: number): number | undefined {
      const start = yearWith(from).year
      // The calendar repeats after 400 years.
      for (let year = start; year <= Math.min(start + 400, LAST_YEAR); year += 1) {
        const { first, days } = yearAt(year)
        const found = days[placeIn(days, from - first)]
        if (found !== undefined) return first + found
      }
      return undefined
    },

    /** The days of a period of at most a year: those of a list from `low` to before `high`, as days since `first`. */
    within(from: number, end: number) {
      const { year, first, end: newYearsDay, days } = yearWith(from)
      const low = placeIn(days, from - first)
      if (end <= newYearsDay) return { first, days, low, high: placeIn(days, end - first) }
      const later = yearAt(year + 1)
      const others = later.days.slice(0, placeIn(later.days, end - later.first))
      const both = [...days.slice(low), ...others.map((day) => later.first - first + day)]
      return { first, days: both, low: 0, high: both.length }
    },
  }
}
