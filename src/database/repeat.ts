import type { Fault } from './errors.ts'

/** Pause before a repetition. If one connection ends, others often end, too. */
const RETRY_AFTER_MS = 50
/** Pause before the next try to get a lock. Others use the connection during the pause. */
const ASK_AGAIN_MS = 100
const MAX_TRIES = 4
const DID_NOTHING: ReadonlySet<Fault> = new Set(['locked', 'undone', 'unprepared', 'cancelled'])

interface Job {
  isRead: boolean
  isIdempotent?: boolean | undefined
  /** How many times it was sent. */
  tries: number
  endsAt: number
}

/**
 * Milliseconds after which a failed job is repeated; undefined if it is not. A job is repeated if it did nothing. If its
 * connection ended, only reads and idempotent writes are repeated. A statement that waits for a lock is repeated until
 * its deadline.
 */
export function pauseBeforeRepeat(
  { isRead, isIdempotent = isRead, tries, endsAt }: Job,
  fault: Fault,
  now: number,
) {
  const mayRepeat = DID_NOTHING.has(fault) || (fault === 'lost' && isIdempotent)
  if (!mayRepeat || (tries >= MAX_TRIES && fault !== 'locked')) return undefined
  const pause = fault === 'locked' ? ASK_AGAIN_MS : fault === 'unprepared' ? 0 : RETRY_AFTER_MS
  return endsAt - now > pause ? pause : undefined
}
