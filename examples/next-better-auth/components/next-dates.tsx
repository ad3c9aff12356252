import { useId } from 'react'
import { describeDate } from '../lib/due'
import type { Fields } from '../lib/fields'
import type { LocalTask } from '../lib/task-client'
import { useNextDates } from '../lib/use-next-dates'
import { useNow } from '../lib/use-now'
import styles from './repeat.module.css'

/** The next dates of a series in words, in the user's time zone and language. */
export function NextDates({ value, task }: { value: Fields; task: LocalTask | undefined }) {
  const now = useNow()
  const headingId = useId()
  const dates = useNextDates(value, task, now)
  if (dates === undefined)
    return <p className="hint">The service computes the dates. They are shown here after you have saved.</p>
  return (
    <div className={styles.dates}>
      <p id={headingId}>Next dates</p>
      {dates.length === 0 ? (
        <p>None: this date is the last one.</p>
      ) : (
        <ol aria-labelledby={headingId}>
          {dates.map((date) => (
            <li key={date}>
              <time dateTime={date}>{describeDate(date, now)}</time>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
