'use client'
import type { Task } from 'TaskApiClient'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useNotices } from '../components/notices'
import { checkboxId } from '../components/task-row'
import { useDeleteTask } from './use-changes'

export interface Deletion {
  /** Taken from sight, but not from the service yet. */
  waiting: readonly Task[]
  remove: (task: Task) => void
}

/** Deletes a task once the notice that offers to undo it has gone, or the page. */
export function useDeletion(): Deletion {
  const [waiting, setWaiting] = useState<readonly Task[]>([])
  const { notify, announce } = useNotices()
  const { mutateAsync } = useDeleteTask()
  const latest = useRef(waiting)
  useEffect(() => {
    latest.current = waiting
  }, [waiting])

  const keep = useCallback(
    (task: Task) => setWaiting((tasks) => tasks.filter(({ id }) => id !== task.id)),
    [],
  )
  // A deletion that failed has been reported, and the task shows again.
  const commit = useCallback(
    (task: Task) =>
      void mutateAsync(task)
        .catch(() => {})
        .finally(() => keep(task)),
    [mutateAsync, keep],
  )
  const remove = (task: Task) => {
    setWaiting((tasks) => [...tasks, task])
    const undo = () => {
      keep(task)
      announce(`“${task.title}” is back.`)
      requestAnimationFrame(() => document.getElementById(checkboxId(task))?.focus())
    }
    notify({
      tone: 'info',
      text: `Deleted “${task.title}”.`,
      action: { label: 'Undo', run: undo },
      onExpire: () => commit(task),
    })
  }
  useEffect(() => {
    const commitAll = () => latest.current.forEach(commit)
    window.addEventListener('pagehide', commitAll)
    return () => window.removeEventListener('pagehide', commitAll)
  }, [commit])
  return { waiting, remove }
}
