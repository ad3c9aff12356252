import { explain } from '../lib/errors'
import { type Filters, isFiltered, NO_FILTERS } from '../lib/filters'
import { useNow } from '../lib/use-now'
import { useTaskRows } from '../lib/use-task-rows'
import { EmptyState } from './empty-state'
import { LoadMore } from './load-more'
import styles from './task-list.module.css'
import { checkboxId, TaskRow } from './task-row'
import { Choices } from './toolbar'
import { Trouble } from './trouble'
import { UnsentRow } from './unsent-row'

interface Props {
  filters: Filters
  onChangeFilters: (changes: Partial<Filters>) => void
}

/** The tasks in every state of the list: loading, loaded, empty, out of reach. */
export function TaskList({ filters, onChangeFilters }: Props) {
  const now = useNow()
  const { pages, rows, unsent, total, remove } = useTaskRows(filters, (task) =>
    requestAnimationFrame(() => document.getElementById(checkboxId(task))?.focus()),
  )
  const offline = pages.fetchStatus === 'paused'
  const isLoading = rows === undefined && pages.isPending && !offline
  const clear = () => onChangeFilters({ ...NO_FILTERS, sort: filters.sort })
  const isEmpty = rows?.length === 0 && unsent.length === 0 && !pages.hasNextPage
  return (
    <section id="tasks" tabIndex={-1} className={styles.section} aria-labelledby="tasks-heading">
      <div className={styles.head}>
        <h2 id="tasks-heading" className="visually-hidden">
          Tasks
        </h2>
        <p role="status" aria-label="Result">
          {rows ? `${total} ${total === 1 ? 'task' : 'tasks'}` : isLoading && 'Loading…'}
        </p>
        <Choices filters={filters} onChange={onChangeFilters} />
      </div>
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
          <TaskRow key={task.id} task={task} edit={edit} now={now} onDelete={() => remove(task)} />
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
