import { RRuleTemporal } from 'rrule-temporal'
import { DAY_MS, remainder } from '../due-date.ts'
import { daysOf } from './days.ts'
import type { Parts } from './rule.ts'

/*
 * The only file that uses rrule-temporal. The library gets dates and times without a time zone, written as UTC. Given a
 * time zone, it first makes a table of the zone's offsets, which takes a second for a date thousands of years ahead.
 */

/**
 * Maximum number of periods that the library examines in a search. Each search begins just before a date, so it needs few.
 * With fewer than about 50, the library does not use its fast paths.
 */
const MAX_ITERATIONS = 50
/** Maximum number of days in a row that the library may refuse. It refuses none of the days of the rules in the tests. */
const MAX_REFUSED = 10
const LAST = '99991231T235959Z'

/**
 * The rule as the library gets it. COUNT and UNTIL are left out: they end a series, but do not determine its dates.
 *
 * The library has two faults in rules whose BYDAY counts weekdays within a year. It ignores weekdays without an ordinal,
 * so they are written with all ordinals. In a year with 52 Mondays it finds a 53rd, which lies in the next year: it hides
 * dates before it and shifts the positions of BYSETPOS. So 53 is written as -1, and BYSETPOS is left out. The library then
 * accepts too many days, but days.ts does not list these.
 */
function expandable({ COUNT: _, UNTIL: __, ...parts }: Parts): Parts {
  const { FREQ, BYMONTH, BYDAY = '' } = parts
  if (FREQ !== 'YEARLY' || BYMONTH !== undefined || !/\d/.test(BYDAY)) return parts
  const { BYSETPOS: ___, ...others } = parts
  const all = (day: string) => [
    ...Array.from({ length: 52 }, (____, index) => `${index + 1}${day}`),
    `-1${day}`,
  ]
  const days = BYDAY.split(',').flatMap((day) => (/\d/.test(day) ? day : all(day)))
  return { ...others, BYDAY: days.join().replace(/-53/g, '1').replace(/\+?53/g, '-1') }
}

/** @param start in milliseconds, a whole second */
function ruleOf(parts: Parts, start: number) {
  const text = Object.entries({ ...expandable(parts), UNTIL: LAST }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const stamp = `${new Date(start).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const rruleString = `DTSTART:${stamp}\nRRULE:${text.join(';')}`
  return new RRuleTemporal({ rruleString, cache: false, maxIterations: MAX_ITERATIONS })
}

/** The first date of a rule after a wall-clock time. Both are whole seconds. */
function searchAfter(rule: RRuleTemporal, wall: number): number | undefined {
  try {
    return rule.next(new Date(wall))?.epochMilliseconds
  } catch (error) {
    if ((error as Error).message.startsWith('Maximum iterations')) return undefined
    throw error
  }
}

/** Computes, without the library, the wall-clock times after `after` at which a series from `start` could have a date. */
export function* expandCandidates(parts: Parts, start: number, after: number) {
  const time = remainder(start, DAY_MS)
  const [first, from] = [start, Math.max(start, after)].map((wall) => Math.floor(wall / DAY_MS))
  for (const day of daysOf(parts, first!, from!)) if (day * DAY_MS + time > after) yield day * DAY_MS + time
}

/** The wall-clock times of a rule after `after`, for a series that begins at `start`. */
export function* expand(parts: Parts, start: number, after: number) {
  const fraction = remainder(start, 1000)
  let rule: RRuleTemporal | undefined
  let refused = 0
  for (const wall of expandCandidates(parts, start, after)) {
    rule ??= ruleOf(parts, start - fraction)
    const isDate = searchAfter(rule, wall - fraction - 1000) === wall - fraction
    refused = isDate ? 0 : refused + 1
    if (refused > MAX_REFUSED) return
    if (isDate) yield wall
  }
}
