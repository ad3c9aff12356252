import { hash } from 'node:crypto'
import { listIdentity, type ResolvedQuery } from './filters.ts'
import type { Task } from './schemas.ts'
import { isInstant, isKeyOf, type Position, positionOf } from './sorts.ts'
import type { DeletedTask } from './trash/schemas.ts'

/** Identifies the list that a cursor belongs to: its sort, order and filters. */
const fingerprint = (query: ResolvedQuery): string =>
  hash('sha1', JSON.stringify(listIdentity(query)), 'base64url').slice(0, 8)

/** The cursor of the page after `last`. */
export const encodeCursor = (query: ResolvedQuery, last: Task): string =>
  encode(fingerprint(query), positionOf(last, query.sort))

/** undefined if the text is not a cursor, or if it belongs to a list with another sort or other filters. */
export const decodeCursor = (query: ResolvedQuery, cursor: string): Position | undefined =>
  decode(fingerprint(query), cursor, (key) => isKeyOf(query.sort, key))

const TRASH = 'trash'

/** The cursor of the page of the trash after `last`. */
export const encodeTrashCursor = ({ id, deleted_at: key }: DeletedTask): string =>
  encode(TRASH, { key, id: BigInt(id) })

/** undefined if the text is not a cursor of the trash. */
export const decodeTrashCursor = (cursor: string): Position | undefined =>
  decode(TRASH, cursor, (key) => typeof key === 'string' && isInstant(key))

/** base64url of `[list, key, id]`. `list` says which list the position is in. */
const encode = (list: string, { key, id }: Position) =>
  Buffer.from(JSON.stringify([list, key, String(id)])).toString('base64url')

function decode(list: string, cursor: string, isKey: (key: unknown) => boolean): Position | undefined {
  try {
    const [sentList, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const isValid = sentList === list && isKey(key) && /^\d{1,18}$/.test(String(id))
    return isValid ? { key: key as Position['key'], id: BigInt(id as string) } : undefined
  } catch {
    return undefined
  }
}
