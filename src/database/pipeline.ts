import { Caps } from './caps.ts'
import type { Channel, Slot, SlotJob, Work } from './channel.ts'
import { classify, DatabaseError } from './errors.ts'
import { Queue } from './queue.ts'
import { pauseBeforeRepeat } from './repeat.ts'
import { rejectInTurns, tooLate } from './late.ts'
import type { Owner, OwnerInTime } from './owner.ts'
import { Slots, type SlotsSettings } from './slots.ts'
import { Suspects } from './suspects.ts'

export interface LaneSettings<C> extends SlotsSettings<C> {
  /** Maximum number of concurrent jobs of one owner. */
  perOwner: number
}

interface Job<C> extends Work<C>, SlotJob {
  owner: string
  /** The client, if the job is dropped when the client disconnects. */
  client: Owner['client']
  tries: number
  resolve: (answer: unknown) => void
}

/** Interval of the check for late jobs. */
const CHECK_MS = 100
/**
 * A fixed number of connections, and a queue in which owners take turns. A few statements share each connection. One that
 * delays the others, for example by waiting for a lock, is stopped and repeated on its own. A job that waits too long is
 * given up without touching a connection. A job that runs too long is cancelled on the server.
 */
export class Lane<C extends Channel> {
  private readonly slots: Slots<C, Job<C>>
  private readonly queue = new Queue<Job<C>>()
  private readonly caps: Caps
  private readonly suspects = new Suspects()
  private repeating = 0
  private readonly timer: NodeJS.Timeout

  constructor(settings: LaneSettings<C>) {
    this.caps = new Caps(settings.size, settings.perOwner)
    const dispatch = () => this.dispatch()
    this.slots = new Slots(settings, dispatch, (error) => this.rejectAll(error))
    this.timer = setInterval(() => this.check(performance.now()), CHECK_MS).unref()
  }

  /**
   * Queues work of one owner, and runs it when its turn comes.
   *
   * @throws Error of PostgreSQL, or DatabaseError if the database cannot be reached or did not answer in time
   */
  run<Answer>(
    { id: owner, endsAt, client }: OwnerInTime,
    { mayDrop, ...work }: Work<C> & { send(...args: never[]): Promise<Answer> },
  ) {
    return new Promise<Answer>((resolve, reject) => {
      if (endsAt <= performance.now()) return reject(tooLate())
      const settle = { resolve: resolve as Job<C>['resolve'], reject }
      const state = { tries: 0, isGivenUp: false, isExclusive: false, isStopped: false }
      this.queue.add({
        ...work,
        owner,
        client: mayDrop ? client : undefined,
        endsAt,
        ...state,
        ...settle,
      })
      this.dispatch()
    })
  }

  /** Number of jobs that have no answer yet. */
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
    const judge = (job: Job<C>) => {
      job.isExclusive = this.suspects.has(job)
      if (!this.caps.allows(job)) return 'later'
      slot = this.slots.choose(now, this.queue.size, job)
      return slot === undefined ? 'full' : 'run'
    }
    while (this.queue.size > 0) {
      const job = this.queue.take(judge)
      if (job === undefined) return
      this.submit(slot!, job)
    }
  }

  private submit(slot: Slot<C, Job<C>>, job: Job<C>) {
    const now = performance.now()
    this.slots.place(slot, job, now)
    job.tries += 1
    job.isStopped = false
    this.caps.count(job, 1)
    const limitMs = Math.max(1, Math.ceil(job.endsAt - now))
    job.send(slot.channel!, limitMs, job.tries > 1).then(
      (answer) => this.settle(slot, job, () => job.resolve(answer)),
      (error: Error) => this.settle(slot, job, () => this.fail(job, error)),
    )
  }

  private settle(slot: Slot<C, Job<C>>, job: Job<C>, tell: () => void) {
    this.slots.remove(slot, job, performance.now())
    this.caps.count(job, -1)
    if (!job.isGivenUp) tell()
    this.dispatch()
  }

  private fail(job: Job<C>, error: Error) {
    const fault = classify(error)
    const now = performance.now()
    if (fault === 'locked' || job.isStopped) this.suspects.add(job, now)
    const pause = pauseBeforeRepeat(job, fault, now)
    if (pause === undefined) return job.reject(error)
    this.repeating += 1
    setTimeout(() => this.repeat(job), pause)
  }

  private repeat(job: Job<C>) {
    this.repeating -= 1
    this.queue.add(job, true)
    this.dispatch()
  }

  private rejectAll(cause: Error) {
    const refused = new DatabaseError('refused', cause.message, { cause })
    for (const job of this.queue.remove(() => true)) job.reject(refused)
  }

  private check(now: number) {
    const isOver = ({ endsAt, client }: Job<C>) => endsAt <= now || client?.destroyed === true
    rejectInTurns(this.queue.remove(isOver), now)
    this.suspects.forgetOld(now)
    this.slots.check(now)
    this.dispatch()
  }
}
