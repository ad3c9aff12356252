/** A heavy statement that takes no longer delays nobody. */
const LOW_MS = 10
/** Among light statements the time includes waiting for those before it. */
const LOW_WITH_WAITING_MS = 50
/** How long an owner's heavy statements stay in the heavy lane after one of them was slow. */
const HIGH_FOR_MS = 60_000
const MAX_OWNERS = 50_000

/**
 * Remembers for which owners heavy statements turned out to be quick: most people have few tasks. Their statements
 * need no lane of their own. The first one of an owner, and those of owners with many tasks, run in the heavy lane.
 */
export class KnownCosts {
  /** By owner: until when the costs are high; 0 if they are low. */
  private readonly highUntil = new Map<string, number>()

  areLow(owner: string): boolean {
    return this.highUntil.get(owner) === 0
  }

  /** Notes how long a heavy statement takes, and passes its answer on. */
  async measure<Answer>(owner: string, answer: Promise<Answer>, isAmongLight: boolean): Promise<Answer> {
    const start = performance.now()
    try {
      return await answer
    } finally {
      const end = performance.now()
      const isLow = end - start < (isAmongLight ? LOW_WITH_WAITING_MS : LOW_MS)
      if (!isLow) this.note(owner, end + HIGH_FOR_MS)
      else if ((this.highUntil.get(owner) ?? 1) <= end) this.note(owner, 0)
    }
  }

  private note(owner: string, highUntil: number) {
    if (!this.highUntil.has(owner) && this.highUntil.size >= MAX_OWNERS)
      this.highUntil.delete(this.highUntil.keys().next().value!)
    this.highUntil.set(owner, highUntil)
  }
}
