import type { Slot, SlotJob } from './channel.ts'

/** No statement is sent behind one that has run for longer than this, if another channel can take it. */
const SLOW_MS = 5
/** While writes take longer than this, each takes the channel with the fewest writes, because they wait for each other. */
const SHORT_WRITE_MS = 1.5

/** What the choice depends on, apart from the channels. */
export interface Load {
  /** Number of open channels. */
  openCount: number
  /** Maximum number of concurrent jobs on one channel. */
  depth: number
  /** How long a write has recently taken on the server, its commit included. */
  writeMs: number
}

/** Whether the first statement has run for longer than usual: a write usually takes `writeMs`. */
export const isSlow = <C, Job>({ jobs, since, writes }: Slot<C, Job>, now: number, writeMs: number) =>
  jobs.length > 0 && now - since > SLOW_MS + (writes > 0 ? 2 * writeMs : 0)

/**
 * How long a write takes, after one more of them. Several answers may arrive together, and all but the first of them seem
 * to take no time. So the average falls faster than it rises, and is high only if nearly all writes take long.
 */
export const averageWrite = (average: number, lastMs: number) =>
  average + (lastMs - average) / (lastMs < average ? 4 : 16)

/** One process cannot send so many reads that they keep more channels than this busy. */
const MOST_FOR_READS = 3

/** Number of channels for reads only. It is small, because each write waits for its commit: more channels, more writes. */
const forReads = (openCount: number) =>
  openCount > 1 ? Math.min(MOST_FOR_READS, Math.max(1, Math.floor(openCount / 3))) : 0

/**
 * Chooses one of the open channels for a job. If there are several, a third of them, from one to three, are for reads
 * only, and a read is never sent behind a write, because the write may wait for a lock. Nothing is sent behind an
 * exclusive job.
 *
 * Of the other channels it prefers one that this turn of the event loop already writes to, because a write to a socket
 * costs more than a statement. Else it takes the one with the fewest jobs. While writes take long, a write takes the one
 * with the fewest writes, because each of them waits for its own commit. Channels with a slow statement come last.
 */
export function choose<C, Job extends SlotJob>(
  all: readonly Slot<C, Job>[],
  { isRead }: SlotJob,
  now: number,
  { openCount, depth, writeMs }: Load,
): Slot<C, Job> | undefined {
  let best: Slot<C, Job> | undefined
  let least = Infinity
  let reserved = isRead ? 0 : forReads(openCount)
  const avoidsWrites = isRead && openCount > 1
  const isSpread = !isRead && writeMs > SHORT_WRITE_MS
  for (const slot of all) {
    const { state, jobs, writes } = slot
    if (state !== 'open' || (reserved -= 1) >= 0) continue
    if (jobs.length >= depth || (avoidsWrites && writes > 0) || jobs.at(-1)?.isExclusive) continue
    const slow = isSlow(slot, now, writeMs)
    if (slot.isGathering && !slow && !isSpread) return slot
    const load = jobs.length + (isSpread ? depth * writes : 0) + (slow ? depth * (depth + 1) : 0)
    if (load < least) [best, least] = [slot, load]
  }
  return best
}
