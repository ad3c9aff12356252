import { useRef } from 'react'
import { explain } from '../lib/errors'
import { type Filters, isFiltered, NO_FILTERS } from '../lib/filters'
import { useKeepFocus } from '../lib/use-keep-focus'
import { useNow } from '../lib/use-now'
import type { Deletion } from '../lib/use-deletion'
import { useTaskPages } from '../lib/use-tasks'
import { EmptyState } from './empty-state'
import { LoadMore } from './load-more'
import styles from './task-list.module.css'
import { TaskRow } from './task-row'
import { Choices } from './toolbar'
import { Trouble } from './trouble'

interface Props {
  filters: Filters
  onChangeFilters: (changes: Partial<Filters>) => void
  deletion: Deletion
}

/** The tasks, in whatever state they are: loading, there, none, or out of reach. */
export function TaskList({ filters, onChangeFilters, deletion }: Props) {
  const pages = useTaskPages(filters)
  const now = useNow()
  const section = useRef<HTMLElement>(null)
  useKeepFocus(section)

  const isWaiting = (id: number) => deletion.waiting.some((task) => task.id === id)
  const all = pages.data?.pages.flatMap((page) => page.tasks)
  const tasks = all?.filter(({ id }) => !isWaiting(id))
  const total = (pages.data?.pages[0]?.total ?? 0) - ((all?.length ?? 0) - (tasks?.length ?? 0))
  const clear = () => onChangeFilters({ ...NO_FILTERS, sort: filters.sort })
  const offline = pages.fetchStatus === 'paused'

  return (
    <section
      ref={section}
      id="tasks"
      tabIndex={-1}
      className={styles.section}
      aria-labelledby="tasks-heading"
    >
      <div className={styles.head}>
        <h2 id="tasks-heading" className="visually-hidden">
          Tasks
        </h2>
        <p role="status" aria-label="Result">
          {tasks ? `${total} ${total === 1 ? 'task' : 'tasks'}` : pages.isPending && !offline && 'Loading…'}
        </p>
        <Choices filters={filters} onChange={onChangeFilters} />
      </div>
      {tasks === undefined && pages.isPending && !offline && <Skeleton />}
      {tasks === undefined && offline && (
        <Trouble title="You are offline" text="Your tasks appear as soon as the connection is back." />
      )}
      {tasks === undefined && pages.isError && (
        <Trouble
          title="Your tasks are out of reach"
          text={explain(pages.error)}
          onRetry={() => void pages.refetch()}
        />
      )}
      {tasks?.length === 0 && !pages.hasNextPage && (
        <EmptyState filters={filters} {...(isFiltered(filters) && { onClear: clear })} />
      )}
      <ul className={styles.list} data-stale={pages.isPlaceholderData || undefined} hidden={!tasks?.length}>
        {tasks?.map((task) => (
          <TaskRow key={task.id} task={task} now={now} onDelete={() => deletion.remove(task)} />
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
      {[72, 48, 64, 40].map((width) => (
        <span key={width} style={{ inlineSize: `${width}%` }} />
      ))}
    </div>
  )
}
