import { DAY_MS, instantOf as firstInstantOf, isTimeZone, wallClock } from '../due-date.ts'

/** The offset from UTC that a zone has at an instant. Both are in milliseconds. */
export const offsetAt = (time: number, zone: string) => wallClock(time, zone) - time

/** A wall-clock time (`2026-12-01T15:00:00`) in milliseconds, as if it were UTC. */
const asUtc = (local: string) => Date.parse(`${local.slice(0, 19)}Z`)

/**
 * The instant of a wall-clock time in a zone (`2026-12-01T15:00:00`). If the time occurs twice, the first one counts. If
 * it does not exist, the offset before the gap is used (RFC 5545, 3.3.5).
 *
 * @returns undefined if the text is not a date and time
 */
export function instantOf(local: string, zone: string): string | undefined {
  const wall = asUtc(local)
  if (Number.isNaN(wall)) return undefined
  const time = firstInstantOf(wall, zone) ?? wall - offsetAt(wall - DAY_MS, zone)
  return new Date(time).toISOString()
}

/** The wall-clock time of an instant in a zone: `2026-12-01T15:00:00`. */
export const localOf = (instant: string, zone: string) =>
  new Date(wallClock(Math.floor(Date.parse(instant) / 1000) * 1000, zone)).toISOString().slice(0, 19)

/** The IANA name in a TZID. Some programs put a path before it: `/citadel.org/20260101_1/Europe/Berlin`. */
export function zoneOf(tzid: string): string | undefined {
  const parts = tzid.split('/')
  return parts.map((_, index) => parts.slice(index).join('/')).find(isTimeZone)
}
