import type { Channel, Slot, SlotJob } from './channel.ts'
import { DatabaseError } from './errors.ts'

/** What the server needs to answer that it has stopped a statement. */
const GRACE_MS = 250
/** A server that does not react to a cancel request for so long is given up, with its connection. */
const UNRESPONSIVE_MS = 500
/** A statement that has kept others waiting for so long, for a lock perhaps, is stopped and repeated by itself. */
const STUCK_MS = 200

export const tooLate = () => new DatabaseError('cancelled', 'The database did not answer in time.')

/** Gives up jobs whose time is over: first for their caller, then on the server, at last with the connection. */
export function giveUpLate<C extends Channel, Job extends SlotJob>(slot: Slot<C, Job>, now: number) {
  for (const job of slot.jobs) {
    if (job.isGivenUp || job.endsAt + GRACE_MS > now) continue
    job.isGivenUp = true
    job.reject(tooLate())
  }
  if (!slot.jobs[0]!.isGivenUp) return
  if (slot.cancelledAt === 0) cancel(slot, now)
  else if (now - slot.cancelledAt > UNRESPONSIVE_MS) slot.channel!.destroy()
}

/**
 * Stops one statement that keeps others waiting, if the server answers on another channel. The statement did nothing
 * and is repeated where nobody waits for it. If no channel gets answers, the server is busy, and this would not help.
 */
export function moveStuck<C extends Channel, Job extends SlotJob>(open: Slot<C, Job>[], now: number) {
  const isStuck = ({ jobs, since }: Slot<C, Job>) => jobs.length > 0 && now - since > STUCK_MS
  const slot = open.find(
    ({ jobs, cancelledAt, ...rest }) =>
      jobs.length > 1 && cancelledAt === 0 && !jobs[0]!.isGivenUp && isStuck({ jobs, cancelledAt, ...rest }),
  )
  if (slot === undefined || open.every(isStuck)) return
  slot.jobs[0]!.isExclusive = true
  cancel(slot, now)
}

function cancel<C extends Channel, Job>(slot: Slot<C, Job>, now: number) {
  slot.cancelledAt = now
  slot.channel!.cancel()
}
