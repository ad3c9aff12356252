interface Job {
  owner: string
  isRead: boolean
  isExclusive: boolean
  isLarge?: boolean | undefined
}

/** Numbers of running jobs of one owner. */
interface Running {
  all: number
  writes: number
  exclusive: number
  large: number
}

const NONE: Running = { all: 0, writes: 0, exclusive: 0, large: 0 }

/**
 * Limits how much of a lane one owner may occupy, and how much all exclusive jobs together may occupy. Each owner runs
 * one write at a time. So writes of one owner never wait for each other's locks, and block at most one channel. Each
 * owner also runs one job with a large answer at a time: hundreds of rows keep PostgreSQL and the event loop busy for
 * milliseconds, which others would wait for on each channel.
 */
export class Caps {
  private readonly perOwner: number
  private readonly maxExclusive: number
  private readonly running = new Map<string, Running>()
  private exclusive = 0

  /** @param size number of channels of the lane. Exclusive jobs get at most a quarter of them, but at least one */
  constructor(size: number, perOwner: number) {
    this.perOwner = perOwner
    this.maxExclusive = Math.max(1, Math.floor(size / 4))
  }

  allows({ owner, isRead, isExclusive, isLarge }: Job): boolean {
    const { all, writes, exclusive, large } = this.running.get(owner) ?? NONE
    if (all >= this.perOwner || (!isRead && writes > 0) || (isLarge && large > 0)) return false
    return !isExclusive || (this.exclusive < this.maxExclusive && exclusive === 0)
  }

  /** @param change 1 when a job begins, -1 when it ends */
  count({ owner, isRead, isExclusive, isLarge }: Job, change: 1 | -1) {
    let running = this.running.get(owner)
    if (running === undefined) this.running.set(owner, (running = { ...NONE }))
    running.all += change
    if (!isRead) running.writes += change
    if (isLarge) running.large += change
    if (isExclusive) {
      running.exclusive += change
      this.exclusive += change
    }
    if (running.all === 0) this.running.delete(owner)
  }
}
