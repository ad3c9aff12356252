import type { Task } from 'TaskApiClient'
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { fromFields, toFields } from '../lib/due'
import { explain, fieldErrors } from '../lib/errors'
import { useUpdateTask } from '../lib/use-changes'
import { DueInputs } from './due-inputs'
import { useNotices } from './notices'
import styles from './task-row.module.css'

/** Changes a task. Closes when the service has the change; until then nothing that was written is lost. */
export function TaskEditor({ task, onClose }: { task: Task; onClose: () => void }) {
  const [title, setTitle] = useState(task.title)
  const [description, setDescription] = useState(task.description ?? '')
  const [due, setDue] = useState(() => toFields(task.due_date))
  const titleInput = useRef<HTMLInputElement>(null)
  const errorId = useId()
  const update = useUpdateTask(task.id)
  const { announce } = useNotices()
  useEffect(() => {
    titleInput.current?.form?.scrollIntoView({ block: 'nearest' })
    titleInput.current?.focus()
    titleInput.current?.select()
  }, [])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (title.trim() === '') return titleInput.current?.focus()
    if (update.isPending) return
    update.mutate(changesOf(task, { title, description, due }), {
      onSuccess: () => {
        announce(`Saved “${title.trim()}”.`)
        onClose()
      },
    })
  }
  const cancelOnEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
  }

  const problem =
    update.error && (Object.values(fieldErrors(update.error)).join(' ') || explain(update.error))
  return (
    <form
      className={styles.editor}
      aria-label={`Edit ${task.title}`}
      onSubmit={submit}
      onKeyDown={cancelOnEscape}
    >
      <label className="field">
        <span>Title</span>
        <input
          ref={titleInput}
          required
          maxLength={200}
          aria-describedby={problem ? errorId : undefined}
          value={title}
          onChange={({ target }) => setTitle(target.value)}
        />
      </label>
      <label className="field">
        <span>Notes</span>
        <textarea
          rows={3}
          maxLength={1000}
          value={description}
          onChange={({ target }) => setDescription(target.value)}
        />
      </label>
      <DueInputs value={due} onChange={setDue} />
      {update.isPaused && <p role="status">Saved as soon as you are online again.</p>}
      {problem && (
        <p id={errorId} role="alert" className="form-error">
          {problem} Nothing was saved; your text is still here.
        </p>
      )}
      <div className={styles.buttons}>
        <button type="submit" className="button primary" aria-disabled={update.isPending}>
          Save
        </button>
        <button type="button" className="button quiet" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  )
}

interface Draft {
  title: string
  description: string
  due: { day: string; time: string }
}

/** Only what differs: a change made elsewhere to another field stays. */
function changesOf(task: Task, { title, description, due }: Draft) {
  const before = toFields(task.due_date)
  const movedDue = due.day !== before.day || due.time !== before.time
  return {
    ...(title.trim() !== task.title && { title: title.trim() }),
    ...(description.trim() !== (task.description ?? '') && { description: description.trim() || null }),
    // An instant keeps its seconds where nobody touched it.
    ...(movedDue && { due_date: fromFields(due) }),
  }
}
