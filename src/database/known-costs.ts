/** A heavy statement that takes no longer delays nobody. */
const LOW_MS = 10
/** Among light statements the time includes waiting for those before it. */
const HIGH_MS = 100
const MAX_OWNERS = 50_000

/**
 * Remembers for which owners heavy statements turned out to be quick: most people have few tasks. Their statements
 * need no lane of their own. The first one of an owner, and those of owners with many tasks, run in the heavy lane.
 */
export class KnownCosts {
  private readonly low = new Set<string>()

  areLow(owner: string): boolean {
    return this.low.has(owner)
  }

  /** Notes how long a heavy statement takes, and passes its answer on. */
  async measure<Answer>(owner: string, answer: Promise<Answer>): Promise<Answer> {
    const start = performance.now()
    try {
      return await answer
    } finally {
      const ms = performance.now() - start
      if (ms > HIGH_MS) this.low.delete(owner)
      else if (ms < LOW_MS && !this.low.has(owner)) this.add(owner)
    }
  }

  private add(owner: string) {
    if (this.low.size >= MAX_OWNERS) this.low.delete(this.low.values().next().value!)
    this.low.add(owner)
  }
}
