import type { Work } from './channel.ts'
import type { OwnerInTime } from './owner.ts'
import type { Lane } from './pipeline.ts'
import type { WireChannel } from './wire.ts'

/** A heavy statement that takes less than this does not delay others. */
const LOW_MS = 10
/** The same limit on light connections, where the time includes waiting for earlier statements. */
const LOW_WITH_WAITING_MS = 50
/** How long an owner's heavy statements stay in the heavy lane after one of them was slow. */
const HIGH_FOR_MS = 60_000
const MAX_OWNERS = 50_000
const NOT_LIGHT = new Error('This statement belongs in the heavy lane.')

/** Sends something on a connection. */
export type Send<Answer = string[]> = (
  channel: WireChannel,
  limitMs: number,
  isRepeated: boolean,
) => Promise<Answer>

/**
 * Remembers the owners for whom heavy statements are quick: most users have few tasks. Their heavy statements run among
 * the light ones. The first heavy statement of an owner, and those of owners with many tasks, run in the heavy lane.
 */
class KnownCosts {
  /** For each owner, the time until which the costs count as high; 0 if they are low. */
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

/** Returns a function that runs heavy statements: in the heavy lane, or in the light lane if they are quick. */
export function createHeavyLane(light: Lane<WireChannel>, heavy: Lane<WireChannel>) {
  const costs = new KnownCosts()
  return (owner: OwnerInTime, { send, ...kind }: Omit<Work<WireChannel>, 'send'> & { send: Send }) => {
    const { id } = owner
    const runHeavy = () =>
      heavy.run(owner, {
        ...kind,
        send: (channel, limitMs, isRepeated) => costs.measure(id, send(channel, limitMs, isRepeated), false),
      })
    if (!costs.areLow(id)) return runHeavy()
    const amongLight = light.run(owner, {
      ...kind,
      // Another statement may have been slow while this one waited.
      send: (channel, limitMs, isRepeated) =>
        costs.areLow(id)
          ? costs.measure(id, send(channel, limitMs, isRepeated), true)
          : Promise.reject(NOT_LIGHT),
    })
    return amongLight.catch((error) => (error === NOT_LIGHT ? runHeavy() : Promise.reject(error as Error)))
  }
}
