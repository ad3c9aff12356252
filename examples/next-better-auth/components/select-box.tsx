import { type KeyboardEvent, useId } from 'react'
import type { LocalTask } from '../lib/task-client'
import type { Selection } from '../lib/use-selection'
import styles from './selection.module.css'

interface Props {
  task: LocalTask
  selection: Selection
  titleId: string
}

/** The box that selects a task. With Shift it selects a range. The arrow keys move to the next box. */
export function SelectBox({ task, selection, titleId }: Props) {
  const wordId = useId()
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const boxes = [...document.querySelectorAll<HTMLElement>(`.${styles.box}`)]
    boxes[boxes.indexOf(event.currentTarget) + step]?.focus()
  }
  return (
    <>
      <span id={wordId} hidden>
        Select
      </span>
      <input
        type="checkbox"
        className={styles.box}
        aria-labelledby={`${wordId} ${titleId}`}
        checked={selection.isSelected(task.key)}
        // A click by mouse, finger or space bar. Only this event tells whether Shift is pressed.
        onClick={({ shiftKey }) => selection.toggle(task.key, shiftKey)}
        onChange={() => {}}
        onKeyDown={onKeyDown}
      />
    </>
  )
}
