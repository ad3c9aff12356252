import type { Summary } from '../lib/task-client'
import { useNow } from '../lib/use-now'
import { useSummary } from '../lib/use-tasks'
import styles from './summary-card.module.css'

/** The counts, computed from the copy on this device. So they also change while it is offline. */
export function SummaryCard() {
  const counts = useSummary(useNow())
  return (
    <section className={styles.card} aria-label="Summary" aria-busy={counts === undefined}>
      <div>
        <h1 className={styles.heading}>{counts ? headline(counts) : 'Your tasks'}</h1>
        <dl className={styles.counts}>
          <Count name="Open" value={counts?.pending} />
          <Count name="Overdue" value={counts?.overdue} alarming={Boolean(counts?.overdue)} />
          <Count name="Done" value={counts?.completed} />
        </dl>
      </div>
      <Ring done={counts?.completed ?? 0} total={counts?.total ?? 0} />
    </section>
  )
}

function headline({ total, pending, overdue }: Omit<Summary, 'message'>): string {
  if (total === 0) return 'A fresh page.'
  if (pending === 0) return 'All done. Enjoy it.'
  if (overdue > 0) return overdue === 1 ? 'One thing is late.' : `${overdue} things are late.`
  return pending === 1 ? 'One thing to do.' : `${pending} things to do.`
}

function Count({
  name,
  value,
  alarming = false,
}: {
  name: string
  value: number | undefined
  alarming?: boolean
}) {
  return (
    <div className={alarming ? styles.alarming : undefined}>
      <dt>{name}</dt>
      <dd>{value ?? '–'}</dd>
    </div>
  )
}

const RADIUS = 34
const LENGTH = 2 * Math.PI * RADIUS

function Ring({ done, total }: { done: number; total: number }) {
  const share = total === 0 ? 0 : done / total
  const percent = Math.floor(share * 100)
  return (
    <div className={styles.ring} role="img" aria-label={`${percent} percent done`}>
      <svg viewBox="0 0 80 80" aria-hidden="true">
        <circle cx="40" cy="40" r={RADIUS} className={styles.track} />
        {done > 0 && (
          <circle
            cx="40"
            cy="40"
            r={RADIUS}
            className={styles.progress}
            strokeDasharray={LENGTH}
            strokeDashoffset={LENGTH * (1 - share)}
          />
        )}
      </svg>
      <span aria-hidden="true">{percent}%</span>
    </div>
  )
}
