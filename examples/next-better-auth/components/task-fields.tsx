import type { Fields } from '../lib/fields'
import { ruleProblem } from '../lib/repeat'
import { tagProblem } from '../lib/tags'
import type { LocalTask } from '../lib/task-client'
import { PriorityChoice } from './priority-choice'
import { RepeatChoice } from './repeat-choice'
import { TagInput } from './tag-input'

interface Props {
  /** The task that is edited; undefined for a new one. */
  task?: LocalTask
  value: Fields
  onChange: (changes: Partial<Fields>) => void
  /** The height of the notes before they grow. */
  rows: number
}

/** The fields of a task below its title. */
export function TaskFields({ task, value, onChange, rows }: Props) {
  const { due, description, priority, tags, tagText } = value
  return (
    <>
      <div className="field-row">
        <label className="field">
          <span>Due date</span>
          <input
            type="date"
            max="9999-12-31"
            value={due.day}
            // A time needs a day.
            onChange={({ target }) =>
              onChange({ due: { day: target.value, time: target.value && due.time } })
            }
          />
        </label>
        <label className="field">
          <span>Due time</span>
          <input
            type="time"
            disabled={due.day === ''}
            value={due.time}
            onChange={({ target }) => onChange({ due: { ...due, time: target.value } })}
          />
        </label>
      </div>
      <RepeatChoice task={task} value={value} onChange={onChange} />
      <PriorityChoice value={priority} onChange={(priority) => onChange({ priority })} />
      <TagInput tags={tags} tagText={tagText} onChange={onChange} />
      <label className="field">
        <span>Notes</span>
        <textarea
          dir="auto"
          rows={rows}
          maxLength={1000}
          value={description}
          onChange={({ target }) => onChange({ description: target.value })}
        />
      </label>
    </>
  )
}

/** Focuses the first field that has to be corrected before the form can be sent. The field says what is wrong. */
export function focusProblem(form: ParentNode | null, { due, repeat, tags, tagText }: Fields): boolean {
  const field =
    (repeat.rule !== '' && due.day === '' && '[type=date]') ||
    (ruleProblem(repeat) && '[data-rule]') ||
    (tagProblem(tags, tagText) && '[role=combobox]')
  if (!field) return false
  requestAnimationFrame(() => form?.querySelector<HTMLElement>(field)?.focus())
  return true
}
