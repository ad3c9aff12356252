import { hash } from 'node:crypto'
import { listIdentity, type ResolvedQuery } from './filters.ts'
import type { Task } from './schemas.ts'
import { isInstant, isKeyOf, type Position, positionOf } from './sorts.ts'
import type { DeletedTask } from './trash/schemas.ts'

/** Ties a cursor to its list: the same sort, order and filters. */
const fingerprint = (query: ResolvedQuery): string =>
  hash('sha1', JSON.stringify(listIdentity(query)), 'base64url').slice(0, 8)

/** The cursor of the page after `last`. */
export const encodeCursor = (query: ResolvedQuery, last: Task): string =>
  encode(fingerprint(query), positionOf(last, query.sort))

/** undefined for text that is not a cursor, or that is the cursor of a list with another sort or other filters. */
export const decodeCursor = (query: ResolvedQuery, cursor: string): Position | undefined =>
  decode(fingerprint(query), cursor, (key) => isKeyOf(query.sort, key))

const TRASH = 'trash'

/** The cursor of the page of the trash after `last`. */
export const encodeTrashCursor = ({ id, deleted_at: key }: DeletedTask): string =>
  encode(TRASH, { key, id: BigInt(id) })

/** undefined for text that is not a cursor of the trash. */
export const decodeTrashCursor = (cursor: string): Position | undefined =>
  decode(TRASH, cursor, (key) => typeof key === 'string' && isInstant(key))

/** base64url of `[tie, key, id]`. The tie says which list the position is in. */
const encode = (tie: string, { key, id }: Position) =>
  Buffer.from(JSON.stringify([tie, key, String(id)])).toString('base64url')

function decode(tie: string, cursor: string, isKey: (key: unknown) => boolean): Position | undefined {
  try {
    const [sentTie, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const isValid = sentTie === tie && isKey(key) && /^\d{1,18}$/.test(String(id))
    return isValid ? { key: key as Position['key'], id: BigInt(id as string) } : undefined
  } catch {
    return undefined
  }
}
