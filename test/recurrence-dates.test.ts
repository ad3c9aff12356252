import fc from 'fast-check'
import ICAL from 'ical.js'
import { readFileSync } from 'node:fs'
import { RRuleTemporal } from 'rrule-temporal'
import t from 'tap'
import { exampleOf } from '../src/openapi/schema-types.ts'
import type { Operation } from '../src/tasks/batch/schemas.ts'
import { batchStatements } from '../src/tasks/batch/statements.ts'
import { daysOf } from '../src/tasks/recurrence/days.ts'
import { mistakeInRule, partsOf } from '../src/tasks/recurrence/rule.ts'
import type { SeriesRow } from '../src/tasks/recurrence/statements.ts'
import { Task } from '../src/tasks/schemas.ts'
import {
  mistakeInSeries,
  nextOf,
  occurrencesOf as datesOf,
  type Series,
} from '../src/tasks/recurrence/series.ts'

/*
 * The dates of rules, compared with those of ical.js. It knows no time zones without their definitions and moves a time
 * that clocks jump over instead of leaving it out, so it expands calendar days. Time zones are tested with examples.
 */
const CASES = Number(process.env.RECURRENCE_CASES ?? 1000)
const LONG_AGO = 0
const DAY = 86_400_000
/** Calls of the library's methods, and years and periods looked at, for one date. */
const MOST_CALLS = 8000

const series = (
  rule: string,
  due_date: string,
  time_zone = 'UTC',
  anchor: 'due_date' | 'completion' = 'due_date',
) => ({ due_date, recurrence: { rule, time_zone, anchor } }) satisfies Series
const occurrencesOf = (...args: Parameters<typeof datesOf>) => [...datesOf(...args)]
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
// In a year ical.js makes a rule for each week of an ordinal beyond 5: the vectors below test those.
const yearOrdinals = fc
  .tuple(fc.constantFrom(1, 2, 3, 4, 5, -1, -2, -3, -4, -5), fc.constantFrom(...WEEKDAYS))
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
  yearOrdinals.map((days) => `FREQ=YEARLY${days}`),
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

t.test('ordinals that count in a year are those of a third implementation', async (t) => {
  const lines = readFileSync(new URL('recurrence-vectors.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  const vectors = lines.filter((line) => !line.startsWith('#'))
  for (const vector of vectors) {
    const [due, rule, ...dates] = vector.split(' ') as [string, string, ...string[]]
    t.equal(mistakeInRule(rule), undefined, rule)
    t.strictSame(occurrencesOf(series(rule, due), LONG_AGO, dates.length), dates, `${due} ${rule}`)
  }
  t.ok(vectors.length > 100)
})

const intervals = fc.integer({ min: 1, max: 30 }).map((count) => (count === 1 ? '' : `;INTERVAL=${count}`))
const positions = fc.oneof(
  fc.constant(''),
  some([1, 2, 5, 31, 366, -1, -2, -366]).map((list) => `;BYSETPOS=${list.join()}`),
)
const optional = (part: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), part)
/** All parts of a rule together. In a year the library does not understand ordinals beside other parts. */
const crowded = fc
  .constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY')
  .chain((freq) =>
    fc.tuple(
      fc.constant(`FREQ=${freq}`),
      intervals,
      optional(months),
      freq === 'WEEKLY' ? fc.constant('') : optional(monthDays),
      optional(freq === 'MONTHLY' ? ordinals : weekdays),
      positions,
      fc.constantFrom('', ';WKST=SU', ';WKST=WE'),
    ),
  )
  .map((parts) => parts.join(''))
  .filter((rule) => mistakeInRule(rule) === undefined)

t.test('the days found by arithmetic are those of the library, however far ahead', async (t) => {
  let compared = 0
  fc.assert(
    fc.property(crowded, day, fc.nat(4000), (rule, due, ahead) => {
      const start = at(due) / DAY
      const found: number[] = []
      for (const one of daysOf(partsOf(rule), start, start + ahead)) {
        if (one > start) found.push(one)
        if (found.length === 4) break
      }
      const rruleString = `DTSTART:${due.replaceAll('-', '')}T000000Z\nRRULE:${rule}`
      const library = new RRuleTemporal({ rruleString, cache: false, maxIterations: 1_000_000 })
      let last = (start + Math.max(ahead, 1)) * DAY - 1
      for (const one of found) {
        last = library.next(new Date(last))?.epochMilliseconds ?? 0
        t.equal(last / DAY, one, `${due} ${ahead} ${rule}`)
        compared += 1
      }
    }),
    { numRuns: CASES / 4 },
  )
  t.ok(compared > CASES / 4, `${compared} days`)
})

t.test('computing a series date by date gives the same dates as computing all at once', async (t) => {
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

const QUARTER = 900_000
const iso = (time: number) => new Date(time).toISOString()

/** The first instant at which a clock shows this, by trying every offset from UTC. undefined if clocks jump over it. */
function firstInstant(wall: number, clock: Intl.DateTimeFormat): number | undefined {
  const shown = iso(wall).slice(0, 16).replace('T', ' ')
  for (let offset = 14 * 4; offset >= -12 * 4; offset -= 1)
    if (clock.format(wall - offset * QUARTER) === shown) return wall - offset * QUARTER
  return undefined
}

const zones = fc.constantFrom(
  ...['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'UTC'],
)
/** Minutes of the nights in which clocks change somewhere. */
const nights = fc
  .tuple(
    fc.constantFrom(
      '2027-03-10',
      '2027-03-25',
      '2027-04-01',
      '2027-09-01',
      '2027-09-29',
      '2027-10-28',
      '2027-11-04',
    ),
    fc.integer({ min: 0, max: 5 * 96 }),
  )
  .map(([date, quarters]) => at(`${date}T00:00:00Z`) + quarters * QUARTER)

t.test(
  'times stay the same on the wall clock across daylight saving time, and end with UNTIL in every zone',
  async (t) => {
    let jumped = 0
    let ended = 0
    const property = fc.property(
      zones,
      nights,
      fc.integer({ min: 1, max: 3 }),
      fc.option(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 8 * 96 }))),
      (zone, due, interval, limit) => {
        const clock = new Intl.DateTimeFormat('sv-SE', {
          timeZone: zone,
          dateStyle: 'short',
          timeStyle: 'short',
        })
        const wall = at(`${clock.format(due).replace(' ', 'T')}Z`)
        const [isDay, quarters] = limit ?? [false, 0]
        const end = due + quarters * QUARTER
        const stamp = iso(end).slice(0, 19).replace(/[-:]/g, '')
        const until = limit === null ? '' : `;UNTIL=${isDay ? stamp.slice(0, 8) : `${stamp}Z`}`
        const expected: string[] = []
        for (let day = 1; day <= 8 && expected.length < 6; day += 1) {
          const next = wall + day * interval * DAY
          const time = firstInstant(next, clock)
          if (time === undefined) jumped += 1
          else if (limit !== null && (isDay ? next >= at(iso(end).slice(0, 10)) + DAY : time > end))
            ended += 1
          else expected.push(iso(time))
        }
        const task = series(`FREQ=DAILY;INTERVAL=${interval}${until}`, iso(due), zone)
        t.strictSame(
          occurrencesOf(task, LONG_AGO, Math.min(6, expected.length + 1)),
          expected,
          `${iso(due)} ${zone} ${task.recurrence.rule}`,
        )
      },
    )
    // Half past two, on the day before the clocks jump over it.
    const due = at('2026-03-28T01:30:00Z')
    const examples: [string, number, number, [boolean, number] | null][] = [
      ['Europe/Berlin', due, 1, null],
      ['Europe/Berlin', due, 1, [false, 2 * 96]],
    ]
    fc.assert(property, { numRuns: CASES / 4, examples })
    t.ok(jumped > 0 && ended > 0, 'some times are jumped over, and some series end')
  },
)

/** How often methods of the library and Map.get are called: once for each year and each period: the work, whatever the machine does at the same time. */
function callsDuring(run: () => unknown): number {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(RRuleTemporal.prototype)).filter(
    ([name, { value }]) => name !== 'constructor' && typeof value === 'function',
  )
  let calls = 0
  for (const [name, { value }] of methods)
    Object.defineProperty(RRuleTemporal.prototype, name, {
      configurable: true,
      value(this: unknown, ...args: unknown[]): unknown {
        calls += 1
        return (value as (...args: unknown[]) => unknown).apply(this, args)
      },
    })
  const { get } = Map.prototype
  Map.prototype.get = function (key) {
    calls += 1
    return get.call(this, key) as unknown
  }
  try {
    run()
  } finally {
    Map.prototype.get = get
    Object.defineProperties(RRuleTemporal.prototype, Object.fromEntries(methods))
  }
  return calls
}

t.test('the work for a rule is limited', async (t) => {
  const all = (length: number) => Array.from({ length }, (_, index) => index + 1).join()
  const week = WEEKDAYS.join()
  const searches = [
    'FREQ=DAILY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO',
    `FREQ=WEEKLY;INTERVAL=52;BYMONTH=6;BYDAY=${week}`,
    'FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1',
    'FREQ=MONTHLY;INTERVAL=12;BYMONTH=2;BYMONTHDAY=29',
    `FREQ=MONTHLY;INTERVAL=13;BYMONTH=2;BYDAY=${week};BYSETPOS=29`,
    'FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29',
    `FREQ=YEARLY;BYMONTH=${all(12)};BYMONTHDAY=${all(10)};BYDAY=5MO,5TU,5WE,5TH,5FR`,
    `FREQ=YEARLY;INTERVAL=4;BYDAY=${week};BYSETPOS=366,-366`,
    `FREQ=YEARLY;BYMONTH=${all(12)};BYMONTHDAY=${all(31)};BYDAY=${week}`,
    'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
    'FREQ=DAILY;INTERVAL=980;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU',
    'FREQ=WEEKLY;INTERVAL=1000;BYMONTH=2',
    'FREQ=MONTHLY;INTERVAL=1000;BYDAY=53MO',
    'FREQ=YEARLY;INTERVAL=28;BYDAY=53MO,53TU,-53WE',
  ]
  const counts = [
    ...[
      'FREQ=DAILY',
      'FREQ=MONTHLY',
      'FREQ=WEEKLY;INTERVAL=53;BYDAY=MO',
      'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
    ],
    `FREQ=MONTHLY;BYDAY=${week};BYSETPOS=31`,
    `FREQ=MONTHLY;BYMONTH=2,3;BYDAY=${week};BYSETPOS=31`,
    `FREQ=YEARLY;BYDAY=${week};BYSETPOS=366`,
  ].map((rule) => `${rule};COUNT=1000`)
  for (const rule of [...searches, ...counts])
    for (const due of ['2027-01-01', '1000-01-01T10:00:00.000Z']) {
      const task = series(rule, due, 'Europe/Berlin')
      const search = callsDuring(() => mistakeInSeries(task))
      const next = callsDuring(() => nextOf(task, at('2027-03-01')))
      t.ok(search > 0 && search <= MOST_CALLS, `${search} for ${due} ${rule}`)
      t.ok(next <= MOST_CALLS, `${next} for the next of ${due} ${rule}`)
    }
})

t.test('a batch gives other requests a turn after each few dates', async (t) => {
  const { due_date, recurrence } = series('FREQ=DAILY', '2090-01-01')
  const ids = Array.from({ length: 100 }, (_, index) => index + 1)
  const created_at = '2026-01-01T00:00:00.000Z'
  const read = (id: number, kind: SeriesRow['recurrence']): SeriesRow => ({
    ...exampleOf(Task),
    ...{ id, due_date, recurrence: kind, created_at, updated_at: created_at, next_is_deleted: false },
  })
  const rows = ids.map((id) => read(id, recurrence))
  const once = ids.map((id) => read(id, null))
  const batches: Record<string, [Operation[], SeriesRow[], number]> = {
    completing: [ids.map((id) => ({ op: 'complete', id })), rows, 25],
    rules: [ids.map((id) => ({ op: 'update', id, recurrence: { rule: 'FREQ=WEEKLY' } })), rows, 25],
    'first rules': [ids.map((id) => ({ op: 'update', id, recurrence: { rule: 'FREQ=DAILY' } })), once, 25],
    creating: [ids.map(() => ({ op: 'create', title: 'x', due_date, recurrence })), [], 25],
    titles: [ids.map((id) => ({ op: 'update', id, title: 'y' })), rows, 0],
    'without a recurrence': [ids.map((id) => ({ op: 'complete', id })), once, 0],
  }
  for (const [name, [operations, found, expected]] of Object.entries(batches)) {
    let turns = 0
    let isDone = false
    const count = () => {
      if (isDone) return
      turns += 1
      setImmediate(count)
    }
    setImmediate(count)
    const rowsById = new Map(found.map((row) => [row.id, row]))
    const statements = await batchStatements('u', operations, 30, undefined, rowsById)
    isDone = true
    t.ok(turns >= expected && turns <= expected + 1, `${name}: ${turns} turns`)
    t.equal(statements.length, 103, 'all statements leave together, behind the locks')
  }
})

t.test('common rules have the expected dates', async (t) => {
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
    // All dates that have passed count: 2523 days.
    [series('FREQ=DAILY;COUNT=1000', '2020-01-01'), '2026-11-27T12:00:00Z', []],
    [series('FREQ=DAILY;COUNT=732', '2024-11-27'), '2026-11-27T12:00:00Z', ['2026-11-28']],
    [series('FREQ=DAILY;COUNT=731', '2024-11-27'), '2026-11-27T12:00:00Z', []],
    [
      series('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1;COUNT=25', '2025-12-01'),
      '2026-11-27T12:00:00Z',
      ['2026-11-30'],
    ],
    // Weekdays with and without an ordinal, ordinals that a year does not have, and days of the month beside them.
    [
      series('FREQ=YEARLY;BYDAY=1TH,WE', '2027-01-01'),
      '2027-01-01',
      ['2027-01-06', '2027-01-07', '2027-01-13'],
    ],
    [
      series('FREQ=YEARLY;BYDAY=53FR,-53SA', '2027-01-01'),
      '2027-01-01',
      ['2027-12-31', '2028-01-01', '2032-12-31'],
    ],
    [
      series('FREQ=YEARLY;BYDAY=1MO,2MO;BYMONTHDAY=13', '2027-01-01'),
      '2027-01-01',
      ['2031-01-13', '2042-01-13'],
    ],
    [series('FREQ=YEARLY;BYDAY=53MO', '2026-12-01'), '2026-01-01', ['2029-12-31', '2035-12-31']],
    [
      series('FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU', '2026-12-01'),
      '2026-01-01',
      ['2026-12-13', '2026-12-14'],
    ],
    [series('FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO', '2026-12-01'), '2026-01-01', ['2026-12-06', '2026-12-14']],
    // Rules with rare dates.
    [series('FREQ=YEARLY;INTERVAL=3', '2028-02-29'), '2027-01-01', ['2040-02-29', '2052-02-29']],
    [series('FREQ=MONTHLY;BYDAY=6MO', '2026-12-01'), '2026-01-01', []],
    [series('FREQ=WEEKLY;INTERVAL=52;BYMONTH=6;BYDAY=MO', '2027-01-04'), '2027-01-01', ['2177-06-30']],
    [series('FREQ=MONTHLY;INTERVAL=13;BYMONTH=2;BYMONTHDAY=29', '2027-01-29'), '2027-01-01', ['2028-02-29']],
    [series('FREQ=DAILY;INTERVAL=2;BYMONTH=1', '2026-01-30'), '2026-11-27', ['2027-01-01']],
    [series('FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2026-11-28'), '2026-01-01', ['2044-02-29']],
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
