interface Job {
  owner: string
  isRead: boolean
}
interface Suspicion {
  until: number
  /** Whether one of the statements was a read. Usually only writes wait for locks. */
  includesReads: boolean
}

/** How long an owner stays a suspect after one of their statements delayed others. */
const SUSPECT_MS = 5000

/**
 * Owners whose statements delayed others, for example because they waited for a lock. For some seconds, their statements
 * run one at a time, and nothing is sent behind them.
 */
export class Suspects {
  private readonly owners = new Map<string, Suspicion>()

  add({ owner, isRead }: Job, now: number) {
    const includesReads = isRead || this.owners.get(owner)?.includesReads === true
    this.owners.set(owner, { until: now + SUSPECT_MS, includesReads })
  }

  has({ owner, isRead }: Job): boolean {
    if (this.owners.size === 0) return false
    const suspicion = this.owners.get(owner)
    return suspicion !== undefined && (!isRead || suspicion.includesReads)
  }

  forgetOld(now: number) {
    for (const [owner, { until }] of this.owners) if (until <= now) this.owners.delete(owner)
  }
}
