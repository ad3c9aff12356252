import { useEffect, useRef, useState } from 'react'
import { type Filters, SHOW } from '../lib/filters'
import { useHydrated } from '../lib/use-hydrated'
import { SearchIcon } from './icons'
import styles from './toolbar.module.css'

interface Props {
  filters: Filters
  onChange: (changes: Partial<Filters>) => void
}

/** The main filters. */
export function Toolbar({ filters, onChange }: Props) {
  return (
    <section className={styles.toolbar} aria-label="Filters">
      <fieldset className={styles.show} disabled={!useHydrated()}>
        <legend className="visually-hidden">Show</legend>
        {Object.entries(SHOW).map(([value, { label }]) => (
          <label key={value}>
            <input
              type="radio"
              name="show"
              value={value}
              checked={filters.show === value}
              onChange={() => onChange({ show: value as Filters['show'] })}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <SearchBox value={filters.search} onChange={(search) => onChange({ search })} />
    </section>
  )
}

/** Searches when the user has stopped typing for a moment. */
function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value)
  const [applied, setApplied] = useState(value)
  const report = useRef(onChange)
  useEffect(() => {
    report.current = onChange
  })
  // The value also changes without typing: by Clear filters.
  if (value !== applied) {
    setApplied(value)
    if (value !== text.trim()) setText(value)
  }
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => report.current(text.trim()), 250)
    return () => clearTimeout(timer)
  }, [text, value])
  return (
    <label className={styles.search}>
      <span className="visually-hidden">Search tasks</span>
      <SearchIcon size={18} />
      <input
        type="search"
        dir="auto"
        disabled={!useHydrated()}
        placeholder="Search"
        maxLength={100}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
    </label>
  )
}
