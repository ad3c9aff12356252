/** The parts of a recurrence rule (RFC 5545, 3.3.10) and their valid values. */

/** Maximum values of INTERVAL and COUNT. */
const MAX_INTERVAL = 1000
const MAX_COUNT = 1000
export const MAX_RULE_LENGTH = 500

/** What the dates of a series are counted from. */
export const ANCHORS = ['due_date', 'completion'] as const
export type Anchor = (typeof ANCHORS)[number]

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']
const ALL_MONTHS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

interface Sent {
  rule: string
  time_zone?: string
  anchor?: Anchor
}

/** Returns what is wrong with a value. The text completes a sentence that begins with the name of the part. */
type Check = (value: string) => string | undefined

const within = (min: number, max: number, isSigned: boolean) => (text: string) => {
  const digits = /^([+-]?)(\d{1,6})$/.exec(text)
  if (digits === null || (digits[1] !== '' && !isSigned)) return false
  const number = Number(digits[2])
  return number >= min && number <= max
}
type IsValid = (text: string) => boolean
const single = (isValid: IsValid, message: string) => (value: string) =>
  isValid(value) ? undefined : message
const list = (isValid: IsValid, message: string) =>
  single((value) => value.split(',').every(isValid), message)
const oneOf = (words: readonly string[]) =>
  single((value) => words.includes(value), `must be one of ${words.join(', ')}`)

const WEEKDAY = new RegExp(`^([+-]?\\d{1,2})?(${WEEKDAYS.join('|')})$`)
const isWeekday = (item: string) => {
  const [, ordinal] = WEEKDAY.exec(item) ?? ['', '0']
  return ordinal === undefined || within(1, 53, true)(ordinal)
}

const UNTIL = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z)?$/

/** Reads UNTIL, in milliseconds: a calendar day (its midnight in UTC) or an instant. Returns undefined if it is invalid. */
export function readUntil(value: string): { isDay: boolean; time: number } | undefined {
  const [, year, month, day, hour, minute, second] = UNTIL.exec(value) ?? []
  if (year === undefined) return undefined
  const text = `${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}.000Z`
  const date = new Date(text)
  // JavaScript reads 2026-02-30 as the 2nd of March.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== text) return undefined
  return { isDay: hour === undefined, time: date.getTime() }
}

const checks = {
  FREQ: oneOf(FREQUENCIES),
  INTERVAL: single(within(1, MAX_INTERVAL, false), `must be a number from 1 to ${MAX_INTERVAL}`),
  COUNT: single(within(1, MAX_COUNT, false), `must be a number from 1 to ${MAX_COUNT}`),
  UNTIL: single(
    (value) => readUntil(value) !== undefined,
    'must be a date (20261231) or a timestamp in UTC (20261231T225959Z)',
  ),
  BYMONTH: list(within(1, 12, false), 'must be numbers from 1 to 12, separated by commas'),
  BYMONTHDAY: list(within(1, 31, true), 'must be numbers from 1 to 31 or -31 to -1, separated by commas'),
  BYDAY: list(isWeekday, `must be weekdays (${WEEKDAYS.join(', ')}, or 1MO, -1FR), separated by commas`),
  BYSETPOS: list(within(1, 366, true), 'must be numbers from 1 to 366 or -366 to -1, separated by commas'),
  WKST: oneOf(WEEKDAYS),
} satisfies Record<string, Check>

type Part = keyof typeof checks
export type Parts = Readonly<Partial<Record<Part, string>>>

const isPart = (name: string): name is Part => Object.hasOwn(checks, name)

/** The stored form of a rule: in upper case, without `RRULE:`, and otherwise as the client sent it. */
const canonicalRule = (text: string) => text.toUpperCase().replace(/^RRULE:/, '')

/** The stored form of a recurrence that a client sent, with the defaults. */
export const completeRecurrence = ({ rule, time_zone = 'UTC', anchor = 'due_date' }: Sent) => ({
  rule: canonicalRule(rule),
  time_zone,
  anchor,
})

/** The parts of a canonical rule that has passed `mistakeInRule`. */
export const partsOf = (rule: string): Parts =>
  Object.fromEntries(rule.split(';').map((part) => part.split('=') as [Part, string]))

/** Returns what is wrong with a rule. The text completes a sentence that begins with the name of the field. */
export function mistakeInRule(text: string): string | undefined {
  const seen = new Set<string>()
  for (const part of canonicalRule(text).split(';')) {
    const [name, value] = part.split(/=(.*)/s) as [string, string?]
    if (value === undefined) return 'must be parts NAME=VALUE, separated by semicolons: FREQ=WEEKLY;BYDAY=MO'
    if (!isPart(name)) return unknownPart(name)
    if (seen.has(name)) return `has the part ${name} more than once`
    seen.add(name)
    const mistake = checks[name](value)
    if (mistake !== undefined) return `is not valid: ${name} ${mistake}`
  }
  return mistakeAmong(partsOf(canonicalRule(text)))
}

/** Names the part only if it looks like a part of RFC 5545, so that the answer does not repeat a long text. */
function unknownPart(name: string): string {
  const known = `; the parts are ${Object.keys(checks).join(', ')}`
  return (
    (/^[A-Z-]{1,20}$/.test(name) ? `has the part ${name}, which is not supported` : 'has an unknown part') +
    known
  )
}

/** Returns what is wrong with a combination of parts. */
function mistakeAmong(parts: Parts) {
  const { FREQ, COUNT, UNTIL: until, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS } = parts
  if (FREQ === undefined) return 'must have the part FREQ'
  if (COUNT !== undefined && until !== undefined) return 'must not have both COUNT and UNTIL'
  if (BYSETPOS !== undefined && (BYDAY ?? BYMONTHDAY ?? BYMONTH) === undefined)
    return 'must have BYDAY, BYMONTHDAY or BYMONTH with BYSETPOS'
  if (FREQ === 'WEEKLY' && BYMONTHDAY !== undefined) return 'must not have BYMONTHDAY with FREQ=WEEKLY'
  if ((FREQ === 'DAILY' || FREQ === 'WEEKLY') && /\d/.test(BYDAY ?? ''))
    return `must not have numbers in BYDAY with FREQ=${FREQ}`
  return mistakeInSize(parts)
}

/** Finds rules that never happen: no month has their days, or no period has as many dates as BYSETPOS counts. */
function mistakeInSize({ FREQ, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS }: Parts) {
  const months = BYMONTH?.split(',') ?? ALL_MONTHS
  const days = BYMONTHDAY?.split(',') ?? []
  const longest = Math.max(...months.map((month) => new Date(Date.UTC(2024, Number(month), 0)).getUTCDate()))
  if (days.length > 0 && days.every((day) => Math.abs(Number(day)) > longest))
    return 'never happens: its months do not have such days'
  const weekdays = BYDAY?.split(',') ?? []
  const occurring = (most: number) => weekdays.reduce((sum, day) => sum + (/\d/.test(day) ? 1 : most), 0)
  const inMonth = days.length || occurring(5) || 1
  const inYear = (BYMONTH ?? BYMONTHDAY) === undefined ? occurring(53) : inMonth * months.length
  const most = { DAILY: 1, WEEKLY: weekdays.length || 1, MONTHLY: inMonth, YEARLY: inYear }[FREQ!] ?? 0
  return BYSETPOS?.split(',').every((position) => Math.abs(Number(position)) > most)
    ? `never happens: BYSETPOS is beyond the dates of a period, which are at most ${most}`
    : undefined
}
