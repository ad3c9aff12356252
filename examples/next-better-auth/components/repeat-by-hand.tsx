import { useId, useState } from 'react'
import {
  type Frequency,
  readSimple,
  type RepeatFields,
  ruleProblem,
  type SimpleRule,
  UNITS,
  WEEKDAYS,
  writeSimple,
} from '../lib/repeat'
import { nameOfWeekday } from '../lib/repeat-words'
import styles from './repeat.module.css'

interface Props {
  value: RepeatFields
  onChange: (rule: string) => void
}

/** Builds a rule from a number, a unit and weekdays. Other rules can be typed in the field below. */
export function RepeatByHand({ value, onChange }: Props) {
  const simple = readSimple(value.rule)
  const problem = ruleProblem(value)
  const hintId = useId()
  const change = (changes: Partial<SimpleRule>) => onChange(writeSimple({ ...simple!, ...changes }))
  return (
    <div className={styles.byHand} role="group" aria-label="Repeat by hand">
      {simple && (
        <div className="field-row">
          <Interval value={simple.interval} onChange={(interval) => change({ interval })} />
          <label className="field">
            <span>Unit</span>
            <select
              value={simple.frequency}
              onChange={({ target }) => change({ frequency: target.value as Frequency })}
            >
              {Object.entries(UNITS).map(([frequency, unit]) => (
                <option key={frequency} value={frequency}>
                  {simple.interval === 1 ? unit : `${unit}s`}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
      {simple?.frequency === 'WEEKLY' && (
        <Weekdays value={simple.weekdays} onChange={(weekdays) => change({ weekdays })} />
      )}
      <label className="field">
        <span>Rule</span>
        <input
          data-rule
          aria-label="Rule"
          spellCheck={false}
          autoCapitalize="characters"
          maxLength={500}
          aria-describedby={hintId}
          aria-invalid={problem ? true : undefined}
          value={value.rule}
          onChange={({ target }) => onChange(target.value)}
        />
        <small id={hintId} data-problem={problem ? true : undefined} role={problem && 'alert'}>
          {problem ?? 'As in calendars (RFC 5545): FREQ=MONTHLY;BYDAY=-1FR is the last Friday of each month.'}
        </small>
      </label>
    </div>
  )
}

/** A number from 1 to 1000. Other input is allowed while the user types, and changes nothing. */
function Interval({ value, onChange }: { value: number; onChange: (interval: number) => void }) {
  const [text, setText] = useState<string>()
  return (
    <label className="field">
      <span>Every</span>
      <input
        type="number"
        inputMode="numeric"
        min={1}
        max={1000}
        value={text ?? value}
        onChange={({ target }) => {
          setText(target.value)
          const interval = Number(target.value)
          if (Number.isInteger(interval) && interval >= 1 && interval <= 1000) onChange(interval)
        }}
        onBlur={() => setText(undefined)}
      />
    </label>
  )
}

interface WeekdaysProps {
  value: SimpleRule['weekdays']
  onChange: (weekdays: SimpleRule['weekdays']) => void
}

function Weekdays({ value, onChange }: WeekdaysProps) {
  return (
    <fieldset className={`pills ${styles.weekdays}`}>
      <legend>On</legend>
      {WEEKDAYS.map((day) => (
        <label key={day}>
          <input
            type="checkbox"
            aria-label={nameOfWeekday(day, 'long')}
            checked={value.includes(day)}
            onChange={({ target }) =>
              onChange(target.checked ? [...value, day] : value.filter((other) => other !== day))
            }
          />
          <span>{nameOfWeekday(day, 'short')}</span>
        </label>
      ))}
    </fieldset>
  )
}
