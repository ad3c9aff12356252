import { type FormEvent, useId, useRef, useState } from 'react'
import { type Fields, isBlank, NO_FIELDS } from '../lib/fields'
import { useCreateTask } from '../lib/use-changes'
import { useDraftChanges, useDrafts } from '../lib/use-drafts'
import { useHydrated } from '../lib/use-hydrated'
import styles from './composer.module.css'
import { CalendarIcon, PlusIcon } from './icons'
import { focusProblem, TaskFields } from './task-fields'

/** The form for a new task. It is cleared as soon as the task is added. */
export function Composer() {
  const { composer: draft } = useDrafts()
  const { write } = useDraftChanges()
  // Undefined: open if something is in there.
  const [opened, setOpened] = useState<boolean>()
  const titleInput = useRef<HTMLInputElement>(null)
  const detailsId = useId()
  const create = useCreateTask()
  const detailed = opened ?? !isBlank({ ...draft, title: '' })
  const change = (fields: Partial<Fields>) => write({ ...draft, ...fields })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (focusProblem(document.getElementById(detailsId), draft)) return setOpened(true)
    titleInput.current?.focus()
    if (draft.title.trim() === '') return
    write(NO_FIELDS)
    setOpened(undefined)
    create(draft)
  }
  return (
    <form className={styles.composer} onSubmit={submit} aria-label="Add a task">
      <fieldset disabled={!useHydrated()}>
        <div className={styles.line}>
          <input
            ref={titleInput}
            dir="auto"
            className={styles.title}
            aria-label="New task"
            placeholder="What is next?"
            maxLength={200}
            value={draft.title}
            onChange={({ target }) => change({ title: target.value })}
          />
          <button
            type="button"
            className="icon-button"
            aria-label="Due date, priority, tags and notes"
            aria-expanded={detailed}
            aria-controls={detailsId}
            onClick={() => setOpened(!detailed)}
          >
            <CalendarIcon />
          </button>
          <button type="submit" className="button primary">
            <PlusIcon size={18} /> Add
          </button>
        </div>
        <div id={detailsId} className={styles.details} hidden={!detailed}>
          <TaskFields value={draft} onChange={change} rows={2} />
        </div>
      </fieldset>
    </form>
  )
}
