import type { Slot, SlotJob } from './channel.ts'

/** No statement is sent behind one that has run for longer than this, if there is another channel. */
const SLOW_MS = 5

export const isSlow = <C, Job>({ jobs, since }: Slot<C, Job>, now: number) =>
  jobs.length > 0 && now - since > SLOW_MS

/** How many channels are for reads only. Each write waits for the disk, so more channels mean more writes per second. */
const forReads = (openCount: number) => (openCount > 1 ? Math.max(1, Math.floor(openCount / 3)) : 0)

/**
 * Chooses among the open channels for a job. Some are for reads only: a third, at least one of two. With more than one, a
 * read is never sent behind a write, because a write may wait for a lock. Nothing is sent behind an exclusive job.
 *
 * Of the channels that are left, the best is the one that is being written to anyway, because a write to a socket costs
 * more than a statement; else the one with the least on it. Nothing goes behind a slow statement while there is another.
 *
 * @param openCount how many channels are open
 * @param depth jobs that one channel may carry at once
 */
export function choose<C, Job extends SlotJob>(
  all: readonly Slot<C, Job>[],
  { isRead }: SlotJob,
  now: number,
  openCount: number,
  depth: number,
): Slot<C, Job> | undefined {
  let best: Slot<C, Job> | undefined
  let least = Infinity
  let reserved = isRead ? 0 : forReads(openCount)
  const avoidsWrites = isRead && openCount > 1
  for (const slot of all) {
    const { state, jobs } = slot
    if (state !== 'open' || (reserved -= 1) >= 0) continue
    if (jobs.length >= depth || (avoidsWrites && slot.writes > 0) || jobs.at(-1)?.isExclusive) continue
    const slow = isSlow(slot, now)
    if (slot.isGathering && !slow) return slot
    const load = slow ? depth + jobs.length : jobs.length
    if (load < least) [best, least] = [slot, load]
  }
  return best
}
