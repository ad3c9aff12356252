import { useState } from 'react'
import { PRIORITIES } from '../lib/priorities'
import { tagProblem } from '../lib/tags'
import type { LocalTask, Priority } from '../lib/task-client'
import { useBulk } from '../lib/use-bulk'
import type { Selection } from '../lib/use-selection'
import styles from './selection.module.css'
import { TagCombobox } from './tag-combobox'

interface Props {
  selection: Selection
  onDelete: (tasks: readonly LocalTask[]) => void
}

/** The actions for the selected tasks. */
export function SelectionBar({ selection, onDelete }: Props) {
  const { complete, prioritise, tag } = useBulk()
  const { tasks } = selection
  const isEmpty = tasks.length === 0
  const act = (action: () => void) => () => !isEmpty && action()
  return (
    <div role="group" aria-label="Selected tasks" className={styles.bar}>
      <p role="status" aria-label="Selection">
        {tasks.length} selected
      </p>
      <button type="button" className="button quiet" onClick={selection.selectAll}>
        Select all
      </button>
      <button type="button" className="button quiet" onClick={selection.end}>
        Finish
      </button>
      <div className={styles.actions}>
        <button
          type="button"
          className="button"
          aria-disabled={isEmpty}
          onClick={act(() => complete(tasks, true))}
        >
          Mark done
        </button>
        <button
          type="button"
          className="button"
          aria-disabled={isEmpty}
          onClick={act(() => complete(tasks, false))}
        >
          Reopen
        </button>
        <button type="button" className="button" aria-disabled={isEmpty} onClick={act(() => onDelete(tasks))}>
          Delete
        </button>
        <PrioritySelect disabled={isEmpty} onChoose={(priority) => prioritise(tasks, priority)} />
        <TagAdder disabled={isEmpty} onAdd={(name) => tag(tasks, name)} />
      </div>
    </div>
  )
}

function PrioritySelect({
  disabled,
  onChoose,
}: {
  disabled: boolean
  onChoose: (priority: Priority) => void
}) {
  return (
    <select
      className="button"
      aria-label="Set priority"
      disabled={disabled}
      value=""
      onChange={({ target }) => onChoose(target.value as Priority)}
    >
      <option value="" disabled>
        Priority…
      </option>
      {Object.entries(PRIORITIES).map(([priority, word]) => (
        <option key={priority} value={priority}>
          {word}
        </option>
      ))}
    </select>
  )
}

function TagAdder({ disabled, onAdd }: { disabled: boolean; onAdd: (tag: string) => void }) {
  const [text, setText] = useState('')
  const problem = tagProblem([], text)
  const add = (tag: string, rest = '') => {
    if (disabled || tag.trim() === '' || tagProblem([], tag)) return setText(tag)
    onAdd(tag)
    setText(rest)
  }
  return (
    <div className={styles.tag}>
      <TagCombobox
        label="Add a tag"
        placeholder="Add a tag"
        text={text}
        chosen={[]}
        invalid={problem !== undefined}
        onText={setText}
        onPick={add}
      />
      <button
        type="button"
        className="button"
        aria-disabled={disabled || text === ''}
        onClick={() => add(text)}
      >
        Add tag
      </button>
      {problem && <p role="alert">{problem}</p>}
    </div>
  )
}
