import type { Filters } from '../lib/filters'
import styles from './states.module.css'

/** Shown in place of an empty list, with a text that depends on the filters. */
export function EmptyState({ filters, onClear }: { filters: Filters; onClear?: () => void }) {
  const { title, text } = wordsFor(filters)
  return (
    <div className={styles.state}>
      <Horizon />
      <h3>{title}</h3>
      <p>{text}</p>
      {onClear && (
        <button type="button" className="button" onClick={onClear}>
          Clear filters
        </button>
      )}
    </div>
  )
}

function wordsFor({ show, due, priority, tags, search }: Filters) {
  if (search) return { title: 'No match', text: `No task here has “${search}” in it.` }
  if (tags.length > 0 || priority !== 'any')
    return { title: 'No match', text: 'No task here has this priority and these tags.' }
  if (show === 'overdue') return { title: 'Nothing is late', text: 'Everything with a date has time left.' }
  if (show === 'done') return { title: 'Nothing done yet', text: 'What you tick off shows up here.' }
  if (due !== 'any') return { title: 'Nothing due', text: 'No task falls into these days.' }
  if (show === 'open') return { title: 'Nothing left to do', text: 'Take the rest of the day.' }
  return { title: 'Nothing here yet', text: 'Write down the first thing that is on your mind.' }
}

/** A sun over a calm line. */
function Horizon() {
  return (
    <svg width="120" height="64" viewBox="0 0 120 64" fill="none" aria-hidden="true">
      <path d="M34 48a26 26 0 0152 0" fill="var(--accent-soft)" />
      <path d="M8 48h104M28 57h64" stroke="var(--line-strong)" strokeWidth="2" strokeLinecap="round" />
      <path d="M60 8v6M31 20l4 4M89 20l-4 4" stroke="var(--accent)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
