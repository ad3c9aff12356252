import type { Fields } from '../lib/fields'
import { PriorityChoice } from './priority-choice'
import { TagInput } from './tag-input'

interface Props {
  value: Fields
  onChange: (changes: Partial<Fields>) => void
  /** The height of the notes before they grow. */
  rows: number
}

/** The fields of a task below its title. */
export function TaskFields({ value, onChange, rows }: Props) {
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
            // Without a day there is no time.
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
