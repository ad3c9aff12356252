interface Job {
  owner: string
  isRead: boolean
}

/** How much of a lane one owner, and all writes together, may occupy at once. */
export class Caps {
  private readonly perOwner: number
  /** Some channels stay free of writes, which may wait for a lock: locks cannot stop reads. */
  private readonly maxWrites: number
  private readonly maxWritesPerOwner: number
  private readonly running = new Map<string, { all: number; writes: number }>()
  private writes = 0

  /** @param size channels of the lane */
  constructor(size: number, perOwner: number) {
    this.perOwner = perOwner
    this.maxWrites = Math.max(1, size - Math.max(1, Math.floor(size / 3)))
    this.maxWritesPerOwner = Math.max(1, Math.floor(this.maxWrites / 2))
  }

  allows({ owner, isRead }: Job): boolean {
    const { all, writes } = this.running.get(owner) ?? NONE
    if (all >= this.perOwner) return false
    return isRead || (this.writes < this.maxWrites && writes < this.maxWritesPerOwner)
  }

  /** @param change 1 when a job begins, -1 when it ends */
  count({ owner, isRead }: Job, change: 1 | -1) {
    const { all, writes } = this.running.get(owner) ?? NONE
    const write = isRead ? 0 : change
    this.writes += write
    if (all + change === 0) this.running.delete(owner)
    else this.running.set(owner, { all: all + change, writes: writes + write })
  }
}

const NONE = { all: 0, writes: 0 }
