import fc from 'fast-check'
import ICAL from 'ical.js'
import t from 'tap'
import { mistakeInSeries, nextOf, occurrencesOf, type Series } from '../src/tasks/recurrence.ts'

/*
 * The dates of rules, compared with those of ical.js. It knows no time zones without their definitions and moves a time
 * that clocks jump over instead of leaving it out, so it expands calendar days. Time zones are tested with examples.
 */
const CASES = Number(process.env.RECURRENCE_CASES ?? 1000)
const LONG_AGO = 0

const series = (
  rule: string,
  due_date: string,
  time_zone = 'UTC',
  anchor: 'due_date' | 'completion' = 'due_date',
) => ({ due_date, recurrence: { rule, time_zone, anchor } }) satisfies Series
const at = (text: string) => Date.parse(text)

const day = fc
  .date({ min: new Date('1999-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const some = <T>(values: readonly T[], maxLength = 3) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength })
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
const weekdays = some(WEEKDAYS).map((days) => `;BYDAY=${days.join()}`)
const monthDays = some([1, 2, 15, 28, 29, 30, 31, -1, -2, -31]).map((days) => `;BYMONTHDAY=${days.join()}`)
const months = some([1, 2, 3, 6, 12]).map((list) => `;BYMONTH=${list.join()}`)
// In yearly rules ical.js makes 1 March of 29 February, and counts INTERVAL from another year if BYMONTHDAY is negative
// (FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=-1;INTERVAL=4 from 1999 has 2003, not 2002). RFC 5545 says otherwise.
const shortMonthDays = some([1, 2, 15, 28]).map((days) => `;BYMONTHDAY=${days.join()}`)
const ordinals = fc
  .tuple(fc.constantFrom(1, 2, 4, 5, -1, -2), fc.constantFrom(...WEEKDAYS))
  .map(([place, weekday]) => `;BYDAY=${place}${weekday}`)
const interval = fc.integer({ min: 1, max: 4 }).map((count) => (count === 1 ? '' : `;INTERVAL=${count}`))
const end = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 12 }).map((count) => `;COUNT=${count}`),
  day.map((text) => `;UNTIL=${text.replaceAll('-', '')}`),
)
const rest = fc.oneof(
  fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY', 'FREQ=MONTHLY', 'FREQ=YEARLY'),
  weekdays.map((days) => `FREQ=WEEKLY${days}`),
  fc.oneof(monthDays, ordinals).map((days) => `FREQ=MONTHLY${days}`),
  fc.tuple(months, fc.oneof(shortMonthDays, ordinals)).map(([list, days]) => `FREQ=YEARLY${list}${days}`),
  weekdays.map((days) => `FREQ=MONTHLY${days};BYSETPOS=-1`),
)
const rules = fc.tuple(rest, interval, end).map((parts) => parts.join(''))

/** The dates after the due date by ical.js. The due date is the first of the series, whether or not the rule names it. */
function byIcal(rule: string, due: string, most: number): string[] {
  const parts = rule.split(';')
  const count = Number(parts.find((part) => part.startsWith('COUNT='))?.slice(6) ?? Infinity)
  const endless = parts.filter((part) => !part.startsWith('COUNT=')).join(';')
  const iterator = ICAL.Recur.fromString(endless).iterator(ICAL.Time.fromDateString(due))
  const dates: string[] = []
  for (let step = 0; step < 300 && dates.length < Math.min(most, count - 1); step += 1) {
    const date = iterator.next()?.toString()
    if (date === undefined) break
    if (date > due) dates.push(date)
  }
  return dates
}

t.test('calendar days are those of a second implementation', async (t) => {
  fc.assert(
    fc.property(rules, day, (rule, due) => {
      // RFC 5545 leaves open what a rule means that does not name its first date, so the series begins at a date of it.
      const [first] = occurrencesOf(series(rule.replace(/;(COUNT|UNTIL)=\w+/, ''), due), LONG_AGO, 1)
      if (first === undefined) return
      const task = series(rule, first)
      if (mistakeInSeries(task) !== undefined) return
      const expected = byIcal(rule, first, 6)
      t.strictSame(occurrencesOf(task, LONG_AGO, 6).slice(0, expected.length), expected, `${first} ${rule}`)
    }),
    { numRuns: CASES },
  )
})

t.test('a series that moves from date to date has the dates of the whole series', async (t) => {
  fc.assert(
    fc.property(
      rules,
      day,
      fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'),
      fc.nat(86_399),
      (rule, due, zone, second) => {
        const instant = new Date(at(`${due}T00:00:00Z`) + second * 1000).toISOString()
        for (const task of [series(rule, due, zone), series(rule, instant, zone)]) {
          const whole = occurrencesOf(task, LONG_AGO, 5)
          const steps: string[] = []
          for (let next = nextOf(task, LONG_AGO); next && steps.length < 5; next = nextOf(next, LONG_AGO))
            steps.push(next.due_date)
          t.strictSame(steps, whole, `${task.due_date} ${zone} ${rule}`)
        }
      },
    ),
    { numRuns: CASES / 10 },
  )
})

t.test('dates that people ask about', async (t) => {
  const cases: [Series, string, string[]][] = [
    // 02:30 does not exist on 28 March 2027 in Berlin, and comes twice on 31 October.
    [
      series('FREQ=DAILY', '2027-03-27T01:30:00Z', 'Europe/Berlin'),
      '2027-01-01',
      ['2027-03-29T00:30:00.000Z'],
    ],
    [
      series('FREQ=DAILY', '2027-10-30T00:30:00Z', 'Europe/Berlin'),
      '2027-01-01',
      ['2027-10-31T00:30:00.000Z', '2027-11-01T01:30:00.000Z'],
    ],
    [series('FREQ=MONTHLY', '2027-01-31'), '2027-01-01', ['2027-03-31', '2027-05-31']],
    [series('FREQ=YEARLY', '2028-02-29'), '2027-01-01', ['2032-02-29']],
    [series('FREQ=DAILY;COUNT=9', '2026-11-20'), '2026-11-27T12:00:00Z', ['2026-11-28']],
    [series('FREQ=DAILY;COUNT=8', '2026-11-20'), '2026-11-27T12:00:00Z', []],
    [series('FREQ=DAILY;INTERVAL=3', '2026-11-20'), '2026-11-27T12:00:00Z', ['2026-11-29']],
    [
      series('FREQ=DAILY;INTERVAL=3', '2026-11-20', 'UTC', 'completion'),
      '2026-11-27T12:00:00Z',
      ['2026-11-30'],
    ],
    [series('FREQ=DAILY', '2026-11-20', 'Pacific/Auckland'), '2026-11-27T12:00:00Z', ['2026-11-29']],
    [series('FREQ=DAILY', '1000-01-01'), '2026-11-27', ['2026-11-28']],
    [
      series('FREQ=DAILY;UNTIL=20261130', '2026-11-29T22:30:00Z', 'Europe/Berlin'),
      '2026-01-01',
      ['2026-11-30T22:30:00.000Z'],
    ],
    [
      series('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2026-11-28'),
      '2026-01-01',
      ['2044-02-29', '2072-02-29'],
    ],
  ]
  for (const [task, now, dates] of cases)
    t.strictSame(
      occurrencesOf(task, at(now), Math.max(dates.length, 1)),
      dates,
      `${task.due_date} ${task.recurrence.rule}`,
    )
})
