import ICAL from 'ical.js'
import { DAY_MS, findClockChange } from '../due-date.ts'
import { offsetAt } from './zones.ts'

/*
 * The definition of an IANA time zone in a calendar (RFC 5545, 3.6.5). Yearly clock changes become RRULEs, because some
 * programs ignore RDATE. Clock changes that follow no yearly rule become RDATEs.
 */

/** Years that are searched for clock changes. Earlier times get the first offset of these years. */
const [FIRST_YEAR, END_YEAR] = [2000, 2040]
/** Step of the search. Clocks do not change twice within this time. */
const STEP_MS = 20 * DAY_MS
/** A rule must hold until the last year, and for at least this many years, because fewer could be a coincidence. */
const MIN_YEARS = 10
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

interface Change {
  /** The wall-clock time before the change, as if it were UTC. */
  local: Date
  from: number
  to: number
}

/** Finds the clock changes of a zone in the searched years, to the second. */
function* changesOf(zone: string): Generator<Change> {
  const end = Date.UTC(END_YEAR, 0)
  for (let time = Date.UTC(FIRST_YEAR, 0); time < end; time += STEP_MS) {
    const [from, to] = [offsetAt(time, zone), offsetAt(time + STEP_MS, zone)]
    if (from === to) continue
    const change = findClockChange(time, time + STEP_MS, (middle) => offsetAt(middle, zone) !== from)
    yield { local: new Date(change + from), from, to }
  }
}

const known = new Map<string, string>()

/**
 * The VTIMEZONE of an IANA time zone, with a line break at its end. Finding a clock change takes about 30 calls of Intl,
 * so the texts are cached. The cache cannot have more entries than the time zone database.
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
  const start = { local: new Date(0), from: first, to: first }
  for (const part of [{ changes: [start] }, ...observances([...changesOf(zone)])])
    component.addSubcomponent(componentOf(part))
  return `${component.toString()}\r\n`
}

/** Clock changes between the same two offsets: those of a rule, or single ones. */
interface Observance {
  changes: Change[]
  rule?: string
}

function observances(all: Change[]): Observance[] {
  const groups = new Map<string, Change[]>()
  for (const change of all) {
    const kind = `${change.from} ${change.to}`
    groups.set(kind, [...(groups.get(kind) ?? []), change])
  }
  const ruled = [...groups.values()].map(lastRule)
  // Rules continue after the last year. If only one of a year's two changes had a rule, clocks would never change back.
  const last = new Set(all.filter(({ local }) => local.getUTCFullYear() === END_YEAR - 1))
  const isRegular = ruled.every(({ single }) => !single.some((change) => last.has(change)))
  return ruled.flatMap(({ single, changes, rule }) => {
    if (rule === undefined || !isRegular) return [{ changes: [...single, ...changes] }]
    return [...(single.length > 0 ? [{ changes: single }] : []), { changes, rule }]
  })
}

/** The rule of the latest changes of a kind, and the changes before them. */
function lastRule(changes: Change[]): { single: Change[]; changes: Change[]; rule?: string } {
  for (let count = changes.length; count >= MIN_YEARS; count -= 1) {
    const last = changes.slice(-count)
    const rule = ruleOf(last.map(({ local }) => local))
    if (rule !== undefined) return { single: changes.slice(0, -count), changes: last, rule }
  }
  return { single: changes, changes: [] }
}

/** The rule of changes in consecutive years up to the last one: `FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU`. */
function ruleOf(dates: Date[]): string | undefined {
  const first = dates[0]!
  const isYearly = dates.every((date, index) => date.getUTCFullYear() === END_YEAR - dates.length + index)
  const kinds = new Set(
    dates.map((date) => `${date.getUTCMonth()} ${date.getUTCDay()} ${date.getTime() % DAY_MS}`),
  )
  if (!isYearly || kinds.size > 1) return undefined
  const [month, weekday] = [first.getUTCMonth(), WEEKDAYS[first.getUTCDay()]!]
  const days = dates.map((date) => date.getUTCDate())
  const [low, high] = [Math.min(...days), Math.max(...days)]
  const length = new Date(Date.UTC(2001, month + 1, 0)).getUTCDate()
  const rule = `FREQ=YEARLY;BYMONTH=${month + 1}`
  if (low > length - 7) return `${rule};BYDAY=-1${weekday}`
  const ordinal = Math.ceil(high / 7)
  if (low > high - 7 && low >= ordinal * 7 - 6) return `${rule};BYDAY=${ordinal}${weekday}`
  if (high - low !== 6) return undefined
  return `${rule};BYDAY=${weekday};BYMONTHDAY=${Array.from({ length: 7 }, (_, day) => low + day).join()}`
}

const timeOf = ({ local }: Change) => ICAL.Time.fromDateTimeString(local.toISOString().slice(0, 19))

function componentOf({ changes, rule }: Observance) {
  const first = changes[0]!
  const { from, to } = first
  const component = new ICAL.Component(to > from ? 'daylight' : 'standard')
  component.addPropertyWithValue('dtstart', timeOf(first))
  component.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(from / 1000))
  component.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(to / 1000))
  if (rule !== undefined) component.addPropertyWithValue('rrule', ICAL.Recur.fromString(rule))
  // ical.js, and so Thunderbird, reads only the first value of each RDATE, and then ignores DTSTART.
  else if (changes.length > 1)
    for (const change of changes) component.addPropertyWithValue('rdate', timeOf(change))
  return component
}
