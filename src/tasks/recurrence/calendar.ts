import { DAY_MS, dayAt, existenceIn, instantOf, wallClock } from '../due-date.ts'
import type { readUntil } from './rule.ts'

/** How a series counts time: in days, or in instants of its time zone. `wall` is a wall-clock time. */
interface Calendar {
  /** The wall-clock time at an instant; for a series of days, its midnight. */
  wallOf(time: number): number
  /** The due date at a wall-clock time; undefined if that time does not exist. */
  dateOf(wall: number): number | undefined
  /** Whether a wall-clock time exists: faster than `dateOf` for many times in order. */
  exists(wall: number): boolean
  /** The instant `time`, as a value to compare due dates with. */
  momentOf(time: number): number
  /** Whether a date is beyond UNTIL. */
  isOver(wall: number, date: number): boolean
  write(date: number): string
}

/** @param until the end of the series; undefined if its rule has no UNTIL */
export function calendarOf(allDay: boolean, timeZone: string, until: ReturnType<typeof readUntil>): Calendar {
  const today = (time: number) => dayAt(time, timeZone)
  if (allDay) {
    const last = until === undefined ? Infinity : until.isDay ? until.time : today(until.time)
    return {
      wallOf: today,
      dateOf: (wall) => wall,
      exists: () => true,
      momentOf: today,
      isOver: (wall) => wall > last,
      write: (date) => new Date(date).toISOString().slice(0, 10),
    }
  }
  const { isDay = false, time: end = Infinity } = until ?? {}
  return {
    wallOf: (time) => wallClock(time, timeZone),
    dateOf: (wall) => instantOf(wall, timeZone),
    exists: existenceIn(timeZone),
    momentOf: (time) => time,
    isOver: (wall, date) => (isDay ? wall >= end + DAY_MS : date > end),
    write: (date) => new Date(date).toISOString(),
  }
}
