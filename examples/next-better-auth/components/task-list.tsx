import { type KeyboardEvent, useState } from 'react'
import { isChanged } from '../lib/drafts'
import { explainProblem } from '../lib/errors'
import { type Filters, isFiltered, NO_FILTERS } from '../lib/filters'
import { addTags, hasTag, isSameTag } from '../lib/tags'
import { useTaskApi } from '../lib/task-api'
import type { LocalTask } from '../lib/task-client'
import { useRemoveTasks } from '../lib/use-changes'
import { useDrafts } from '../lib/use-drafts'
import { useNow } from '../lib/use-now'
import { useSelection } from '../lib/use-selection'
import { useSyncStatus, useTaskList } from '../lib/use-tasks'
import { agree, named } from '../lib/words'
import { ConfirmDialog } from './confirm-dialog'
import { EmptyState } from './empty-state'
import { ListHead } from './list-head'
import { LoadMore } from './load-more'
import { SelectionBar } from './selection-bar'
import styles from './task-list.module.css'
import { checkboxId, TaskRow } from './task-row'
import { Trouble } from './trouble'

interface Props {
  filters: Filters
  onChangeFilters: (changes: Partial<Filters>) => void
}

/** The list in each of its states: loading, loaded, empty, unavailable. */
export function TaskList({ filters, onChangeFilters }: Props) {
  const now = useNow()
  const { sync } = useTaskApi()
  const { tasks, total, hasMore, more } = useTaskList(filters, now)
  const { edits } = useDrafts()
  const { complete, problem } = useSyncStatus()
  const selection = useSelection(tasks)
  const { remove, question } = useRemoval()
  // A changed text stays on screen when its task leaves the list: it may be deleted, or filtered out.
  const orphans = Object.values(edits)
    .filter((edit) => isChanged(edit) && !tasks.some(({ key }) => key === edit.task.key))
    .map(({ task }) => task)
  const rows = [...orphans, ...tasks]
  const isLoading = !complete && total === 0 && problem === undefined
  const clear = () => onChangeFilters({ ...NO_FILTERS, sort: filters.sort })
  const toggleTag = (tag: string) => {
    const others = filters.tags.filter((other) => !isSameTag(other, tag))
    onChangeFilters({ tags: hasTag(filters.tags, tag) ? others : addTags(filters.tags, tag) })
  }
  const endOnEscape = ({ key }: KeyboardEvent) => key === 'Escape' && selection.isActive && selection.end()
  return (
    <section
      id="tasks"
      tabIndex={-1}
      className={styles.section}
      aria-labelledby="tasks-heading"
      onKeyDown={endOnEscape}
    >
      <ListHead
        result={
          isLoading ? 'Loading…' : (complete || total > 0) && `${total} ${total === 1 ? 'task' : 'tasks'}`
        }
        filters={filters}
        onChange={onChangeFilters}
        selection={selection}
      />
      {selection.isActive && <SelectionBar selection={selection} onDelete={remove} />}
      {question}
      {isLoading && <Skeleton />}
      {!complete && problem && (
        <Trouble
          title={total === 0 ? 'Your tasks are out of reach' : 'Other tasks are out of reach'}
          text={`${explainProblem(problem)} What you add is kept on this device.`}
          onRetry={() => void sync.flush()}
        />
      )}
      {complete && rows.length === 0 && (
        <EmptyState filters={filters} {...(isFiltered(filters) && { onClear: clear })} />
      )}
      <ul className={styles.list} hidden={rows.length === 0}>
        {rows.map((task) => (
          <TaskRow
            key={task.key}
            task={task}
            edit={edits[task.key]}
            now={now}
            selection={selection}
            tagFilter={filters.tags}
            onToggleTag={toggleTag}
            onDelete={() => remove([task])}
          />
        ))}
      </ul>
      {hasMore && <LoadMore count={tasks.length} onLoad={more} />}
    </section>
  )
}

/** Deletes tasks. Asks first if the service has no trash from which they can be restored. */
function useRemoval() {
  const { trashDays } = useTaskApi()
  const [asking, setAsking] = useState<readonly LocalTask[] | null>(null)
  const removeNow = useRemoveTasks(([first]) =>
    requestAnimationFrame(() => first && document.getElementById(checkboxId(first))?.focus()),
  )
  const question = asking && (
    <ConfirmDialog
      question={`Delete ${named(asking)}?`}
      text={`You cannot restore ${agree(asking, 'it', 'them')}.`}
      confirm="Delete"
      cancel="Keep"
      onConfirm={() => {
        removeNow(asking)
        setAsking(null)
      }}
      onCancel={() => setAsking(null)}
    />
  )
  return { remove: trashDays > 0 ? removeNow : setAsking, question }
}

function Skeleton() {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      <span />
      <span />
      <span />
      <span />
    </div>
  )
}
