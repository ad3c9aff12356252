import ICAL from 'ical.js'
import { DAY_MS, instantOf as firstInstantOf, isTimeZone, transition, wallClock } from '../due-date.ts'

/** Years whose changes of the clocks a VTIMEZONE lists. Before and after them the offsets stay as they are. */
const [FIRST_YEAR, END_YEAR] = [2000, 2040]
/** Clocks are not changed twice within so many days. */
const STEP_MS = 20 * DAY_MS

const offsetAt = (time: number, zone: string) => wallClock(time, zone) - time

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

interface Change {
  /** On the clocks, before they changed. */
  local: string
  from: number
  to: number
}

/** Finds the changes of the clocks in the years of a VTIMEZONE, to the second. */
function* changesOf(zone: string): Generator<Change> {
  const end = Date.UTC(END_YEAR, 0)
  for (let time = Date.UTC(FIRST_YEAR, 0); time < end; time += STEP_MS) {
    const [from, to] = [offsetAt(time, zone), offsetAt(time + STEP_MS, zone)]
    if (from === to) continue
    const change = transition(time, time + STEP_MS, (middle) => offsetAt(middle, zone) !== from)
    yield { local: new Date(change + from).toISOString().slice(0, 19), from, to }
  }
}

const known = new Map<string, string>()

/**
 * The VTIMEZONE of an IANA time zone, with a line break at its end. A change is found with some 30 calls of Intl, so each
 * text is kept. The map cannot outgrow the time zone database.
 */
export function vtimezone(zone: string): string {
  let text = known.get(zone)
  if (text === undefined) known.set(zone, (text = makeZone(zone)))
  return text
}

function makeZone(zone: string): string {
  const component = new ICAL.Component('vtimezone')
  component.addPropertyWithValue('tzid', zone)
  const first = offsetAt(Date.UTC(FIRST_YEAR, 0), zone)
  const groups = new Map<string, Change[]>([['', [{ local: '1970-01-01T00:00:00', from: first, to: first }]]])
  for (const change of changesOf(zone)) {
    const kind = `${change.from} ${change.to}`
    groups.set(kind, [...(groups.get(kind) ?? []), change])
  }
  for (const changes of groups.values()) component.addSubcomponent(observance(changes))
  return `${component.toString()}\r\n`
}

/** Changes of the clocks between the same two offsets. */
function observance([first, ...others]: Change[]) {
  const { local, from, to } = first!
  const component = new ICAL.Component(to > from ? 'daylight' : 'standard')
  component.addPropertyWithValue('dtstart', ICAL.Time.fromDateTimeString(local))
  component.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(from / 1000))
  component.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(to / 1000))
  if (others.length > 0) {
    const dates = new ICAL.Property('rdate')
    dates.setValues(others.map((change) => ICAL.Time.fromDateTimeString(change.local)))
    component.addProperty(dates)
  }
  return component
}
