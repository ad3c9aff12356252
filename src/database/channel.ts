/**
 * How long a statement waits for a lock. Then the server stops it (55P03). It did nothing, its connection is free for
 * others, and it is repeated later, until its deadline.
 */
export const LOCK_WAIT_MS = 50

/** What statements are sent on: a connection of our own, or Prisma's pool. */
export interface Channel {
  /**
   * @param onEnd called when the channel has ended, for whatever reason
   * @throws Error if no connection could be opened
   */
  open(onEnd: () => void): Promise<void>
  /** Stops what the server is running for this channel. */
  cancel(): void
  /** Ends the channel at once, and fails what is on it. */
  destroy(): void
  close(): Promise<void>
}

/** The part of a job that a slot needs. */
export interface SlotJob {
  isRead: boolean
  /** Whether nothing may be sent behind it: a statement of its owner has kept others waiting. */
  isExclusive: boolean
  /** Whether it was stopped because it kept others waiting. */
  isStopped: boolean
  endsAt: number
  isGivenUp: boolean
  reject: (error: Error) => void
}

/** The place of one connection, which is opened when it is needed. */
export interface Slot<C, Job> {
  state: 'closed' | 'opening' | 'open'
  channel: C | undefined
  /** Sent and not answered, in the order in which the server runs them. */
  jobs: Job[]
  /** How many of the jobs are not reads. */
  writes: number
  /** When the first of them became the first, or when the last one ended. */
  since: number
  cancelledAt: number
  /** Whether this turn of the event loop has sent something on it, so that more costs no write of its own. */
  isGathering: boolean
  mayOpenAt: number
}

/** Work for one channel. */
export interface Work<C> {
  /** Whether it waits for no lock of another statement. */
  isRead: boolean
  /** Whether it is idempotent, as every read is: then it is repeated if its connection ends. */
  isIdempotent?: boolean | undefined
  /** Whether it is dropped if its client disconnects before it was sent. */
  mayDrop?: boolean
  /**
   * @param limitMs time after which the server has to stop it
   * @param isRepeated whether this is not the first try
   */
  send: (channel: C, limitMs: number, isRepeated: boolean) => Promise<unknown>
}
