import { type KeyboardEvent, useState } from 'react'
import { explain } from '../lib/errors'
import { type Filters, isFiltered, NO_FILTERS } from '../lib/filters'
import { addTags, hasTag, isSameTag } from '../lib/tags'
import { useTaskApi } from '../lib/task-api'
import type { Task } from '../lib/task-client'
import { useRemoveTasks } from '../lib/use-deletions'
import { useNow } from '../lib/use-now'
import { useSelection } from '../lib/use-selection'
import { useTaskRows } from '../lib/use-task-rows'
import { agree, named } from '../lib/words'
import { ConfirmDialog } from './confirm-dialog'
import { EmptyState } from './empty-state'
import { ListHead } from './list-head'
import { LoadMore } from './load-more'
import { SelectionBar } from './selection-bar'
import styles from './task-list.module.css'
import { checkboxId, TaskRow } from './task-row'
import { Trouble } from './trouble'
import { UnsentRow } from './unsent-row'

interface Props {
  filters: Filters
  onChangeFilters: (changes: Partial<Filters>) => void
}

/** The tasks in every state of the list: loading, loaded, empty, out of reach. */
export function TaskList({ filters, onChangeFilters }: Props) {
  const now = useNow()
  const { pages, rows, unsent, total } = useTaskRows(filters, now)
  const selection = useSelection(rows?.map(({ task }) => task) ?? [])
  const { remove, question } = useRemoval()
  const offline = pages.fetchStatus === 'paused'
  const isLoading = rows === undefined && pages.isPending && !offline
  const clear = () => onChangeFilters({ ...NO_FILTERS, sort: filters.sort })
  const isEmpty = rows?.length === 0 && unsent.length === 0 && !pages.hasNextPage
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
        result={rows ? `${total} ${total === 1 ? 'task' : 'tasks'}` : isLoading && 'Loading…'}
        filters={filters}
        onChange={onChangeFilters}
        selection={selection}
      />
      {selection.isActive && <SelectionBar selection={selection} onDelete={remove} />}
      {question}
      {isLoading && unsent.length === 0 && <Skeleton />}
      {rows === undefined && offline && (
        <Trouble title="You are offline" text="Your tasks appear as soon as the connection is back." />
      )}
      {rows === undefined && pages.isError && (
        <Trouble
          title="Your tasks are out of reach"
          text={explain(pages.error)}
          onRetry={() => void pages.refetch()}
        />
      )}
      {isEmpty && <EmptyState filters={filters} {...(isFiltered(filters) && { onClear: clear })} />}
      <ul
        className={styles.list}
        data-stale={pages.isPlaceholderData || undefined}
        hidden={!rows?.length && unsent.length === 0}
      >
        {unsent.map((task) => (
          <UnsentRow key={task.key} task={task} online={!offline} />
        ))}
        {rows?.map(({ task, edit }) => (
          <TaskRow
            key={task.id}
            task={task}
            edit={edit}
            now={now}
            selection={selection}
            tagFilter={filters.tags}
            onToggleTag={toggleTag}
            onDelete={() => remove([task])}
          />
        ))}
      </ul>
      {pages.hasNextPage && (
        <LoadMore
          busy={pages.isFetching}
          failed={pages.isFetchNextPageError}
          onLoad={() => void pages.fetchNextPage()}
        />
      )}
    </section>
  )
}

/** Deletes tasks. Asks before if the service has no trash to take them from again. */
function useRemoval() {
  const { trashDays } = useTaskApi()
  const [asking, setAsking] = useState<readonly Task[] | null>(null)
  const removeNow = useRemoveTasks(([first]) =>
    requestAnimationFrame(() => first && document.getElementById(checkboxId(first))?.focus()),
  )
  const question = asking && (
    <ConfirmDialog
      question={`Delete ${named(asking)}?`}
      text={`${agree(asking, 'It is', 'They are')} gone for good then.`}
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
