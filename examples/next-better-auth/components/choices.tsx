import { DUE, type Filters, PRIORITY, SORT } from '../lib/filters'
import { addTags, hasTag, isSameTag } from '../lib/tags'
import { useHydrated } from '../lib/use-hydrated'
import { useTags } from '../lib/use-tasks'
import { RemovableTags } from './labels'
import styles from './toolbar.module.css'

interface Props {
  filters: Filters
  onChange: (changes: Partial<Filters>) => void
}

/** The other filters, above the list. */
export function Choices({ filters, onChange }: Props) {
  const { due, priority, tags, sort } = filters
  const known = useTags()
  const others = known.filter(({ name }) => !hasTag(tags, name))
  const tagChoices = {
    '': { label: tags.length === 0 ? 'Any tag' : 'And tag…' },
    ...Object.fromEntries(others.map(({ name, count }) => [name, { label: `${name} (${count})` }])),
  }
  return (
    <>
      <div className={styles.choices}>
        <Choice label="Due" choices={DUE} value={due} onChange={(due) => onChange({ due })} />
        <Choice
          label="Priority"
          choices={PRIORITY}
          value={priority}
          onChange={(priority) => onChange({ priority })}
        />
        <Choice<string>
          label="Tag"
          choices={tagChoices}
          value=""
          onChange={(tag) => onChange({ tags: addTags(tags, tag) })}
        />
        <Choice label="Sort by" choices={SORT} value={sort} onChange={(sort) => onChange({ sort })} />
      </div>
      <RemovableTags
        tags={tags}
        label="Only tasks with these tags"
        onRemove={(tag) => onChange({ tags: tags.filter((other) => !isSameTag(other, tag)) })}
      />
    </>
  )
}

interface ChoiceProps<Name extends string> {
  label: string
  choices: Record<Name, { label: string }>
  value: Name
  onChange: (value: Name) => void
}

function Choice<Name extends string>({ label, choices, value, onChange }: ChoiceProps<Name>) {
  return (
    <label className={styles.choice}>
      <span className="visually-hidden">{label}</span>
      <select
        disabled={!useHydrated()}
        value={value}
        onChange={({ target }) => onChange(target.value as Name)}
      >
        {Object.entries<{ label: string }>(choices).map(([name, choice]) => (
          <option key={name} value={name}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  )
}
