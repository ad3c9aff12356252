import { hash } from 'node:crypto'

/**
 * Bounds what statements can occupy in each backend of PostgreSQL, where one takes up to 90 kB. Heavy statements are
 * counted apart: combinations of sorts and filters must not take the names of statements that every client sends.
 */
const MAX_LIGHT_NAMES = 64
const MAX_HEAVY_NAMES = 32

const names = new Map<string, string>()
let heavyNames = 0

/**
 * The name under which a server keeps a statement; empty if it does not. It follows from the text: a pooler that
 * gives one client the statements of another finds the same text under it, or nothing.
 *
 * @param isHeavy whether the text takes one of the names for heavy statements
 */
export function nameOf(text: string, isHeavy = false): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const isFull = isHeavy ? heavyNames >= MAX_HEAVY_NAMES : names.size - heavyNames >= MAX_LIGHT_NAMES
  if (isFull) return ''
  if (isHeavy) heavyNames += 1
  const name = hash('sha1', text, 'base64url').slice(0, 16)
  names.set(text, name)
  return name
}
