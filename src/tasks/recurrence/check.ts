import { problem } from '../../http/problem.ts'
import { mistakeInSeries } from './series.ts'
import { completeRecurrence } from './rule.ts'
import type { NewTask } from '../schemas.ts'

type SentSeries = Pick<NewTask, 'due_date' | 'recurrence'>

/** Finds the field of a recurring task that does not fit the others. `message` completes a sentence that begins with it. */
export function mistakeInSent({
  due_date,
  recurrence,
}: SentSeries): { field: string; message: string } | undefined {
  if (!recurrence) return undefined
  if (!due_date) return { field: 'due_date', message: 'is required for a task with a recurrence' }
  const message = mistakeInSeries({ due_date, recurrence: completeRecurrence(recurrence) })
  return message === undefined ? undefined : { field: 'recurrence/rule', message }
}

/** @throws problem 400 `validation_failed` if a recurrence does not fit the due date */
export function requireSeries(sent: SentSeries, at = '') {
  const mistake = mistakeInSent(sent)
  if (mistake === undefined) return
  const { field, message } = mistake
  throw problem('validation_failed', {
    values: [`${at}${field} ${message}`],
    errors: [{ path: `/${at}${field}`, message }],
  })
}
