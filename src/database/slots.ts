import type { Channel, Slot, SlotJob } from './channel.ts'
import { averageWrite, choose, isSlow, type Load } from './choice.ts'
import { classify } from './errors.ts'
import { giveUpLate, stopSlow } from './late.ts'

export interface SlotsSettings<C> {
  size: number
  /** Maximum number of concurrent jobs on one channel. */
  depth: number
  createChannel: () => C
}

const REOPEN_AFTER_MS = 1000
const IDLE_MS = 60_000
const MAX_FAILURES = 4

/** A fixed number of connections: opens, watches and closes them. */
export class Slots<C extends Channel, Job extends SlotJob> {
  private readonly all: Slot<C, Job>[]
  private readonly settings: SlotsSettings<C>
  private readonly onOpen: () => void
  private readonly onNoneLeft: (error: Error) => void
  private readonly load: Load
  /** Number of failed attempts to open a connection since the last successful one. */
  private failures = 0
  private isClosing = false

  /** @param onNoneLeft called when a connection cannot be opened and no other one is open */
  constructor(settings: SlotsSettings<C>, onOpen: () => void, onNoneLeft: (error: Error) => void) {
    this.settings = settings
    this.load = { openCount: 0, depth: settings.depth, writeMs: 0 }
    this.onOpen = onOpen
    this.onNoneLeft = onNoneLeft
    this.all = Array.from({ length: settings.size }, () => ({
      state: 'closed' as const,
      channel: undefined,
      jobs: [],
      writes: 0,
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

  /**
   * Returns the channel for a job (choice.ts), or undefined if the job has to wait. Opens another channel if the chosen
   * one is busy, but no more channels than there are jobs waiting.
   */
  choose(now: number, waiting: number, job: SlotJob): Slot<C, Job> | undefined {
    const slot = choose(this.all, job, now, this.load)
    const isBad = slot === undefined || isSlow(slot, now, this.load.writeMs)
    if (!isBad && (slot.isGathering || slot.jobs.length === 0)) return slot
    if (this.load.openCount < this.all.length) this.openOne(now, waiting)
    return isBad && this.all.some(({ state }) => state === 'opening') ? undefined : slot
  }

  /** Notes that a job is sent on the channel. */
  place(slot: Slot<C, Job>, job: Job, now: number) {
    if (slot.jobs.length === 0) slot.since = now
    slot.jobs.push(job)
    if (!job.isRead) slot.writes += 1
    if (slot.isGathering) return
    slot.isGathering = true
    setImmediate(() => (slot.isGathering = false))
  }

  /** Notes that the job has its answer. The server now runs the next job of the channel. */
  remove(slot: Slot<C, Job>, job: Job, now: number) {
    slot.jobs.splice(slot.jobs.indexOf(job), 1)
    if (!job.isRead) slot.writes -= 1
    if (!job.isRead) this.load.writeMs = averageWrite(this.load.writeMs, now - slot.since)
    slot.since = now
    slot.cancelledAt = 0
  }

  private openOne(now: number, waiting: number) {
    const opening = this.all.filter(({ state }) => state === 'opening').length
    if (opening >= waiting || this.isClosing) return
    // With no connection open, every job tries to open one. Otherwise a server that refused is asked once a second.
    const slot = this.all.find(
      ({ state, mayOpenAt }) => state === 'closed' && !(this.load.openCount > 0 && mayOpenAt > now),
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
    this.load.openCount += 1
    this.failures = 0
    slot.since = performance.now()
    this.onOpen()
  }

  private refuse(slot: Slot<C, Job>, error: Error) {
    slot.state = 'closed'
    slot.channel = undefined
    slot.mayOpenAt = performance.now() + REOPEN_AFTER_MS
    this.failures += 1
    // If the server ended a connection while it was being opened, the next attempt may succeed.
    const mayBeChance = ['lost', 'cancelled'].includes(classify(error)) && this.failures < MAX_FAILURES
    if (!mayBeChance && this.all.every(({ state }) => state === 'closed')) this.onNoneLeft(error)
  }

  private end(slot: Slot<C, Job>, channel: C) {
    if (slot.channel !== channel || slot.state !== 'open') return
    this.load.openCount -= 1
    slot.state = 'closed'
    slot.channel = undefined
  }

  /** Stops jobs that take too long, and closes idle connections. */
  check(now: number) {
    const open = this.all.filter(({ state }) => state === 'open')
    stopSlow(open, now)
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
