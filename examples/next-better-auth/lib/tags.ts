import type { Tag } from './task-client'

/** The limits of the service. */
export const MAX_TAGS = 20
export const MAX_TAG_LENGTH = 50
export const TAG_LIMITS = `At most ${MAX_TAGS} tags, each with at most ${MAX_TAG_LENGTH} characters.`

const COLOURS = 10
const MAX_SUGGESTIONS = 6

/** Tags with the same key are the same tag. */
export const tagKey = (tag: string) => tag.normalize('NFC').toLowerCase()

/** Upper and lower case make no difference. */
export const isSameTag = (a: string, b: string) => tagKey(a) === tagKey(b)

export const hasTag = (tags: readonly string[], tag: string) => tags.some((one) => isSameTag(one, tag))

/** The tags in a text: a comma or a line break ends one. */
const split = (text: string) =>
  text
    .split(/[,\p{Cc}]/u)
    .map((tag) => tag.trim().normalize('NFC'))
    .filter((tag) => tag !== '')

/** Adds the tags in the text, in the spelling that is known already. A tag that is there is not added again. */
export function addTags(tags: readonly string[], text: string, known: readonly Tag[] = []): string[] {
  const all = [...tags]
  for (const tag of split(text))
    if (!hasTag(all, tag)) all.push(known.find(({ name }) => isSameTag(name, tag))?.name ?? tag)
  return all
}

/** Why the tags in the text cannot be added, in a sentence for users; undefined if they can. */
export function tagProblem(tags: readonly string[], text: string): string | undefined {
  if (split(text).some((tag) => [...tag].length > MAX_TAG_LENGTH))
    return `A tag has at most ${MAX_TAG_LENGTH} characters.`
  return addTags(tags, text).length > MAX_TAGS ? `A task has at most ${MAX_TAGS} tags.` : undefined
}

/** What the user may mean: known tags that begin with the text, then those that contain it. */
export function suggestTags(known: readonly Tag[], chosen: readonly string[], text: string): Tag[] {
  const start = tagKey(text.trim())
  const found = known.filter(({ name }) => tagKey(name).includes(start) && !hasTag(chosen, name))
  const begins = ({ name }: Tag) => Number(!tagKey(name).startsWith(start))
  return found.toSorted((a, b) => begins(a) - begins(b) || b.count - a.count).slice(0, MAX_SUGGESTIONS)
}

/** A number from 0 to 9 that depends on the name only, so that a tag has the same colour everywhere (FNV-1a). */
export function tagColour(tag: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(tagKey(tag))) hash = Math.imul(hash ^ byte, 0x01000193)
  return ((hash ^ (hash >>> 16)) >>> 0) % COLOURS
}
