import { useId, useLayoutEffect, useRef } from 'react'
import type { Edit } from '../lib/drafts'
import { describeDue, isDueToday, isOverdue } from '../lib/due'
import type { Task } from '../lib/task-client'
import { useSetCompleted } from '../lib/use-changes'
import { useDraftChanges } from '../lib/use-drafts'
import { CalendarIcon, DeleteIcon, EditIcon } from './icons'
import { Notes } from './notes'
import { TaskEditor } from './task-editor'
import styles from './task-row.module.css'

interface Props {
  /** With the changes that are on their way. */
  task: Task
  /** The form is open while there is an edit. */
  edit: Edit | undefined
  now: Date
  onDelete: () => void
}

/** Where the focus goes when a task comes back. */
export const checkboxId = ({ id }: Task) => `task-${id}`

/** One task of the list, or the form that changes it, in the same place. */
export function TaskRow({ task, edit, now, onDelete }: Props) {
  const setCompleted = useSetCompleted(task.id)
  const { beginEdit, changeEdit } = useDraftChanges()
  const titleId = useId()
  const isEditing = edit !== undefined && !edit.isSending
  const editButton = useFocusAfter(isEditing)
  // An edit that is being sent opens again with its text.
  const open = () =>
    edit ? changeEdit(task.id, (before) => ({ ...before, isSending: false })) : beginEdit(task)

  if (isEditing) {
    return (
      <li className={styles.row} data-editing>
        <TaskEditor edit={edit} />
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
        onChange={({ target }) => setCompleted({ task, changes: { completed: target.checked } })}
      />
      <div className={styles.text}>
        <p id={titleId} dir="auto" className={styles.title}>
          {task.title}
        </p>
        {task.description && <Notes text={task.description} />}
        {task.due_date && <Due task={task} due={task.due_date} now={now} />}
      </div>
      <div className={styles.actions}>
        <button
          ref={editButton}
          type="button"
          className="icon-button"
          aria-label={`Edit ${task.title}`}
          onClick={open}
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

/** Gives the focus to a button when the form in its place has closed. */
function useFocusAfter(isEditing: boolean) {
  const button = useRef<HTMLButtonElement>(null)
  const wasEditing = useRef(false)
  useLayoutEffect(() => {
    const focusIsFree = document.activeElement === document.body
    if (wasEditing.current && !isEditing && focusIsFree) button.current?.focus()
    wasEditing.current = isEditing
  }, [isEditing])
  return button
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
