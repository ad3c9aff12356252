import { useEffect, useRef, useState } from 'react'
import { explain } from '../lib/errors'
import { useTaskApi } from '../lib/task-api'
import type { DeletedTask } from '../lib/task-client'
import { useNow } from '../lib/use-now'
import { usePurge, useRestoreTask, useTrash } from '../lib/use-trash'
import { ConfirmDialog } from './confirm-dialog'
import { BackIcon } from './icons'
import { LoadMore } from './load-more'
import styles from './trash.module.css'
import { TrashRow } from './trash-row'
import { Trouble } from './trouble'

/** The deleted tasks. Each can be restored or deleted permanently. */
export function TrashView({ onBack, backAddress }: { onBack: () => void; backAddress: string }) {
  const { trashDays } = useTaskApi()
  const { pages, tasks } = useTrash()
  const restore = useRestoreTask()
  const { ask, question } = usePurgeQuestion()
  const now = useNow()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section id="tasks" tabIndex={-1} aria-labelledby="trash-heading" className={styles.trash}>
      <a
        href={backAddress}
        className="button quiet"
        onClick={(event) => {
          event.preventDefault()
          onBack()
        }}
      >
        <BackIcon size={18} /> Back to your tasks
      </a>
      <h1 id="trash-heading" ref={heading} tabIndex={-1}>
        Trash
      </h1>
      <p className={styles.lead}>{keepsFor(trashDays)}</p>
      {question}
      {tasks === undefined && pages.isError && (
        <Trouble
          title="The trash is out of reach"
          text={explain(pages.error)}
          onRetry={() => void pages.refetch()}
        />
      )}
      {tasks === undefined && !pages.isError && <p role="status">Loading…</p>}
      {tasks?.length === 0 && !pages.hasNextPage && <p className={styles.empty}>The trash is empty.</p>}
      {tasks && tasks.length > 0 && (
        <>
          <button type="button" className="button" onClick={() => ask('all')}>
            Empty the trash
          </button>
          <ul className={styles.list}>
            {tasks.map((task) => (
              <TrashRow
                key={task.id}
                task={task}
                now={now}
                days={trashDays}
                onRestore={() => restore(task)}
                onPurge={() => ask(task)}
              />
            ))}
          </ul>
        </>
      )}
      {pages.hasNextPage && (
        <LoadMore
          count={tasks?.length ?? 0}
          busy={pages.isFetching}
          failed={pages.isFetchNextPageError}
          onLoad={() => void pages.fetchNextPage()}
        />
      )}
    </section>
  )
}

function keepsFor(days: number): string {
  if (days === 0) return 'This service keeps no deleted tasks: they are gone at once.'
  return `Deleted tasks stay here for ${days === 1 ? 'one day' : `${days} days`}. After that they are deleted for good.`
}

/** Asks before one task, or all of them, are deleted permanently. */
function usePurgeQuestion() {
  const [asking, ask] = useState<DeletedTask | 'all' | null>(null)
  const purge = usePurge()
  const confirm = () => {
    purge(asking === 'all' ? undefined : (asking ?? undefined))
    ask(null)
  }
  const question = asking && (
    <ConfirmDialog
      question={asking === 'all' ? 'Empty the trash?' : `Delete “${asking.title}” for good?`}
      text={asking === 'all' ? 'You cannot restore the tasks in it.' : 'You cannot restore it.'}
      confirm={asking === 'all' ? 'Empty it' : 'Delete for good'}
      cancel="Keep"
      onConfirm={confirm}
      onCancel={() => ask(null)}
    />
  )
  return { ask, question }
}
