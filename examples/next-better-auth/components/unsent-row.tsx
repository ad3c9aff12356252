import type { Unsent } from '../lib/drafts'
import { useCreateTask } from '../lib/use-create-task'
import { useDraftChanges } from '../lib/use-drafts'
import { ClockIcon } from './icons'
import styles from './task-row.module.css'

/** A new task that the service has not confirmed: it is on its way, or it was refused. */
export function UnsentRow({ task, online }: { task: Unsent; online: boolean }) {
  const create = useCreateTask()
  const { dropUnsent } = useDraftChanges()
  return (
    <li className={styles.row} data-unsent>
      <span className={styles.clock}>
        <ClockIcon />
      </span>
      <div className={styles.text}>
        <p dir="auto" className={styles.title}>
          {task.title}
        </p>
        {task.isSending ? (
          <p className={styles.description}>
            {online ? 'Adding…' : 'Added as soon as you are online again.'}
          </p>
        ) : (
          <>
            <p role="alert" className={styles.problem}>
              Not added. {task.problem}
            </p>
            <div className={styles.buttons}>
              <button type="button" className="button" onClick={() => create(task, task.key)}>
                Add again
              </button>
              <button type="button" className="button quiet" onClick={() => dropUnsent(task.key)}>
                Discard
              </button>
            </div>
          </>
        )}
      </div>
    </li>
  )
}
