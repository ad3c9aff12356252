import { Caps } from './caps.ts'
import type { Channel, Slot, SlotJob, Work } from './channel.ts'
import { classify, DatabaseError } from './errors.ts'
import { FairQueue } from './queue.ts'
import { tooLate } from './late.ts'
import { Slots, type SlotsSettings } from './slots.ts'

export interface LaneSettings<C> extends SlotsSettings<C> {
  /** Jobs that one owner may have running at once. */
  perOwner: number
  /** Milliseconds for a job, its waiting and its repetitions included. */
  timeoutMs: number
}

interface Job<C> extends Work<C>, SlotJob {
  owner: string
  tries: number
  resolve: (answer: unknown) => void
}

/** How often late jobs are looked for. */
const CHECK_MS = 100
/** A connection that ends is often one of several: the next try comes a moment later. */
const RETRY_AFTER_MS = 50
const MAX_TRIES = 4

/** An owner whose statement kept others waiting has a channel to itself for so long. */
const SUSPECT_MS = 5000

/**
 * A fixed number of connections and one queue, in which owners take turns. Statements share connections, a few on
 * each; one that keeps others waiting is stopped and repeated by itself. A job that waits in the queue can be given
 * up without touching a connection; one that runs for too long is cancelled on the server.
 */
export class Lane<C extends Channel> {
  private readonly settings: LaneSettings<C>
  private readonly slots: Slots<C, Job<C>>
  private readonly queue = new FairQueue<Job<C>>()
  private readonly caps: Caps
  /** Owners whose statements kept others waiting, and until when they are kept apart. */
  private readonly suspects = new Map<string, number>()
  private repeating = 0
  private readonly timer: NodeJS.Timeout

  constructor(settings: LaneSettings<C>) {
    this.settings = settings
    this.caps = new Caps(settings.size, settings.perOwner)
    const dispatch = () => this.dispatch()
    this.slots = new Slots(settings, dispatch, (error) => this.rejectAll(error))
    this.timer = setInterval(() => this.check(performance.now()), CHECK_MS).unref()
  }

  /**
   * Runs work of one owner when it is its turn.
   *
   * @throws Error of PostgreSQL, or DatabaseError if the database cannot be reached or did not answer in time
   */
  run<Answer>(owner: string, { isRead, send }: Work<C> & { send(...args: never[]): Promise<Answer> }) {
    return new Promise<Answer>((resolve, reject) => {
      const endsAt = performance.now() + this.settings.timeoutMs
      const settle = { resolve: resolve as Job<C>['resolve'], reject }
      const state = { tries: 0, isGivenUp: false, isExclusive: this.suspects.has(owner) }
      this.queue.add({ owner, isRead, send, endsAt, ...state, ...settle })
      this.dispatch()
    })
  }

  /** Jobs that have been asked for and not answered. */
  get inFlight(): number {
    return this.slots.inFlight + this.queue.size + this.repeating
  }

  get connections() {
    return { ...this.slots.connections, waiting: this.queue.size }
  }

  async close() {
    clearInterval(this.timer)
    await this.slots.close()
  }

  private dispatch() {
    const now = performance.now()
    let slot: Slot<C, Job<C>> | undefined
    const mayRun = (job: Job<C>) =>
      this.caps.allows(job) && (slot = this.slots.choose(now, this.queue.size, job)) !== undefined
    while (this.queue.size > 0 && this.slots.haveRoom) {
      const job = this.queue.take(mayRun)
      if (job === undefined) break
      this.submit(slot!, job)
    }
  }

  private submit(slot: Slot<C, Job<C>>, job: Job<C>) {
    const now = performance.now()
    this.slots.place(slot, job, now)
    job.tries += 1
    const { isExclusive } = job
    this.caps.count(job, 1, isExclusive)
    const limitMs = Math.max(1, Math.ceil(job.endsAt - now))
    job.send(slot.channel!, limitMs, job.tries > 1).then(
      (answer) => this.settle(slot, job, isExclusive, () => job.resolve(answer)),
      (error: Error) => this.settle(slot, job, isExclusive, () => this.fail(job, error)),
    )
  }

  private settle(slot: Slot<C, Job<C>>, job: Job<C>, wasExclusive: boolean, tell: () => void) {
    slot.jobs.splice(slot.jobs.indexOf(job), 1)
    slot.since = performance.now()
    slot.cancelledAt = 0
    this.caps.count(job, -1, wasExclusive)
    if (job.isExclusive) this.suspects.set(job.owner, slot.since + SUSPECT_MS)
    if (!job.isGivenUp) tell()
    this.dispatch()
  }

  /** Repeats what did nothing, and reads whose connection ended. A write is never sent twice. */
  private fail(job: Job<C>, error: Error) {
    const fault = classify(error)
    const didNothing = fault === 'undone' || fault === 'unprepared' || fault === 'cancelled'
    const mayRepeat = didNothing || (fault === 'lost' && job.isRead)
    const isTooLate = job.endsAt - performance.now() <= RETRY_AFTER_MS
    if (!mayRepeat || job.tries >= MAX_TRIES || isTooLate) return job.reject(error)
    this.repeating += 1
    setTimeout(
      () => {
        this.repeating -= 1
        this.queue.add(job, true)
        this.dispatch()
      },
      fault === 'unprepared' ? 0 : RETRY_AFTER_MS,
    )
  }

  private rejectAll(error: Error) {
    const refused = new DatabaseError('refused', error.message, { cause: error })
    for (const job of this.queue.remove(() => true)) job.reject(refused)
  }

  private check(now: number) {
    for (const job of this.queue.remove(({ endsAt }) => endsAt <= now)) job.reject(tooLate())
    for (const [owner, until] of this.suspects) if (until <= now) this.suspects.delete(owner)
    this.slots.check(now)
    this.dispatch()
  }
}
