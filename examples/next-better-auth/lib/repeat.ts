import type { LocalTask, NewTask } from './task-client'

export type Recurrence = NonNullable<LocalTask['recurrence']>

/** How a task repeats, as a form holds it. */
export interface RepeatFields {
  /** A recurrence rule (RFC 5545, 3.3.10). Empty: the task does not repeat. */
  rule: string
  anchor: Recurrence['anchor']
  /** Whether the user writes the rule, instead of choosing one of REPEAT. */
  byHand: boolean
}

export const NO_REPEAT: RepeatFields = { rule: '', anchor: 'due_date', byHand: false }

/** The usual rules. All except the first count from the due date: every week on its weekday, every month on its day. */
export const REPEAT = {
  never: { label: 'Never', rule: '' },
  daily: { label: 'Every day', rule: 'FREQ=DAILY' },
  weekdays: { label: 'Every weekday', rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' },
  weekly: { label: 'Every week', rule: 'FREQ=WEEKLY' },
  monthly: { label: 'Every month', rule: 'FREQ=MONTHLY' },
  yearly: { label: 'Every year', rule: 'FREQ=YEARLY' },
} as const satisfies Record<string, { label: string; rule: string }>

export type RepeatChoice = keyof typeof REPEAT | 'byHand'

export function choiceOf({ rule, byHand }: RepeatFields): RepeatChoice {
  if (byHand) return 'byHand'
  const usual = Object.entries(REPEAT).find(([, one]) => one.rule === tidyRule(rule))
  return (usual?.[0] as keyof typeof REPEAT | undefined) ?? 'byHand'
}

export const UNITS = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' } as const
export type Frequency = keyof typeof UNITS

/** In the order of the week. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** The parts of the rules that the form can build. */
export interface SimpleRule {
  frequency: Frequency
  interval: number
  /** Only for weeks. Empty: the weekday of the due date. */
  weekdays: readonly Weekday[]
}

/** The parts of a rule by their names; undefined if it has no known frequency. */
export function partsOf(rule: string): Map<string, string> | undefined {
  const parts = new Map(
    tidyRule(rule)
      .split(';')
      .map((part) => part.split('=', 2) as [string, string]),
  )
  return Object.hasOwn(UNITS, parts.get('FREQ') ?? '') ? parts : undefined
}

/** Returns undefined for a rule with other parts. */
export function readSimple(rule: string): SimpleRule | undefined {
  const parts = partsOf(rule)
  if (parts === undefined) return undefined
  const { FREQ: frequency, INTERVAL = '1', BYDAY, ...others } = Object.fromEntries(parts)
  const weekdays = (BYDAY?.split(',') ?? []) as Weekday[]
  const isKnown =
    Object.keys(others).length === 0 &&
    /^[1-9]\d{0,3}$/.test(INTERVAL) &&
    (BYDAY === undefined || frequency === 'WEEKLY') &&
    weekdays.every((day) => WEEKDAYS.includes(day))
  return isKnown ? { frequency: frequency as Frequency, interval: Number(INTERVAL), weekdays } : undefined
}

export function writeSimple({ frequency, interval, weekdays }: SimpleRule): string {
  const days = WEEKDAYS.filter((day) => weekdays.includes(day))
  return [
    `FREQ=${frequency}`,
    interval > 1 && `INTERVAL=${interval}`,
    frequency === 'WEEKLY' && days.length > 0 && `BYDAY=${days.join()}`,
  ]
    .filter(Boolean)
    .join(';')
}

/** The rule as the service stores it. */
export const tidyRule = (rule: string) =>
  rule
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')

/** Returns what is wrong with a rule, as far as this page can check it. The service checks the rest. */
export function ruleProblem({ rule, byHand }: RepeatFields): string | undefined {
  if (rule === '' && !byHand) return undefined
  return partsOf(rule) ? undefined : 'A rule needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.'
}

export const repeatOfTask = ({ recurrence }: Pick<LocalTask, 'recurrence'>): RepeatFields => ({
  ...NO_REPEAT,
  // A copy of an older version of this page has no recurrence.
  ...(recurrence && { rule: recurrence.rule, anchor: recurrence.anchor }),
})

/** The recurrence that is sent to the service. Dates are counted in the user's time zone. */
export const toRecurrence = ({ rule, anchor }: RepeatFields): NonNullable<NewTask['recurrence']> | null =>
  rule === '' ? null : { rule: tidyRule(rule), anchor, time_zone: timeZone() }

/** The IANA name of the user's time zone. Browsers that do not know it count in UTC, and say Etc/Unknown. */
export function timeZone(): string {
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions() as { timeZone?: string }
  return !zone || zone === 'Etc/Unknown' ? 'UTC' : zone
}
