import type { Slot, SlotJob } from './channel.ts'

/** No statement is sent behind one that has run for longer than this, if another channel can take it. */
const SLOW_MS = 5

export const isSlow = <C, Job>({ jobs, since }: Slot<C, Job>, now: number) =>
  jobs.length > 0 && now - since > SLOW_MS

/** Number of channels for reads only. It is small, because writes wait for the disk: more channels, more writes a second. */
const forReads = (openCount: number) => (openCount > 1 ? Math.max(1, Math.floor(openCount / 3)) : 0)

/**
 * Chooses one of the open channels for a job. If there are several, a third of them, at least one, are for reads only,
 * and a read is never sent behind a write, because the write may wait for a lock. Nothing is sent behind an exclusive job.
 *
 * Of the other channels it prefers one that this turn of the event loop already writes to, because a write to a socket
 * costs more than a statement. Else it takes the one with the fewest jobs. Channels with a slow statement come last.
 *
 * @param openCount number of open channels
 * @param depth maximum number of concurrent jobs on one channel
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
