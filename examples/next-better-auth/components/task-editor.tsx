import {
  type FormEvent,
  type KeyboardEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { type Edit, isChanged } from '../lib/drafts'
import { type Fields, fieldsOf } from '../lib/fields'
import { tagProblem } from '../lib/tags'
import { useSaveTask } from '../lib/use-changes'
import { useDraftChanges } from '../lib/use-drafts'
import { ConfirmDialog } from './confirm-dialog'
import { TaskFields } from './task-fields'
import styles from './task-row.module.css'

/** The form that changes a task. What is typed is kept until the service has confirmed it. */
export function TaskEditor({ edit }: { edit: Edit }) {
  const { task, title, problem } = edit
  const { changeEdit, endEdit } = useDraftChanges()
  const save = useSaveTask(task.id)
  const titleInput = useTitleFocus()
  const errorId = useId()
  const [asking, setAsking] = useState(false)
  const change = (fields: Partial<Fields>) =>
    changeEdit(task.id, (before) => ({ ...before, ...fields, problem: undefined }))

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (title.trim() === '') return titleInput.current?.focus()
    // The field for tags says what is wrong.
    if (tagProblem(edit.tags, edit.tagText))
      return event.currentTarget.querySelector<HTMLElement>('[role=combobox]')?.focus()
    save(task, fieldsOf(edit))
  }
  const leave = () => (isChanged(edit) ? setAsking(true) : endEdit(task.id))
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
          aria-describedby={problem ? errorId : undefined}
          value={title}
          onChange={({ target }) => change({ title: target.value })}
        />
      </label>
      <TaskFields value={edit} onChange={change} rows={3} />
      {problem && (
        <p id={errorId} role="alert" className="form-error">
          {problem} Your text is still here.
        </p>
      )}
      <div className={styles.buttons}>
        <button type="submit" className="button primary">
          Save
        </button>
        <button type="button" className="button quiet" onClick={leave}>
          Cancel
        </button>
      </div>
      {asking && (
        <ConfirmDialog
          question="Discard your changes?"
          confirm="Discard"
          cancel="Keep editing"
          onConfirm={() => endEdit(task.id)}
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
