import { Caps } from './caps.ts'
import type { Channel, Slot, SlotJob } from './channel.ts'
import { classify, DatabaseError } from './errors.ts'
import { FairQueue } from './queue.ts'
import { Slots, type SlotsSettings, tooLate } from './slots.ts'

export interface LaneSettings<C> extends SlotsSettings<C> {
  /** Jobs that one owner may have running at once. */
  perOwner: number
  /** Milliseconds for a job, its waiting and its repetitions included. */
  timeoutMs: number
}

/** Work for one channel. */
export interface Work<C> {
  /** Whether doing it twice is the same as doing it once: it is repeated if its connection ends. */
  isRead: boolean
  /**
   * @param limitMs time after which the server has to stop it
   * @param isRepeated whether this is not the first try
   */
  send: (channel: C, limitMs: number, isRepeated: boolean) => Promise<unknown>
}

interface Job<C> extends Work<C>, SlotJob {
  owner: string
  tries: number
  resolve: (answer: unknown) => void
}

/** How often jobs are checked for what has taken too long. */
const CHECK_MS = 100
/** A connection that ends is often one of several: the next try comes a moment later. */
const RETRY_AFTER_MS = 50
const MAX_TRIES = 4

/**
 * A fixed number of connections and one queue, in which owners take turns. A write has its connection to itself,
 * because it may wait for a lock; reads share connections, a few on each. A job that waits in the queue can be given
 * up without touching a connection; one that runs for too long is cancelled on the server.
 */
export class Lane<C extends Channel> {
  private readonly settings: LaneSettings<C>
  private readonly slots: Slots<C, Job<C>>
  private readonly queue = new FairQueue<Job<C>>()
  private readonly caps: Caps
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
      this.queue.add({ owner, isRead, send, endsAt, tries: 0, isGivenUp: false, ...settle })
      this.dispatch()
    })
  }

  /** Jobs that have been asked for and not answered. */
  get inFlight(): number {
    return this.slots.inFlight + this.queue.size + this.repeating
  }

  get waiting(): number {
    return this.queue.size
  }

  get connections() {
    return this.slots.connections
  }

  async close() {
    clearInterval(this.timer)
    await this.slots.close()
  }

  private dispatch() {
    while (this.queue.size > 0) {
      const slot = this.slots.choose(performance.now(), this.queue.size)
      const job = slot && this.queue.take((candidate) => this.caps.allows(candidate))
      if (job === undefined) break
      this.submit(slot!, job)
    }
  }

  private submit(slot: Slot<C, Job<C>>, job: Job<C>) {
    const now = performance.now()
    if (slot.jobs.length === 0) slot.since = now
    slot.jobs.push(job)
    job.tries += 1
    this.caps.count(job, 1)
    const limitMs = Math.max(1, Math.ceil(job.endsAt - now))
    job.send(slot.channel!, limitMs, job.tries > 1).then(
      (answer) => this.settle(slot, job, () => job.resolve(answer)),
      (error: Error) => this.settle(slot, job, () => this.fail(job, error)),
    )
  }

  private settle(slot: Slot<C, Job<C>>, job: Job<C>, tell: () => void) {
    slot.jobs.splice(slot.jobs.indexOf(job), 1)
    slot.since = performance.now()
    slot.cancelledAt = 0
    this.caps.count(job, -1)
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
    this.slots.check(now)
    this.dispatch()
  }
}
