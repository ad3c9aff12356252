import type { Channel, Slot, SlotJob } from './channel.ts'
import { giveUpLate, moveStuck } from './late.ts'

export interface SlotsSettings<C> {
  size: number
  /** Jobs that one channel may carry at once. */
  depth: number
  createChannel: () => C
}

/** A statement that has run for so long does not get another one behind it while there is a choice. */
const SLOW_MS = 5
const REOPEN_AFTER_MS = 1000
const IDLE_MS = 60_000

/** A fixed number of connections: chooses, opens, watches and closes them. */
export class Slots<C extends Channel, Job extends SlotJob> {
  private readonly all: Slot<C, Job>[]
  private readonly settings: SlotsSettings<C>
  private readonly onOpen: () => void
  private readonly onNoneLeft: (error: Error) => void
  /** How many channels are for reads only. */
  private readonly forReads: number
  private openCount = 0
  private isClosing = false

  /** @param onNoneLeft called when a connection could not be opened and there is no other */
  constructor(settings: SlotsSettings<C>, onOpen: () => void, onNoneLeft: (error: Error) => void) {
    this.settings = settings
    this.onOpen = onOpen
    this.onNoneLeft = onNoneLeft
    this.forReads = Math.max(1, Math.floor(settings.size / 3))
    this.all = Array.from({ length: settings.size }, () => ({
      state: 'closed' as const,
      channel: undefined,
      jobs: [],
      since: 0,
      cancelledAt: 0,
      isGathering: false,
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

  /** Whether any channel can take a job. */
  get haveRoom(): boolean {
    return this.all.some(({ state, jobs }) => state !== 'open' || jobs.length < this.settings.depth)
  }

  /**
   * The open channel that is being written to anyway, because a write costs more than a statement; else the one with
   * the least on it. Some are for reads only, so that locks cannot stop them. Nothing goes behind a slow statement
   * while another channel is free or being opened; no more than `waiting` jobs need are opened.
   */
  choose(now: number, waiting: number, { isRead, isExclusive }: SlotJob): Slot<C, Job> | undefined {
    const { depth } = this.settings
    let best: Slot<C, Job> | undefined
    let least = Infinity
    let reserved = isRead ? 0 : Math.min(this.forReads, this.openCount - 1)
    for (const slot of this.all) {
      const { state, jobs } = slot
      if (state !== 'open' || (reserved -= 1) >= 0) continue
      if (jobs.length >= (isExclusive ? 1 : depth) || jobs[0]?.isExclusive) continue
      const isSlow = jobs.length > 0 && now - slot.since > SLOW_MS
      if (slot.isGathering && !isSlow) return slot
      const load = isSlow ? depth : jobs.length
      if (load < least) [best, least] = [slot, load]
    }
    if (least > 0 && this.openCount < this.all.length) this.openOne(now, waiting)
    const mustWait = least >= depth && this.all.some(({ state }) => state === 'opening')
    return mustWait ? undefined : best
  }

  /** Notes that a job is sent on the channel. */
  place(slot: Slot<C, Job>, job: Job, now: number) {
    if (slot.jobs.length === 0) slot.since = now
    slot.jobs.push(job)
    if (slot.isGathering) return
    slot.isGathering = true
    setImmediate(() => (slot.isGathering = false))
  }

  private openOne(now: number, waiting: number) {
    const opening = this.all.filter(({ state }) => state === 'opening').length
    if (opening >= waiting || this.isClosing) return
    // Without any connection every job tries; with some, a server that refuses more is asked once a second.
    const slot = this.all.find(
      ({ state, mayOpenAt }) => state === 'closed' && !(this.openCount > 0 && mayOpenAt > now),
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
    this.openCount += 1
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
    this.openCount -= 1
    slot.state = 'closed'
    slot.channel = undefined
  }

  /** Deals with jobs that take too long, and closes connections that nobody needs. */
  check(now: number) {
    const open = this.all.filter(({ state }) => state === 'open')
    moveStuck(open, now)
    for (const slot of open) {
      if (slot.jobs.length > 0) giveUpLate(slot, now)
      else if (now - slot.since > IDLE_MS) {
        const { channel } = slot
        this.end(slot, channel!)
        void channel!.close()
      }
    }
  }

  async close() {
    this.isClosing = true
    const open = this.all.filter(({ state }) => state === 'open')
    await Promise.all(open.map(({ channel }) => channel!.close()))
  }
}
