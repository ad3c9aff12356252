import { useId, useLayoutEffect, useRef } from 'react'
import type { Edit } from '../lib/drafts'
import { describeDue, isDueToday, isOverdue } from '../lib/due'
import type { Recurrence } from '../lib/repeat'
import { describeRecurrence } from '../lib/repeat-words'
import type { LocalTask } from '../lib/task-client'
import { useCompleteTask } from '../lib/use-complete-task'
import { useDraftChanges } from '../lib/use-drafts'
import type { Selection } from '../lib/use-selection'
import check from './check.module.css'
import { CalendarIcon, ClockIcon, DeleteIcon, EditIcon, RepeatIcon } from './icons'
import { PriorityLabel, TagButtons } from './labels'
import { Notes } from './notes'
import { SelectBox } from './select-box'
import { TaskEditor } from './task-editor'
import styles from './task-row.module.css'

interface Props {
  task: LocalTask
  /** The form is open while there is an edit. */
  edit: Edit | undefined
  now: Date
  selection: Selection
  /** The tags that the list is filtered by. */
  tagFilter: readonly string[]
  onToggleTag: (tag: string) => void
  onDelete: () => void
}

/** Where the focus goes when a task comes back. */
export const checkboxId = ({ key }: LocalTask) => `task-${key}`

/** One task of the list, or the form that changes it, in the same place. */
export function TaskRow({ task, edit, now, selection, tagFilter, onToggleTag, onDelete }: Props) {
  const complete = useCompleteTask()
  const { beginEdit } = useDraftChanges()
  const titleId = useId()
  const editButton = useFocusAfter(edit !== undefined)
  if (edit) {
    return (
      <li className={styles.row} data-editing>
        <TaskEditor edit={edit} />
      </li>
    )
  }
  return (
    <li
      className={styles.row}
      data-completed={task.completed || undefined}
      data-selected={(selection.isActive && selection.isSelected(task.key)) || undefined}
    >
      {selection.isActive ? (
        <SelectBox task={task} selection={selection} titleId={titleId} />
      ) : (
        <input
          type="checkbox"
          id={checkboxId(task)}
          className={check.check}
          aria-labelledby={titleId}
          checked={task.completed}
          onChange={({ target }) => complete(task, target.checked)}
        />
      )}
      {task.pending && <Waiting />}
      <div className={styles.text}>
        <p id={titleId} dir="auto" className={styles.title}>
          {task.title}
        </p>
        {task.description && <Notes text={task.description} />}
        <div className={styles.labels}>
          <PriorityLabel priority={task.priority} />
          {task.due_date && <Due task={task} due={task.due_date} now={now} />}
          {task.recurrence && !task.completed && <Repeats recurrence={task.recurrence} />}
          <TagButtons tags={task.tags} active={tagFilter} onToggle={onToggleTag} />
        </div>
      </div>
      <div className={styles.actions} hidden={selection.isActive}>
        <button
          ref={editButton}
          type="button"
          className="icon-button"
          aria-label={`Edit ${task.title}`}
          onClick={() => beginEdit(task)}
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

/** Appears when the service has not confirmed a change for a moment. */
function Waiting() {
  return (
    <span className={styles.waiting} title="Waiting to be sent">
      <ClockIcon size={16} />
      <span className="visually-hidden">Waiting to be sent</span>
    </span>
  )
}

function Due({ task, due, now }: { task: LocalTask; due: string; now: Date }) {
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

function Repeats({ recurrence }: { recurrence: Recurrence }) {
  return (
    <p className={styles.due}>
      <RepeatIcon size={15} />
      <span>
        <span className="visually-hidden">Repeats </span>
        {describeRecurrence(recurrence)}
      </span>
    </p>
  )
}
