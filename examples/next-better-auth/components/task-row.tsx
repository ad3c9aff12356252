import type { Task } from 'TaskApiClient'
import { useId, useLayoutEffect, useRef, useState } from 'react'
import { describeDue, isDueToday, isOverdue } from '../lib/due'
import { useCompleted } from '../lib/use-changes'
import { CalendarIcon, DeleteIcon, EditIcon } from './icons'
import { TaskEditor } from './task-editor'
import styles from './task-row.module.css'

interface Props {
  task: Task
  now: Date
  onDelete: () => void
}

/** Where the focus goes when a task comes back. */
export const checkboxId = ({ id }: Task) => `task-${id}`

/** One task of the list, or the form that changes it in its place. */
export function TaskRow({ task: saved, now, onDelete }: Props) {
  const [completed, setCompleted] = useCompleted(saved)
  const task = { ...saved, completed }
  const [editing, setEditing] = useState(false)
  const editButton = useRef<HTMLButtonElement>(null)
  const titleId = useId()
  const wasEditing = useRef(false)
  // Back to where the keyboard was, once the button is there again.
  useLayoutEffect(() => {
    if (wasEditing.current && !editing) editButton.current?.focus()
    wasEditing.current = editing
  }, [editing])

  if (editing) {
    return (
      <li className={styles.row} data-editing>
        <TaskEditor task={task} onClose={() => setEditing(false)} />
      </li>
    )
  }
  return (
    <li className={styles.row} data-completed={task.completed || undefined}>
      <input
        type="checkbox"
        id={checkboxId(task)}
        className={styles.check}
        aria-labelledby={titleId}
        checked={task.completed}
        onChange={({ target }) => setCompleted(target.checked)}
      />
      <div className={styles.text}>
        <p id={titleId} className={styles.title}>
          {task.title}
        </p>
        {task.description && <p className={styles.description}>{task.description}</p>}
        {task.due_date && <Due task={task} due={task.due_date} now={now} />}
      </div>
      <div className={styles.actions}>
        <button
          ref={editButton}
          type="button"
          className="icon-button"
          aria-label={`Edit ${task.title}`}
          onClick={() => setEditing(true)}
        >
          <EditIcon />
        </button>
        <button type="button" className="icon-button" aria-label={`Delete ${task.title}`} onClick={onDelete}>
          <DeleteIcon />
        </button>
      </div>
    </li>
  )
}

function Due({ task, due, now }: { task: Task; due: string; now: Date }) {
  const overdue = isOverdue(task, now)
  const urgency = overdue ? styles.overdue : isDueToday(task, now) ? styles.today : ''
  return (
    <p className={`${styles.due} ${urgency}`}>
      <CalendarIcon size={15} />
      <span>
        {overdue && 'Overdue: '}
        <time dateTime={due}>{describeDue(due, now)}</time>
      </span>
    </p>
  )
}
