import { hash } from 'node:crypto'

/** Bounds what statements can occupy in each backend of PostgreSQL, where one takes up to 90 kB. */
const MAX_NAMES = 64

const names = new Map<string, string>()

/**
 * The name under which a server keeps a statement; empty if it does not. It follows from the text: a pooler that
 * gives one client the statements of another finds the same text under it, or nothing.
 */
export function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  if (names.size >= MAX_NAMES) return ''
  const name = hash('sha1', text, 'base64url').slice(0, 16)
  names.set(text, name)
  return name
}
