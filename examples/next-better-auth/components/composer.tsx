import { type FormEvent, useId, useRef, useState } from 'react'
import { type DueFields, fromFields } from '../lib/due'
import { explain, fieldErrors } from '../lib/errors'
import { useCreateTask } from '../lib/use-changes'
import styles from './composer.module.css'
import { DueInputs } from './due-inputs'
import { CalendarIcon, PlusIcon } from './icons'
import { useNotices } from './notices'

const EMPTY: { title: string; description: string; due: DueFields } = {
  title: '',
  description: '',
  due: { day: '', time: '' },
}

/** The form for a new task. What was written stays until the service has it. */
export function Composer() {
  const [draft, setDraft] = useState(EMPTY)
  const [detailed, setDetailed] = useState(false)
  const titleInput = useRef<HTMLInputElement>(null)
  const detailsId = useId()
  const errorId = useId()
  const create = useCreateTask()
  const { announce } = useNotices()

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const title = draft.title.trim()
    titleInput.current?.focus()
    if (title === '' || create.isPending) return
    const task = { title, description: draft.description.trim() || null, due_date: fromFields(draft.due) }
    create.mutate(task, {
      onSuccess: () => {
        setDraft(EMPTY)
        setDetailed(false)
        announce(`Added “${title}”.`)
      },
    })
  }

  const problem =
    create.error && (Object.values(fieldErrors(create.error)).join(' ') || explain(create.error))
  return (
    <form className={styles.composer} onSubmit={submit} aria-label="Add a task">
      <div className={styles.line}>
        <input
          ref={titleInput}
          className={styles.title}
          aria-label="New task"
          aria-describedby={problem ? errorId : undefined}
          aria-invalid={problem ? true : undefined}
          placeholder="What is next?"
          maxLength={200}
          value={draft.title}
          onChange={({ target }) => setDraft({ ...draft, title: target.value })}
        />
        <button
          type="button"
          className="icon-button"
          aria-label="Due date and notes"
          aria-expanded={detailed}
          aria-controls={detailsId}
          onClick={() => setDetailed(!detailed)}
        >
          <CalendarIcon />
        </button>
        <button type="submit" className="button primary" aria-disabled={create.isPending}>
          <PlusIcon size={18} /> Add
        </button>
      </div>
      <div id={detailsId} className={styles.details} hidden={!detailed}>
        <DueInputs value={draft.due} onChange={(due) => setDraft({ ...draft, due })} />
        <label className="field">
          <span>Notes</span>
          <textarea
            rows={2}
            maxLength={1000}
            value={draft.description}
            onChange={({ target }) => setDraft({ ...draft, description: target.value })}
          />
        </label>
      </div>
      {create.isPaused && (
        <p role="status" className={styles.hint}>
          Added as soon as you are online again.
        </p>
      )}
      {problem && (
        <p id={errorId} role="alert" className="form-error">
          {problem} Your text is still here.
        </p>
      )}
    </form>
  )
}
