import { PRIORITIES, rankOf } from '../lib/priorities'
import { hasTag, tagColour } from '../lib/tags'
import type { Priority } from '../lib/task-client'
import styles from './labels.module.css'

/** The priority as a word with a colour, and with more bars for a higher priority. */
export function PriorityLabel({ priority }: { priority: Priority }) {
  if (priority === 'none') return null
  return (
    <span className={styles.priority} data-priority={priority}>
      <PriorityBars priority={priority} /> {PRIORITIES[priority]}
      <span className="visually-hidden"> priority</span>
    </span>
  )
}

export function PriorityBars({ priority }: { priority: Priority }) {
  const rank = rankOf(priority)
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" fill="currentColor" aria-hidden="true">
      {[1, 2, 3, 4].map((bar) => (
        <rect
          key={bar}
          x={bar * 3.5 - 3}
          y={11 - bar * 2.5}
          width="2.5"
          height={bar * 2.5 + 2}
          rx="1"
          opacity={bar <= rank ? 1 : 0.25}
        />
      ))}
    </svg>
  )
}

interface TagsProps {
  tags: readonly string[]
  /** The tags that the list is filtered by. */
  active: readonly string[]
  onToggle: (tag: string) => void
}

/** The tags of a task. A click on a tag filters the list by it, and another click removes the filter. */
export function TagButtons({ tags, active, onToggle }: TagsProps) {
  return tags.map((tag) => (
    <button
      key={tag}
      type="button"
      className={styles.tagButton}
      aria-pressed={hasTag(active, tag)}
      onClick={() => onToggle(tag)}
    >
      <span className="visually-hidden">Filter by tag </span>
      <TagName tag={tag} />
    </button>
  ))
}

/** A tag in its colour, which depends on its name only. */
export function TagName({ tag }: { tag: string }) {
  return (
    <span className={styles.tag} data-colour={tagColour(tag)} dir="auto">
      {tag}
    </span>
  )
}

interface RemovableTagsProps {
  tags: readonly string[]
  label: string
  onRemove: (tag: string) => void
}

/** Tags that are removed when they are clicked. */
export function RemovableTags({ tags, label, onRemove }: RemovableTagsProps) {
  if (tags.length === 0) return null
  return (
    <ul className={styles.tags} aria-label={label}>
      {tags.map((tag) => (
        <li key={tag}>
          <button type="button" className={styles.tagButton} onClick={() => onRemove(tag)}>
            <span className="visually-hidden">Remove tag </span>
            <span className={styles.tag} data-colour={tagColour(tag)}>
              <span dir="auto">{tag}</span>
              <span aria-hidden="true">×</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
