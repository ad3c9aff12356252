interface Job {
  owner: string
  isRead: boolean
}
interface Suspicion {
  until: number
  /** Whether a read was among the statements: usually only writes wait for locks. */
  includesReads: boolean
}

/** How long an owner is kept apart after a statement that kept others waiting. */
const SUSPECT_MS = 5000

/**
 * Owners whose statements kept others waiting, for a lock for example. For a while, nothing is sent behind a statement
 * of theirs, and they run one at a time.
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
