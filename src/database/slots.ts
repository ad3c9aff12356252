import type { Channel, Slot, SlotJob } from './channel.ts'
import { DatabaseError } from './errors.ts'

export interface SlotsSettings<C> {
  size: number
  /** Jobs that one channel may carry at once. */
  depth: number
  createChannel: () => C
}

/** A statement that has run for so long does not get another one behind it while there is a choice. */
const SLOW_MS = 5
/** What the server needs to answer that it has stopped a statement. */
const GRACE_MS = 250
/** A server that does not react to a cancel request for so long is given up, with its connection. */
const UNRESPONSIVE_MS = 500
const REOPEN_AFTER_MS = 1000
const IDLE_MS = 60_000

export const tooLate = () => new DatabaseError('cancelled', 'The database did not answer in time.')

/** A fixed number of connections: chooses, opens, watches and closes them. */
export class Slots<C extends Channel, Job extends SlotJob> {
  private readonly all: Slot<C, Job>[]
  private readonly settings: SlotsSettings<C>
  private readonly onOpen: () => void
  private readonly onNoneLeft: (error: Error) => void
  private isClosing = false

  /** @param onNoneLeft called when a connection could not be opened and there is no other */
  constructor(settings: SlotsSettings<C>, onOpen: () => void, onNoneLeft: (error: Error) => void) {
    this.settings = settings
    this.onOpen = onOpen
    this.onNoneLeft = onNoneLeft
    this.all = Array.from({ length: settings.size }, () => ({
      state: 'closed' as const,
      channel: undefined,
      jobs: [],
      since: 0,
      cancelledAt: 0,
      mayOpenAt: 0,
    }))
  }

  get inFlight(): number {
    return this.all.reduce((sum, { jobs }) => sum + jobs.length, 0)
  }

  get connections() {
    const open = this.all.filter(({ state }) => state === 'open')
    return { total: open.length, idle: open.filter(({ jobs }) => jobs.length === 0).length }
  }

  /**
   * The open channel with the least on it. A write has its channel to itself, and nothing goes behind a slow
   * statement while another channel is free or being opened.
   *
   * @param waiting how many jobs need a channel: no more than these are opened
   */
  choose(now: number, waiting: number): Slot<C, Job> | undefined {
    const { depth } = this.settings
    let best: Slot<C, Job> | undefined
    let least = Infinity
    for (const slot of this.all) {
      const { state, jobs } = slot
      if (state !== 'open' || jobs.length >= depth || jobs.some(({ isRead }) => !isRead)) continue
      const load = jobs.length > 0 && now - slot.since > SLOW_MS ? depth : jobs.length
      if (load < least) [best, least] = [slot, load]
    }
    if (least > 0) this.openOne(now, waiting)
    const mustWait = least >= depth && this.all.some(({ state }) => state === 'opening')
    return mustWait ? undefined : best
  }

  private openOne(now: number, waiting: number) {
    const opening = this.all.filter(({ state }) => state === 'opening').length
    if (opening >= waiting || this.isClosing) return
    // Without any connection every job tries; with some, a server that refuses more is asked once a second.
    const isAnyOpen = this.all.some(({ state }) => state === 'open')
    const slot = this.all.find(
      ({ state, mayOpenAt }) => state === 'closed' && !(isAnyOpen && mayOpenAt > now),
    )
    if (slot !== undefined) void this.open(slot)
  }

  private async open(slot: Slot<C, Job>) {
    slot.state = 'opening'
    const channel = (slot.channel = this.settings.createChannel())
    try {
      await channel.open(() => this.end(slot, channel))
    } catch (error) {
      channel.destroy()
      return this.refuse(slot, error as Error)
    }
    if (this.isClosing) return channel.close()
    slot.state = 'open'
    slot.since = performance.now()
    this.onOpen()
  }

  private refuse(slot: Slot<C, Job>, error: Error) {
    slot.state = 'closed'
    slot.channel = undefined
    slot.mayOpenAt = performance.now() + REOPEN_AFTER_MS
    if (this.all.every(({ state }) => state === 'closed')) this.onNoneLeft(error)
  }

  private end(slot: Slot<C, Job>, channel: C) {
    if (slot.channel !== channel || slot.state !== 'open') return
    slot.state = 'closed'
    slot.channel = undefined
  }

  /** Gives up what has taken too long, first on the server, then with its connection. */
  check(now: number) {
    for (const slot of this.all) {
      const { state, channel, jobs } = slot
      if (state !== 'open') continue
      if (jobs.length > 0) this.checkJobs(slot, now)
      else if (now - slot.since > IDLE_MS) {
        this.end(slot, channel!)
        void channel!.close()
      }
    }
  }

  private checkJobs(slot: Slot<C, Job>, now: number) {
    for (const job of slot.jobs) {
      if (job.isGivenUp || job.endsAt + GRACE_MS > now) continue
      job.isGivenUp = true
      job.reject(tooLate())
    }
    if (!slot.jobs[0]!.isGivenUp) return
    if (slot.cancelledAt === 0) {
      slot.cancelledAt = now
      slot.channel!.cancel()
    } else if (now - slot.cancelledAt > UNRESPONSIVE_MS) slot.channel!.destroy()
  }

  async close() {
    this.isClosing = true
    const open = this.all.filter(({ state }) => state === 'open')
    await Promise.all(open.map(({ channel }) => channel!.close()))
  }
}
