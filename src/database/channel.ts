/**
 * How long a statement waits for a lock. Then the server stops it (55P03): it has changed nothing, and its connection is
 * free for others. It is repeated until its deadline.
 */
export const LOCK_WAIT_MS = 50

/** A way to send statements: a connection of the fast path, or Prisma's pool. */
export interface Channel {
  /**
   * @param onEnd called when the channel has ended for any reason
   * @throws Error if no connection could be opened
   */
  open(onEnd: () => void): Promise<void>
  /** Stops what the server is running for this channel. */
  cancel(): void
  /** Ends the channel at once. All jobs on it fail. */
  destroy(): void
  close(): Promise<void>
}

/** The part of a job that a slot needs. */
export interface SlotJob {
  isRead: boolean
  /** Whether nothing may be sent behind it, because a statement of its owner has delayed others. */
  isExclusive: boolean
  /** Whether it was stopped because it delayed others. */
  isStopped: boolean
  endsAt: number
  isGivenUp: boolean
  reject: (error: Error) => void
}

/** A place for one connection, which is opened when it is needed. */
export interface Slot<C, Job> {
  state: 'closed' | 'opening' | 'open'
  channel: C | undefined
  /** Jobs that were sent and have no answer yet, in the order in which the server runs them. */
  jobs: Job[]
  /** How many of the jobs are not reads. */
  writes: number
  /** When the first job became the first; without jobs, when the last one ended. */
  since: number
  cancelledAt: number
  /** Whether this turn of the event loop has already sent something on it: another job shares that socket write. */
  isGathering: boolean
  mayOpenAt: number
}

/** Work for one channel. */
export interface Work<C> {
  /** Whether it only reads, and so never waits for the lock of a row. */
  isRead: boolean
  /** Whether it is idempotent, as every read is: then it is repeated if its connection ends. */
  isIdempotent?: boolean | undefined
  /** Whether its answer may have hundreds of rows: an owner has one such job running at a time. */
  isLarge?: boolean | undefined
  /** Whether it is dropped if its client disconnects before it was sent. */
  mayDrop?: boolean
  /**
   * @param limitMs time after which the server must stop it
   * @param isRepeated whether this is not the first try
   */
  send: (channel: C, limitMs: number, isRepeated: boolean) => Promise<unknown>
}
