import { type FormEvent, useId, useState } from 'react'
import { describeField, nameOfField } from '../lib/field-words'
import { useTaskApi } from '../lib/task-api'
import type { Conflict, LocalTask, Task, TaskField } from '../lib/task-client'
import styles from './attention.module.css'

type Side = 'mine' | 'theirs'

/** Two conflicting changes of a task. Both are kept until the user has decided. */
export function ConflictCard({ conflict, now }: { conflict: Conflict; now: Date }) {
  const { sync } = useTaskApi()
  const { kind, mine, theirs } = conflict
  if (kind === 'changed' && mine && theirs)
    return <FieldsCard conflict={conflict} versions={{ mine, theirs }} now={now} />
  const words = kind === 'deleted' ? WORDS.deleted : WORDS.removed
  return (
    <article className={styles.card}>
      <h2 dir="auto">
        “{(mine ?? theirs)?.title}” {words.what}
      </h2>
      <div className={styles.buttons}>
        <button type="button" className="button primary" onClick={() => sync.resolve(conflict, words.keep)}>
          {words.keepLabel}
        </button>
        <button type="button" className="button" onClick={() => sync.resolve(conflict, words.drop)}>
          {words.dropLabel}
        </button>
      </div>
    </article>
  )
}

const WORDS = {
  deleted: {
    what: 'was deleted elsewhere, and you changed it',
    keep: 'mine',
    keepLabel: 'Bring it back',
    drop: 'theirs',
    dropLabel: 'Let it go',
  },
  removed: {
    what: 'was changed elsewhere, and you deleted it',
    keep: 'theirs',
    keepLabel: 'Keep it',
    drop: 'mine',
    dropLabel: 'Delete it',
  },
} as const

interface FieldsProps {
  conflict: Conflict
  versions: { mine: LocalTask; theirs: Task }
  now: Date
}

/** Both changed the same fields: one choice for each field. */
function FieldsCard({ conflict, versions, now }: FieldsProps) {
  const { sync } = useTaskApi()
  const [chosen, setChosen] = useState<Partial<Record<TaskField, Side>>>({})
  const sideOf = (field: TaskField) => chosen[field] ?? 'mine'
  const save = (event: FormEvent) => {
    event.preventDefault()
    const values = conflict.fields.map((field) => [field, versions[sideOf(field)][field]] as const)
    const allTheirs = conflict.fields.every((field) => sideOf(field) === 'theirs')
    sync.resolve(conflict, allTheirs ? 'theirs' : Object.fromEntries(values))
  }
  const { title } = versions.mine
  return (
    <form className={styles.card} onSubmit={save} aria-label={`Two versions of ${title}`}>
      <h2 dir="auto">“{title}” was changed in two places</h2>
      <p>Both versions are kept until you choose. Everything else has been put together.</p>
      {conflict.fields.map((field) => (
        <FieldChoice
          key={field}
          name={nameOfField(field)}
          value={sideOf(field)}
          mine={describeField(field, versions.mine, now)}
          theirs={describeField(field, versions.theirs, now)}
          onChange={(side) => setChosen({ ...chosen, [field]: side })}
        />
      ))}
      <div className={styles.buttons}>
        <button type="submit" className="button primary">
          Save this version
        </button>
      </div>
    </form>
  )
}

interface FieldProps extends Record<Side, string> {
  name: string
  value: Side
  onChange: (side: Side) => void
}

function FieldChoice({ name, value, onChange, ...versions }: FieldProps) {
  const group = useId()
  return (
    <fieldset className={styles.field}>
      <legend>{name}</legend>
      {(['mine', 'theirs'] as const).map((side) => (
        <label key={side}>
          <input type="radio" name={group} checked={value === side} onChange={() => onChange(side)} />
          <span>
            <small>{side === 'mine' ? 'Keep mine' : 'Take theirs'}</small>
            <span dir="auto">{versions[side]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
