import { DAY_MS, instantOf as firstInstantOf, isTimeZone, wallClock } from '../due-date.ts'

export const offsetAt = (time: number, zone: string) => wallClock(time, zone) - time

/** The date and time of a wall clock (`2026-12-01T15:00:00`), read as if it were UTC. In milliseconds. */
const asUtc = (local: string) => Date.parse(`${local.slice(0, 19)}Z`)

/**
 * The instant at which clocks in the zone show this date and time (`2026-12-01T15:00:00`): the first, if they show it
 * twice. If they skip it, the offset from before the gap counts (RFC 5545, 3.3.5).
 *
 * @returns undefined if the text is no date and time
 */
export function instantOf(local: string, zone: string): string | undefined {
  const wall = asUtc(local)
  if (Number.isNaN(wall)) return undefined
  const time = firstInstantOf(wall, zone) ?? wall - offsetAt(wall - DAY_MS, zone)
  return new Date(time).toISOString()
}

/** The date and time of an instant on the wall clock of a zone: `2026-12-01T15:00:00`. */
export const localOf = (instant: string, zone: string) =>
  new Date(wallClock(Math.floor(Date.parse(instant) / 1000) * 1000, zone)).toISOString().slice(0, 19)

/** The IANA name in a TZID. Some programs put a path before it: `/citadel.org/20260101_1/Europe/Berlin`. */
export function zoneOf(tzid: string): string | undefined {
  const parts = tzid.split('/')
  return parts.map((_, index) => parts.slice(index).join('/')).find(isTimeZone)
}
