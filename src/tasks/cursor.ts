import { hash } from 'node:crypto'
import { listIdentity, type ResolvedQuery } from './filters.ts'
import type { Task } from './schemas.ts'
import { isKeyOf, type Position, positionOf } from './sorts.ts'

/** Ties a cursor to its list: the same sort, order and filters. */
const fingerprint = (query: ResolvedQuery): string =>
  hash('sha1', JSON.stringify(listIdentity(query)), 'base64url').slice(0, 8)

/** The cursor of the page after `last`: base64url of `[fingerprint, key, id]`. */
export function encodeCursor(query: ResolvedQuery, last: Task): string {
  const { key, id } = positionOf(last, query.sort)
  return Buffer.from(JSON.stringify([fingerprint(query), key, String(id)])).toString('base64url')
}

/** undefined for text that is not a cursor, or that is the cursor of a list with another sort or other filters. */
export function decodeCursor(query: ResolvedQuery, cursor: string): Position | undefined {
  try {
    const [tie, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const isValid = tie === fingerprint(query) && isKeyOf(query.sort, key) && /^\d{1,18}$/.test(String(id))
    return isValid ? { key, id: BigInt(id as string) } : undefined
  } catch {
    return undefined
  }
}
