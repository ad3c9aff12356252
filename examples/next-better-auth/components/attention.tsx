import { explainProblem } from '../lib/errors'
import { useTaskApi } from '../lib/task-api'
import type { RefusedWrite } from '../lib/task-client'
import { useNow } from '../lib/use-now'
import { useConflicts, useRefused } from '../lib/use-tasks'
import styles from './attention.module.css'
import { ConflictCard } from './conflict-card'

/** What needs a decision of the user, whatever the filters show: conflicts, and changes that were refused. */
export function Attention() {
  const conflicts = useConflicts()
  const refused = useRefused()
  const now = useNow()
  if (conflicts.length + refused.length === 0) return null
  return (
    <section className={styles.attention} aria-label="Waiting for your decision">
      {conflicts.map((conflict) => (
        <ConflictCard key={conflict.id} conflict={conflict} now={now} />
      ))}
      {refused.map((write) => (
        <RefusedCard key={write.id} write={write} />
      ))}
    </section>
  )
}

const DONE = { create: 'added', update: 'saved', remove: 'deleted', restore: 'restored' } as const

/** A change that the service has refused, with the reason. */
function RefusedCard({ write }: { write: RefusedWrite }) {
  const { sync } = useTaskApi()
  const title = sync.get(write.key)?.title ?? write.fields.title ?? 'A task'
  return (
    <article className={styles.card}>
      <h2 dir="auto">
        “{title}” was not {DONE[write.kind]}
      </h2>
      <p>{explainProblem(write.reason)} You can edit it in the list, or:</p>
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={() => sync.retry(write)}>
          Try again
        </button>
        <button type="button" className="button quiet" onClick={() => sync.discard(write)}>
          {write.kind === 'create' ? 'Discard it' : 'Undo my change'}
        </button>
      </div>
    </article>
  )
}
