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

/** As far as a slot needs to know it. */
export interface SlotJob {
  isRead: boolean
  /** Whether nothing may share its channel: it has kept others waiting, or its owner has. */
  isExclusive: boolean
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
  /** When the first of them became the first, or when the last one ended. */
  since: number
  cancelledAt: number
  /** Whether this turn of the event loop has sent something on it, so that more costs no write of its own. */
  isGathering: boolean
  mayOpenAt: number
}

/** Work for one channel. */
export interface Work<C> {
  /** Whether doing it twice is the same as doing it once: it is repeated if its connection ends. */
  isRead: boolean
  /**
   * @param limitMs time after which the server has to stop it
   * @param isRepeated whether this is not the first try
   */
  send: (channel: C, limitMs: number, isRepeated: boolean) => Promise<unknown>
}
