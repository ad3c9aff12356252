import type { Channel, Slot, SlotJob } from './channel.ts'
import { DatabaseError } from './errors.ts'

/** Extra time for the server's answer that it has stopped a statement at its time limit. */
const GRACE_MS = 250
/** If the server does not react to a cancel request within this time, the connection is destroyed. */
const UNRESPONSIVE_MS = 500
/** A statement that delays others for this long is stopped and repeated. Waits for locks end sooner: LOCK_WAIT_MS. */
const SLOW_MS = 500

/** Jobs that are rejected in one turn of the event loop: each is the end of a request, which takes about 0.1 ms. */
const REJECTED_PER_TURN = 16

const clientLeft = () => new DatabaseError('abandoned', 'The client left before the statement was sent.')
export const tooLate = () => new DatabaseError('cancelled', 'The database did not answer in time.')

/**
 * Rejects jobs that waited too long, or whose clients left: a few in each turn of the event loop, so that the end of
 * hundreds that arrived together does not delay others.
 */
export function rejectInTurns(jobs: Pick<SlotJob, 'endsAt' | 'reject'>[], now: number) {
  for (const { endsAt, reject } of jobs.splice(0, REJECTED_PER_TURN))
    reject(endsAt <= now ? tooLate() : clientLeft())
  if (jobs.length > 0) setImmediate(() => rejectInTurns(jobs, now))
}

/** Gives up jobs after their deadline: rejects them, then cancels them on the server, then destroys the connection. */
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
 * Stops statements that delay others, if the server answers on another channel. They have changed nothing, and are
 * repeated on their own. If no channel gets answers, the whole server is slow, and this would not help.
 */
export function stopSlow<C extends Channel, Job extends SlotJob>(open: Slot<C, Job>[], now: number) {
  const isSlow = ({ jobs, since }: Slot<C, Job>) => jobs.length > 0 && now - since > SLOW_MS
  if (open.every(isSlow)) return
  for (const slot of open) {
    const keepsWaiting = slot.jobs.length > 1 && isSlow(slot)
    if (!keepsWaiting || slot.cancelledAt !== 0 || slot.jobs[0]!.isGivenUp) continue
    slot.jobs[0]!.isStopped = true
    cancel(slot, now)
  }
}

function cancel<C extends Channel, Job>(slot: Slot<C, Job>, now: number) {
  slot.cancelledAt = now
  slot.channel!.cancel()
}
