import { RRuleTemporal } from 'rrule-temporal'
import { remainder } from '../due-date.ts'
import type { Parts } from './rule.ts'

/*
 * The only file that uses rrule-temporal. The library gets dates and times without a time zone, written as UTC: with one
 * it makes a table of the zone's offsets first, which takes a second for a date thousands of years ahead.
 */

/**
 * A search ends after so many periods of a rule without a date: a rule that needs more is refused. One period costs the
 * library about 20 µs of CPU, one of DAILY less. The dates of the 29th of February on one weekday are up to 40 years apart.
 */
export const MAX_PERIODS = 50
const MAX_DAYS = 150
/** With BYSETPOS the library makes all dates of a period first: a year of up to 366. */
const MAX_CANDIDATES = 4000
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
 * A rule that names months or days of the month has the same dates as a YEARLY rule, which needs fewer periods.
 */
function expandable({ COUNT: _, UNTIL: __, ...parts }: Parts): Parts {
  const { FREQ, INTERVAL = '1', BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS } = parts
  if (Number(INTERVAL) !== 1) return parts
  if (FREQ === 'MONTHLY' && BYMONTH !== undefined && BYSETPOS === undefined)
    return { ...parts, FREQ: 'YEARLY' }
  if (FREQ !== 'DAILY' || (BYMONTH ?? BYMONTHDAY) === undefined) return parts
  const anyDay =
    BYDAY === undefined ? { BYMONTHDAY: Array.from({ length: 31 }, (__, day) => day + 1).join() } : {}
  const { BYSETPOS: ___, ...others } = parts
  return { ...anyDay, ...others, FREQ: 'YEARLY' }
}

const limitsOf = ({ FREQ, BYSETPOS }: Parts) => ({
  maxIterations: FREQ === 'DAILY' ? MAX_DAYS : MAX_PERIODS,
  // With a limit of their own, the library does not use its fast paths.
  ...(BYSETPOS !== undefined && { maxCandidateEvaluations: MAX_CANDIDATES }),
})

/** A wall clock from which a search for dates after `wall` can begin: months without dates are passed over at once. */
function nextMonth({ BYMONTH }: Parts, wall: number): number {
  if (BYMONTH === undefined) return wall
  const months = new Set(BYMONTH.split(',').map(Number))
  const date = new Date(wall)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  let ahead = 0
  while (ahead < 12 && !months.has(((month + ahead) % 12) + 1)) ahead += 1
  return ahead === 0 ? wall : Date.UTC(year, month + ahead) - 1000
}

/** The wall clocks of a rule after `after`, for a series that begins at `start`. */
export function* expand(parts: Parts, start: number, after: number) {
  const fraction = remainder(start, 1000)
  const expanded = expandable(parts)
  const text = Object.entries({ ...expanded, UNTIL: LAST }).map(([name, value]) => `${name}=${value}`)
  const rruleString = `DTSTART:${stamp(start)}\nRRULE:${text.join(';')}`
  const rule = new RRuleTemporal({ rruleString, cache: false, ...limitsOf(expanded) })
  const search = (wall: number) => searchAfter(rule, nextMonth(parts, wall))
  let wall = search(after - fraction)
  while (wall !== undefined) {
    yield wall + fraction
    wall = search(wall)
  }
}

const stamp = (wall: number) => `${new Date(wall).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
