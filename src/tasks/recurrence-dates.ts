import { RRuleTemporal } from 'rrule-temporal'
import { remainder } from './due-date.ts'
import type { Parts } from './recurrence-rule.ts'

/*
 * The only file that uses rrule-temporal. The library gets dates and times without a time zone, written as UTC: with one
 * it makes a table of the zone's offsets first, which takes a second for a date thousands of years ahead.
 */

/**
 * The library gives a search up after so many days, weeks, months or years in which the rule has no date, and after so
 * many dates that it looked at. A rule that needs more is treated as one that never happens.
 */
const SEARCH_LIMITS = { maxIterations: 500, maxCandidateEvaluations: 20_000 }
const LAST = '99991231T235959Z'

/** The first date of a rule after a wall clock. Both are whole seconds. */
function searchAfter(rule: RRuleTemporal, wall: number): number | undefined {
  try {
    return rule.next(new Date(wall))?.epochMilliseconds
  } catch (error) {
    if (/^Maximum (iterations|candidate)/.test((error as Error).message)) return undefined
    throw error
  }
}

/**
 * The rule as the library gets it: without COUNT and UNTIL, which are the end of a series and not its dates.
 *
 * DAILY looks at day after day. What names months or days of the month is found faster as YEARLY, which has the same
 * dates.
 */
function expandable({ COUNT: _, UNTIL: __, ...parts }: Parts): Parts {
  const { FREQ, INTERVAL = '1', BYMONTH, BYMONTHDAY, BYDAY } = parts
  if (FREQ !== 'DAILY' || Number(INTERVAL) !== 1 || (BYMONTH ?? BYMONTHDAY) === undefined) return parts
  const anyDay =
    BYDAY === undefined ? { BYMONTHDAY: Array.from({ length: 31 }, (__, day) => day + 1).join() } : {}
  const { BYSETPOS: ___, ...others } = parts
  return { ...anyDay, ...others, FREQ: 'YEARLY' }
}

/** The wall clocks of a rule after `after`, for a series that begins at `start`. */
export function* expand(parts: Parts, start: number, after: number) {
  const fraction = remainder(start, 1000)
  const text = Object.entries({ ...expandable(parts), UNTIL: LAST }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const rruleString = `DTSTART:${stamp(start)}\nRRULE:${text.join(';')}`
  const rule = new RRuleTemporal({ rruleString, cache: false, ...SEARCH_LIMITS })
  let wall = searchAfter(rule, after - fraction)
  while (wall !== undefined) {
    yield wall + fraction
    wall = searchAfter(rule, wall)
  }
}

const stamp = (wall: number) => `${new Date(wall).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
