import { RRuleTemporal } from 'rrule-temporal'
import { DAY_MS, remainder } from '../due-date.ts'
import { daysOf } from './days.ts'
import type { Parts } from './rule.ts'

/*
 * The only file that uses rrule-temporal. The library gets dates and times without a time zone, written as UTC: with one
 * it makes a table of the zone's offsets first, which takes a second for a date thousands of years ahead.
 */

/**
 * Periods that the library may look at in a search. Each search begins just before a date, so it needs few. With less than
 * about 50 the library does not use its fast paths.
 */
const MAX_ITERATIONS = 50
/** Maximum number of days in a row that the library may refuse. It refuses none for any rule of the tests. */
const MAX_REFUSED = 10
const LAST = '99991231T235959Z'

/**
 * The rule as the library gets it: without COUNT and UNTIL, which are the end of a series and not its dates.
 *
 * Where ordinals of BYDAY count in a year, the library overlooks weekdays without one, and takes the 53rd Monday of a
 * year with 52 for a date, which shifts the positions of BYSETPOS. days.ts does not list the days that are too many.
 */
function expandable({ COUNT: _, UNTIL: __, ...parts }: Parts): Parts {
  const { FREQ, BYMONTH, BYDAY = '' } = parts
  if (FREQ !== 'YEARLY' || BYMONTH !== undefined || !/\d/.test(BYDAY)) return parts
  const { BYSETPOS: ___, ...others } = parts
  const all = (day: string) => Array.from({ length: 53 }, (____, index) => `${index + 1}${day}`)
  return {
    ...others,
    BYDAY: BYDAY.split(',')
      .flatMap((day) => (/\d/.test(day) ? day : all(day)))
      .join(),
  }
}

/** @param start a whole second */
function ruleOf(parts: Parts, start: number) {
  const text = Object.entries({ ...expandable(parts), UNTIL: LAST }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const stamp = `${new Date(start).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const rruleString = `DTSTART:${stamp}\nRRULE:${text.join(';')}`
  return new RRuleTemporal({ rruleString, cache: false, maxIterations: MAX_ITERATIONS })
}

/** The first date of a rule after a wall clock. Both are whole seconds. */
function searchAfter(rule: RRuleTemporal, wall: number): number | undefined {
  try {
    return rule.next(new Date(wall))?.epochMilliseconds
  } catch (error) {
    if ((error as Error).message.startsWith('Maximum iterations')) return undefined
    throw error
  }
}

/** The wall clocks at which a rule could have a date after `after`, for a series that begins at `start`: by arithmetic. */
export function* expandRoughly(parts: Parts, start: number, after: number) {
  const time = remainder(start, DAY_MS)
  const [first, from] = [start, Math.max(start, after)].map((wall) => Math.floor(wall / DAY_MS))
  for (const day of daysOf(parts, first!, from!)) if (day * DAY_MS + time > after) yield day * DAY_MS + time
}

/** The wall clocks of a rule after `after`, for a series that begins at `start`. */
export function* expand(parts: Parts, start: number, after: number) {
  const fraction = remainder(start, 1000)
  let rule: RRuleTemporal | undefined
  let refused = 0
  for (const wall of expandRoughly(parts, start, after)) {
    rule ??= ruleOf(parts, start - fraction)
    const isDate = searchAfter(rule, wall - fraction - 1000) === wall - fraction
    refused = isDate ? 0 : refused + 1
    if (refused > MAX_REFUSED) return
    if (isDate) yield wall
  }
}
