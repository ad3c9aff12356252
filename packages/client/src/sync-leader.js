import { TaskApiError } from './error.js'
import { isLocal, isSignedOut, problemOf } from './sync-calls.js'
import { createListener } from './sync-events.js'
import { createSender } from './sync-send.js'
import { createWaits } from './sync-waits.js'
import { walk } from './sync-walk.js'

/**
 * @import { SyncStatus, SyncTimings } from './sync.js'
 * @import { createCalls } from './sync-calls.js'
 * @import { Op } from './sync-queue.js'
 * @import { createState } from './sync-state.js'
 * @typedef {Pick<SyncStatus, 'online' | 'signedOut' | 'walking' | 'problem'>} Report
 */

/** Minimum interval between two readings of the changes while writes are being sent. */
const WALK_PAUSE_MS = 1000
/** Maximum time for which reading the changes waits for the answer to a creation. */
const DOUBT_MS = 60_000

/**
 * Reads changes and sends writes, one request at a time, so that an answer is never older than the copy.
 *
 * @param {object} options
 * @param {ReturnType<typeof createState>} options.state
 * @param {ReturnType<typeof createCalls>} options.calls
 * @param {() => number} options.now
 * @param {() => number} options.random
 * @param {SyncTimings} options.timings
 * @param {() => string} options.newId
 * @param {() => Promise<unknown>} options.save
 * @param {(report: Partial<Report>) => void} options.report
 * @param {(op: Op) => void} options.onConflict
 * @param {() => () => void} options.onAttempt before each attempt; what it returns is called afterwards
 * @param {AbortSignal} options.signal ends it
 */
export function createLeader({
  state,
  calls,
  now,
  random,
  timings,
  newId,
  save,
  report,
  onAttempt,
  ...options
}) {
  const { signal, onConflict } = options
  let isWalkDue = true
  let walkedAt = now()
  let isSuspended = false
  /** Number of requests for a new attempt. An attempt answers only those that were made before it began. */
  let asked = 0
  const waits = createWaits({ random, timings, signal })
  const listener = createListener({
    ...{ calls, now, timings, waits, signal },
    onChange: (isUrgent) => wake({ walk: true, isUrgent }),
    isSuspended: () => isSuspended,
  })

  async function walkOnce() {
    isWalkDue = false
    walkedAt = now()
    report({ walking: true })
    const onPage = () => void save().catch(() => {})
    try {
      await walk({ state, calls, now, signal, onPage })
    } catch (error) {
      isWalkDue = true
      throw error
    } finally {
      report({ walking: false })
    }
  }
  const send = createSender({ state, calls, now, save, walk: walkOnce, newId, onConflict })

  /** @param {ReadonlySet<string>} skipped keys of tasks */
  function nextOp(skipped) {
    /** @type {Op | undefined} */
    let next
    for (const [first] of state.queues())
      if (first && !first.conflict && !first.refused && !skipped.has(first.key))
        if (!next || first.at < next.at) next = first
    return next
  }

  /**
   * Whether a task may have been created whose answer was lost. It would be there twice: as the service has it, and as it
   * waits to be sent again.
   */
  const isInDoubt = () =>
    [...state.queues()].some(
      ([first]) => first?.kind === 'create' && !first.refused && first.sentAt !== undefined,
    )
  const mayWalk = () => isWalkDue && (now() - walkedAt >= DOUBT_MS || !isInDoubt())

  /** Sends everything once, and reads what changed. A fault of a single request does not stop the others. */
  async function attempt() {
    /** @type {Error | undefined} */
    let fault
    const keep = (/** @type {unknown} */ error) => {
      if (!isLocal(error)) throw error
      fault ??= /** @type {Error} */ (error)
    }
    const skipped = new Set()
    for (let op = nextOp(skipped); op; op = nextOp(skipped)) {
      const { key } = op
      await send(op, signal).catch((error) => skipped.add(key) && keep(error))
      report({ online: true })
      if (mayWalk() && now() - walkedAt >= WALK_PAUSE_MS) await walkOnce().catch(keep)
    }
    if (mayWalk()) await walkOnce().catch(keep)
    if (fault) throw fault
  }

  /** @param {unknown} error */
  function reportFailure(error) {
    if (signal.aborted) return
    const status = error instanceof TaskApiError ? error.status : 0
    isSuspended = isSignedOut(error)
    report({ problem: problemOf(error), online: status !== 0, signedOut: isSuspended })
  }

  async function sendAndWalk() {
    for (let failures = 0; !signal.aborted;) {
      const onEnd = onAttempt()
      const seen = asked
      try {
        // Other windows are told what is stored.
        await attempt().finally(() => void save().catch(() => {}))
        failures = 0
        report({ online: true, signedOut: false, problem: undefined })
        onEnd()
        if (nextOp(new Set()) || isWalkDue || asked !== seen) continue
        await waits.wait(timings.walk)
        if (!nextOp(new Set())) isWalkDue = true
      } catch (error) {
        failures += 1
        isWalkDue = true
        reportFailure(error)
        onEnd()
        if (asked === seen) await (isSuspended ? waits.untilUrgent() : waits.afterFailure(failures, error))
      }
    }
  }

  function wake({ walk = false, isUrgent = false } = {}) {
    if (walk) isWalkDue = true
    if (isUrgent) {
      asked += 1
      isSuspended = false
    }
    waits.end(isUrgent)
  }
  signal.addEventListener('abort', () => {
    // Node forgets the signal of a Request that was garbage-collected, so the stream is ended here.
    listener.cancel()
    wake({ isUrgent: true })
  })

  return {
    run: () => Promise.all([sendAndWalk(), listener.listen()]),
    wake,
    /** Called when the network is available again: a stream from before may be dead. */
    reconnect() {
      listener.cancel()
      wake({ walk: true, isUrgent: true })
    },
  }
}
