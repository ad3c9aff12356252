import type { DueFields } from '../lib/due'

/** A day, and a time if it has to be by then. */
export function DueInputs({ value, onChange }: { value: DueFields; onChange: (value: DueFields) => void }) {
  return (
    <div className="field-row">
      <label className="field">
        <span>Due date</span>
        <input
          type="date"
          max="9999-12-31"
          value={value.day}
          // Without a day there is no time.
          onChange={({ target }) => onChange({ day: target.value, time: target.value && value.time })}
        />
      </label>
      <label className="field">
        <span>Due time</span>
        <input
          type="time"
          disabled={value.day === ''}
          value={value.time}
          onChange={({ target }) => onChange({ ...value, time: target.value })}
        />
      </label>
    </div>
  )
}
