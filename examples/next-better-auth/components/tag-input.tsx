import { useId } from 'react'
import type { Fields } from '../lib/fields'
import { addTags, isSameTag, TAG_LIMITS, tagProblem } from '../lib/tags'
import { useTags } from '../lib/use-tasks'
import { RemovableTags } from './labels'
import { TagCombobox } from './tag-combobox'

interface Props {
  tags: readonly string[]
  tagText: string
  onChange: (changes: Partial<Fields>) => void
}

/** The tags of a task, and a field for more of them. */
export function TagInput({ tags, tagText, onChange }: Props) {
  const known = useTags()
  const hintId = useId()
  const problem = tagProblem(tags, tagText)
  // Text that cannot be added stays in the field, with the reason below it.
  const add = (text: string, rest = '') =>
    tagProblem(tags, text)
      ? onChange({ tagText: text })
      : onChange({ tags: addTags(tags, text, known), tagText: rest })
  const remove = (tag: string) => onChange({ tags: tags.filter((other) => !isSameTag(other, tag)) })
  return (
    <div className="field">
      <span aria-hidden="true">Tags</span>
      <RemovableTags tags={tags} label="Tags of this task" onRemove={remove} />
      <TagCombobox
        label="Tags"
        text={tagText}
        chosen={tags}
        describedBy={hintId}
        invalid={problem !== undefined}
        onText={(text) => onChange({ tagText: text })}
        onPick={add}
        onBackspace={() => onChange({ tags: tags.slice(0, -1) })}
        onBlur={() => tagText.trim() !== '' && add(tagText)}
      />
      <small id={hintId} role={problem ? 'alert' : undefined} data-problem={problem ? true : undefined}>
        {problem ?? `Enter or a comma ends a tag. ${TAG_LIMITS}`}
      </small>
    </div>
  )
}
