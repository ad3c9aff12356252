import {
  type Frequency,
  partsOf,
  readSimple,
  type Recurrence,
  type SimpleRule,
  UNITS,
  type Weekday,
  WEEKDAYS,
} from './repeat'

/** How a task repeats, for users: every 2 weeks on Mon, Thu. */
export function describeRecurrence({ rule, anchor }: Pick<Recurrence, 'rule' | 'anchor'>): string {
  const { COUNT, UNTIL, ...parts } = Object.fromEntries(partsOf(rule) ?? [])
  const rest = Object.entries(parts).map(([name, value]) => `${name}=${value}`)
  const simple = readSimple(rest.join(';'))
  const words = simple ? describeSimple(simple) : describeOther(parts)
  return words + (anchor === 'completion' ? ' after completion' : '') + ending(COUNT, UNTIL)
}

const period = (frequency: Frequency, interval: number) =>
  interval === 1 ? `every ${UNITS[frequency]}` : `every ${interval} ${UNITS[frequency]}s`

function describeSimple({ frequency, interval, weekdays }: SimpleRule): string {
  if (interval === 1 && weekdays.join() === 'MO,TU,WE,TH,FR') return 'every weekday'
  const days = weekdays.map((day) => nameOfWeekday(day, 'short')).join(', ')
  return period(frequency, interval) + (days && ` on ${days}`)
}

const ORDINALS: Partial<Record<string, string>> = {
  1: 'first',
  2: 'second',
  3: 'third',
  4: 'fourth',
  5: 'fifth',
  '-1': 'last',
}

/** Days of the month, or a weekday of it. Other rules have no short description. */
function describeOther({ FREQ, INTERVAL = '1', ...parts }: Record<string, string>): string {
  if (FREQ === undefined) return 'by a rule'
  const every = period(FREQ as Frequency, Number(INTERVAL))
  const { BYMONTHDAY, BYDAY, ...others } = parts
  const [, number = '', weekday] = /^(-?\d)(MO|TU|WE|TH|FR|SA|SU)$/.exec(BYDAY ?? '') ?? []
  if (FREQ === 'MONTHLY' && Object.keys(others).length === 0) {
    if (BYMONTHDAY === '-1' && !BYDAY) return `${every} on the last day`
    if (/^[\d,]+$/.test(BYMONTHDAY ?? '') && !BYDAY)
      return `${every} on day ${BYMONTHDAY!.split(',').join(', ')}`
    if (ORDINALS[number] && !BYMONTHDAY)
      return `${every} on the ${ORDINALS[number]} ${nameOfWeekday(weekday as Weekday, 'long')}`
  }
  return `${every}, by a rule`
}

function ending(count?: string, until?: string): string {
  if (count) return count === '1' ? ', for the last time' : `, ${count} times in all`
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(until ?? '') ?? []
  if (year === undefined) return ''
  const last = new Date(Number(year), Number(month) - 1, Number(day))
  return `, until ${last.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })}`
}

/** In the user's language. 1 January 2024 was a Monday. */
export const nameOfWeekday = (day: Weekday, weekday: 'short' | 'long') =>
  new Date(2024, 0, 1 + WEEKDAYS.indexOf(day)).toLocaleDateString(undefined, { weekday })
