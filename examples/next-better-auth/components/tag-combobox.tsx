import { type KeyboardEvent, useId } from 'react'
import { useTagSuggestions } from '../lib/use-tag-suggestions'
import { TagName } from './labels'
import styles from './tag-combobox.module.css'

interface Props {
  label: string
  text: string
  onText: (text: string) => void
  /** Called with what was chosen or typed, and with the text that stays in the field. */
  onPick: (text: string, rest: string) => void
  /** The tags that are not suggested. */
  chosen: readonly string[]
  onBackspace?: () => void
  onBlur?: () => void
  describedBy?: string | undefined
  invalid?: boolean
  placeholder?: string
}

/** A text field that suggests the tags in use: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */
export function TagCombobox({ label, text, chosen, describedBy, invalid, placeholder, ...on }: Props) {
  const { options, active, open, close, move } = useTagSuggestions(chosen, text)
  const listId = useId()
  const optionId = (index: number) => (options[index] ? `${listId}-${index}` : undefined)

  const pick = (chosenText: string, rest = '') => {
    close()
    on.onPick(chosenText, rest)
  }
  const type = (typed: string) => {
    open()
    // A comma ends a tag. It may be pasted, and phones do not report which key was pressed.
    const end = typed.lastIndexOf(',')
    if (end === -1) on.onText(typed)
    else on.onPick(typed.slice(0, end), typed.slice(end + 1).trimStart())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const act = actionOf(event.key)
    if (act === undefined) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  /** The action of a key in this field; undefined if the key has its usual effect. */
  const actionOf = (key: string): (() => void) | undefined => {
    if (key === 'ArrowDown') return () => move(1)
    if (key === 'ArrowUp') return () => move(-1)
    if (key === 'Escape' && options.length > 0) return close
    if (key === 'Enter' && options[active]) return () => pick(options[active]!.name)
    if (key === 'Enter' && text.trim() !== '') return () => pick(text)
    if (key === 'Backspace' && text === '') return on.onBackspace
    return undefined
  }
  return (
    <div className={styles.combobox}>
      <input
        role="combobox"
        dir="auto"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-controls={listId}
        aria-activedescendant={optionId(active)}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="none"
        enterKeyHint="done"
        value={text}
        onChange={({ target }) => type(target.value)}
        onClick={open}
        onKeyDown={onKeyDown}
        onBlur={() => {
          close()
          on.onBlur?.()
        }}
      />
      <ul
        id={listId}
        role="listbox"
        aria-label="Tags in use"
        className={styles.list}
        hidden={options.length === 0}
      >
        {options.map(({ name, count }, index) => (
          <li
            key={name}
            id={optionId(index)}
            role="option"
            aria-selected={index === active}
            // The focus stays in the field.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(name)}
          >
            <TagName tag={name} />
            <span className={styles.count}>{count === 1 ? '1 task' : `${count} tasks`}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
