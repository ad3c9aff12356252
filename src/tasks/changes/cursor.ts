/* The cursors of the change feed. docs/sync.md explains how the feed works. */

/**
 * A moment, in terms of PostgreSQL's transactions (pg_snapshot): those below `xmax` have ended, except the running ones.
 * No transaction below `xmin` is running.
 */
export interface Snapshot {
  xmin: bigint
  xmax: bigint
  /** In ascending order. */
  running: readonly bigint[]
  /** When it was taken, in seconds since 1970. */
  at: number
}

/** A walk along the changes between two moments, and how far it has come. */
export interface Walk {
  /** Names the database and the account. */
  identity: string
  /** undefined: from the beginning. */
  from: Snapshot | undefined
  /** undefined: to the moment of the first page, which has not been read yet. */
  to: Snapshot | undefined
  /** The last change that was read. */
  xid: bigint
  id: bigint
}

const VERSION = '1'
/** How long a cursor is valid. The ids of deleted tasks are kept for a day longer (purge_deleted_task_ids). */
export const CURSOR_DAYS = 90
/**
 * Bounds the length of a cursor. If more transactions were running, the snapshot is cut before the next one. It
 * counts later ones as not ended, so the next walk reads their changes, some of them for a second time.
 */
const MAX_RUNNING = 300
/** The largest bigint of PostgreSQL: no task has a larger id. */
export const MAX_BIGINT = 2n ** 63n - 1n

/** The walk's cursor: base64url of numbers to the base 36. */
export function encodeCursor({ identity, from, to, xid, id }: Walk): string {
  const parts = [
    VERSION,
    identity,
    encodeSnapshot(from),
    encodeSnapshot(to),
    xid.toString(36),
    id.toString(36),
  ]
  return Buffer.from(parts.join(' ')).toString('base64url')
}

function encodeSnapshot(snapshot: Snapshot | undefined): string {
  if (snapshot === undefined) return '-'
  const { xmin, running, at } = snapshot
  const xmax = running[MAX_RUNNING] ?? snapshot.xmax
  const numbers = [xmin, xmax - xmin, BigInt(at)]
  let last = xmin
  for (const xid of running.slice(0, MAX_RUNNING)) {
    numbers.push(xid - last)
    last = xid
  }
  return numbers.map((number) => number.toString(36)).join('.')
}

const CURSOR = /^1 ([0-9a-f]{16}) (-|[0-9a-z.]+) (-|[0-9a-z.]+) ([0-9a-z]{1,13}) ([0-9a-z]{1,13})$/

/** undefined for a text that is not a cursor. PostgreSQL accepts all numbers in a cursor. */
export function decodeCursor(cursor: string): Walk | undefined {
  const found = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (found === null) return undefined
  const [, identity, from, to, xid, id] = found as unknown as [string, string, string, string, string, string]
  try {
    const walk = {
      identity,
      from: decodeSnapshot(from),
      to: decodeSnapshot(to),
      xid: read(xid),
      id: read(id),
    }
    return encodeCursor(walk) === cursor ? walk : undefined
  } catch {
    return undefined
  }
}

/** @throws RangeError if the text is not a number to the base 36 */
function decodeSnapshot(text: string): Snapshot | undefined {
  if (text === '-') return undefined
  const [xmin, width, at, ...steps] = text.split('.').map(read) as [bigint, bigint, bigint, ...bigint[]]
  const xmax = xmin + width
  let last = xmin
  const running = steps.map((step) => (last += step))
  const isAscending = steps.slice(1).every((step) => step > 0n)
  if (xmin < 1n || xmax > MAX_BIGINT || !isAscending || last > xmax || (steps.length > 0 && last === xmax))
    throw new RangeError('This is not a snapshot.')
  return { xmin, xmax, running, at: Number(at) }
}

/** @throws RangeError if the text is not a bigint of PostgreSQL */
function read(text: string): bigint {
  if (!/^[0-9a-z]{1,13}$/.test(text)) throw new RangeError('This is not a number.')
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(parseInt(digit, 36))
  if (value > MAX_BIGINT) throw new RangeError('The number is too large.')
  return value
}

/** Reads the text of a pg_snapshot: `10:20:10,14,15`. */
export function parseSnapshot(text: string, at: number): Snapshot {
  const [xmin, xmax, running] = text.split(':') as [string, string, string]
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    running: running === '' ? [] : running.split(',').map(BigInt),
    at,
  }
}

/** The text of a pg_snapshot. */
export const snapshotText = ({ xmin, xmax, running }: Snapshot) => `${xmin}:${xmax}:${running.join()}`
