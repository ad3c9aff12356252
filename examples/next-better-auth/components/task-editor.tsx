import {
  type FormEvent,
  type KeyboardEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { type Edit, isChanged, overtakenFields } from '../lib/drafts'
import type { Fields } from '../lib/fields'
import { describeField, nameOfField } from '../lib/field-words'
import { useTaskApi } from '../lib/task-api'
import { useSaveEdit } from '../lib/use-changes'
import { useDraftChanges } from '../lib/use-drafts'
import { useTasks } from '../lib/use-tasks'
import { ConfirmDialog } from './confirm-dialog'
import { SkipButton } from './skip-button'
import { focusProblem, TaskFields } from './task-fields'
import styles from './task-row.module.css'

/** The form that changes a task. Typed text is kept until it is saved. */
export function TaskEditor({ edit }: { edit: Edit }) {
  const { task, title } = edit
  const { changeEdit, endEdit } = useDraftChanges()
  const save = useSaveEdit()
  const titleInput = useTitleFocus()
  const noteId = useId()
  const note = useNote(edit)
  const [asking, setAsking] = useState(false)
  const change = (fields: Partial<Fields>) => changeEdit(task.key, fields)

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (title.trim() === '') return titleInput.current?.focus()
    if (!focusProblem(event.currentTarget, edit)) save(edit)
  }
  const leave = () => (isChanged(edit) ? setAsking(true) : endEdit(task.key))
  const leaveOnEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing || asking) return
    // Otherwise the browser closes the question with the same key press.
    event.preventDefault()
    leave()
  }
  const keepEditing = () => {
    setAsking(false)
    titleInput.current?.focus()
  }
  return (
    <form
      className={styles.editor}
      aria-label={`Edit ${task.title}`}
      onSubmit={submit}
      onKeyDown={leaveOnEscape}
    >
      <label className="field">
        <span>Title</span>
        <input
          ref={titleInput}
          required
          dir="auto"
          maxLength={200}
          aria-describedby={note ? noteId : undefined}
          value={title}
          onChange={({ target }) => change({ title: target.value })}
        />
      </label>
      <TaskFields task={task} value={edit} onChange={change} rows={3} />
      {note && (
        <p id={noteId} role="alert" className="form-note">
          {note}
        </p>
      )}
      <div className={styles.buttons}>
        <button type="submit" className="button primary">
          Save
        </button>
        <button type="button" className="button quiet" onClick={leave}>
          Cancel
        </button>
        {task.recurrence && task.id && !task.completed && !isChanged(edit) && (
          <SkipButton task={task} onSkipped={() => endEdit(task.key)} />
        )}
      </div>
      {asking && (
        <ConfirmDialog
          question="Discard your changes?"
          confirm="Discard"
          cancel="Keep editing"
          onConfirm={() => endEdit(task.key)}
          onCancel={keepEditing}
        />
      )}
    </form>
  )
}

/** Focuses the title when the form opens, unless the user is typing somewhere else. */
function useTitleFocus() {
  const input = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (document.activeElement?.matches('input:not([type=checkbox]), textarea')) return
    input.current?.focus()
    input.current?.select()
  }, [])
  useEffect(() => {
    input.current?.form?.scrollIntoView({ block: 'nearest' })
  }, [])
  return input
}

/** Tells the user what has happened to the task elsewhere while its form is open, if it affects the edit. */
function useNote(edit: Edit): string | undefined {
  const { sync } = useTaskApi()
  useTasks()
  const current = sync.get(edit.task.key)
  if (current === undefined) return 'This task was deleted elsewhere. Saving adds it as a new one.'
  const changed = overtakenFields(edit, current).map(
    (field) => `${nameOfField(field)}: ${describeField(field, current, new Date())}`,
  )
  return changed.length > 0
    ? `Changed elsewhere in the meantime. ${changed.join('. ')}. Saving replaces it with your text.`
    : undefined
}
