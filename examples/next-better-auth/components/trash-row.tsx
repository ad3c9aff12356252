import { describeDue, localDay } from '../lib/due'
import type { DeletedTask } from '../lib/task-client'
import { PriorityLabel, TagName } from './labels'
import styles from './trash.module.css'

interface Props {
  task: DeletedTask
  now: Date
  /** How long the service keeps it. */
  days: number
  onRestore: () => void
  onPurge: () => void
}

/** One task of the trash. */
export function TrashRow({ task, now, days, onRestore, onPurge }: Props) {
  const { title, priority, tags, deleted_at } = task
  return (
    <li className={styles.row}>
      <div className={styles.text}>
        <p dir="auto" className={styles.title}>
          {title}
        </p>
        <p className={styles.when}>
          Deleted{' '}
          <time dateTime={deleted_at}>{describeDue(localDay(new Date(deleted_at)), now).toLowerCase()}</time>.{' '}
          {remaining(deleted_at, days, now)}
        </p>
        <div className={styles.labels}>
          <PriorityLabel priority={priority} />
          {tags.map((tag) => (
            <TagName key={tag} tag={tag} />
          ))}
        </div>
      </div>
      <div className={styles.buttons}>
        <button type="button" className="button" aria-label={`Restore ${title}`} onClick={onRestore}>
          Restore
        </button>
        <button
          type="button"
          className="button quiet"
          aria-label={`Delete for good ${title}`}
          onClick={onPurge}
        >
          Delete for good
        </button>
      </div>
    </li>
  )
}

const DAY_MS = 86_400_000

function remaining(deletedAt: string, days: number, now: Date): string {
  const left = Math.ceil((Date.parse(deletedAt) + days * DAY_MS - now.getTime()) / DAY_MS)
  if (left <= 1) return 'It will be deleted for good within a day.'
  return `It will be deleted for good in ${left} days.`
}
