import { useId } from 'react'
import { PRIORITIES } from '../lib/priorities'
import type { Priority } from '../lib/task-client'
import { PriorityBars } from './labels'
import styles from './task-fields.module.css'

interface Props {
  value: Priority
  onChange: (priority: Priority) => void
}

/** The priority as one choice of words. The arrow keys move through them. */
export function PriorityChoice({ value, onChange }: Props) {
  const name = useId()
  return (
    <fieldset className={`pills ${styles.priorities}`}>
      <legend>Priority</legend>
      {Object.entries(PRIORITIES).map(([priority, word]) => (
        <label key={priority} data-priority={priority}>
          <input
            type="radio"
            name={name}
            checked={value === priority}
            onChange={() => onChange(priority as Priority)}
          />
          <span>
            {priority !== 'none' && <PriorityBars priority={priority as Priority} />} {word}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
