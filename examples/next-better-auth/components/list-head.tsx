import type { Filters } from '../lib/filters'
import { useClearCompleted } from '../lib/use-changes'
import { useHydrated } from '../lib/use-hydrated'
import { useNow } from '../lib/use-now'
import type { Selection } from '../lib/use-selection'
import { useSummary } from '../lib/use-tasks'
import { Choices } from './choices'
import styles from './task-list.module.css'

interface Props {
  /** How many tasks there are, in words. */
  result: string | false
  filters: Filters
  onChange: (changes: Partial<Filters>) => void
  selection: Selection
}

/** The part above the list: the number of tasks, actions on all of them, and the filters. */
export function ListHead({ result, filters, onChange, selection }: Props) {
  return (
    <div className={styles.head}>
      <h2 id="tasks-heading" className="visually-hidden">
        Tasks
      </h2>
      <p role="status" aria-label="Result">
        {result}
      </p>
      <div className={styles.actions}>
        <ClearCompleted />
        <button
          type="button"
          className="button quiet"
          disabled={!useHydrated()}
          aria-pressed={selection.isActive}
          onClick={selection.isActive ? selection.end : selection.begin}
        >
          Select
        </button>
      </div>
      <Choices filters={filters} onChange={onChange} />
    </div>
  )
}

/** Moves all completed tasks to the trash. Shown while there are completed tasks. */
function ClearCompleted() {
  const done = useSummary(useNow())?.completed ?? 0
  const clear = useClearCompleted()
  return (
    <button type="button" className="button quiet" hidden={done === 0} onClick={clear}>
      Clear done
    </button>
  )
}
