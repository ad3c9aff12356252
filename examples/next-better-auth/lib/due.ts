import type { Task } from './task-client'

type Due = Pick<Task, 'due_date' | 'completed'>

/** The calendar day of a moment in the user's time zone: 2026-12-01. */
export function localDay(moment: Date): string {
  const pad = (part: number) => String(part).padStart(2, '0')
  return `${moment.getFullYear()}-${pad(moment.getMonth() + 1)}-${pad(moment.getDate())}`
}

/** The calendar day `days` days after today. */
export function dayFromNow(days: number, now = new Date()): string {
  return localDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days))
}

const isWholeDay = (due: string) => /^\d{4}-\d{2}-\d{2}$/.test(due)

/** A due date as a form holds it: `time` is empty for a whole day; both are empty for no due date. */
export interface DueFields {
  day: string
  time: string
}

export function toFields(due: string | null): DueFields {
  if (due === null) return { day: '', time: '' }
  if (isWholeDay(due)) return { day: due, time: '' }
  const moment = new Date(due)
  return { day: localDay(moment), time: moment.toTimeString().slice(0, 5) }
}

/** Without a time, the due date is a calendar day, which ends at midnight in the user's time zone. With a time, an instant. */
export function fromFields({ day, time }: DueFields): string | null {
  if (day === '') return null
  return time === '' ? day : new Date(`${day}T${time}`).toISOString()
}

/** A whole day is over when the next one begins. */
export function isOverdue({ due_date: due, completed }: Due, now: Date): boolean {
  if (due === null || completed) return false
  return isWholeDay(due) ? due < localDay(now) : new Date(due) < now
}

/** Due today and not over yet. */
export function isDueToday({ due_date: due, completed }: Due, now: Date): boolean {
  return due !== null && !completed && toFields(due).day === localDay(now)
}

/** For users: Today, Tomorrow at 15:00, Tue 1 Dec, in the order of their language. */
export function describeDue(due: string, now: Date): string {
  const { day, time } = toFields(due)
  const moment = new Date(`${day}T${time || '00:00'}`)
  const clock = time && ` at ${moment.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' })}`
  return (nearby(day, now) ?? calendar(moment, now)) + clock
}

/** For users, in their language: Friday, December 4 at 15:00. */
export function describeDate(due: string, now: Date): string {
  const { day, time } = toFields(due)
  const moment = new Date(`${day}T${time || '00:00'}`)
  return moment.toLocaleString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(moment.getFullYear() !== now.getFullYear() && { year: 'numeric' }),
    ...(time !== '' && { hour: 'numeric', minute: '2-digit' }),
  })
}

function nearby(day: string, now: Date): string | undefined {
  if (day === dayFromNow(0, now)) return 'Today'
  if (day === dayFromNow(1, now)) return 'Tomorrow'
  if (day === dayFromNow(-1, now)) return 'Yesterday'
  return undefined
}

function calendar(moment: Date, now: Date): string {
  const year = moment.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return moment.toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short', ...year })
}
