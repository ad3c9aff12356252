import { useId } from 'react'
import { dayFromNow } from '../lib/due'
import type { Fields } from '../lib/fields'
import { choiceOf, REPEAT, type RepeatChoice as Choice, type RepeatFields, ruleProblem } from '../lib/repeat'
import { RepeatByHand } from './repeat-by-hand'
import { NextDates } from './next-dates'
import type { LocalTask } from '../lib/task-client'

interface Props {
  value: Fields
  /** The task that is edited; undefined for a new one. */
  task: LocalTask | undefined
  onChange: (changes: Partial<Fields>) => void
}

/** The choice whether and when a task repeats, and its next dates. */
export function RepeatChoice({ value, task, onChange }: Props) {
  const { due, repeat } = value
  const choice = choiceOf(repeat)
  const hintId = useId()
  const change = (changes: Partial<RepeatFields>) => onChange({ repeat: { ...repeat, ...changes } })
  const choose = (name: Choice) => {
    const byHand = name === 'byHand'
    const rule = byHand ? repeat.rule || 'FREQ=WEEKLY;INTERVAL=2' : REPEAT[name].rule
    onChange({
      repeat: { ...repeat, rule, byHand },
      // A series needs a first day: today, unless the user has chosen another one.
      ...(rule !== '' && due.day === '' && { due: { day: dayFromNow(0), time: '' } }),
    })
  }
  const repeats = choice !== 'never'
  return (
    <>
      <div className="field-row">
        <label className="field">
          <span>Repeat</span>
          <select
            value={choice}
            aria-describedby={repeats && due.day === '' ? hintId : undefined}
            onChange={({ target }) => choose(target.value as Choice)}
          >
            {Object.entries(REPEAT).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
            <option value="byHand">By hand…</option>
          </select>
        </label>
        {repeats && (
          <label className="field">
            <span>Counted from</span>
            <select
              value={repeat.anchor}
              onChange={({ target }) => change({ anchor: target.value as RepeatFields['anchor'] })}
            >
              <option value="due_date">Due date</option>
              <option value="completion">Completion</option>
            </select>
          </label>
        )}
      </div>
      {choice === 'byHand' && (
        <RepeatByHand value={repeat} onChange={(rule) => change({ rule, byHand: true })} />
      )}
      {repeats && due.day === '' && (
        <p id={hintId} className="hint" role="status">
          Please choose a due date: the dates are counted from it.
        </p>
      )}
      {repeats && due.day !== '' && !ruleProblem(repeat) && <NextDates value={value} task={task} />}
    </>
  )
}
