import { EventStream } from './event-stream.ts'

/** What event streams need of the change feed. */
export interface Feed {
  /** The cursor of the present: a walk from it finds the changes from now on. */
  present(owner: string): Promise<string>
  /** Whether a walk from this cursor would find a change. Also true if the cursor is invalid or has expired. */
  hasChangedSince(owner: string, cursor: string): Promise<boolean>
}

/** The open streams of one user. */
interface Audience {
  streams: Set<EventStream>
  /** When they last got an event. */
  toldAt: number
  timer: NodeJS.Timeout | undefined
}

export const MAX_STREAMS_PER_USER = 20
const MIN_BETWEEN_EVENTS_MS = 250
const COMMENT_EVERY_MS = 25_000
const TICK_MS = 1000

/** The open event streams of this copy of the service. */
export class TaskEvents {
  private readonly feed: Feed
  private readonly audiences = new Map<string, Audience>()
  private readonly streams = new Set<EventStream>()
  private readonly ticker: NodeJS.Timeout
  private commentedAt = Date.now()

  constructor(feed: Feed) {
    this.feed = feed
    this.ticker = setInterval(() => this.tick(Date.now()), TICK_MS).unref()
  }

  get openCount(): number {
    return this.streams.size
  }

  /**
   * Opens a stream. If something changed since `lastEventId`, or if `lastEventId` is invalid, it sends an event at once.
   *
   * @param expiresAt when the token expires, in milliseconds since the epoch
   * @returns undefined if the user has too many streams open
   */
  open(owner: string, expiresAt: number, lastEventId: string | undefined): EventStream | undefined {
    let audience = this.audiences.get(owner)
    if (audience === undefined)
      this.audiences.set(owner, (audience = { streams: new Set(), toldAt: 0, timer: undefined }))
    if (audience.streams.size >= MAX_STREAMS_PER_USER) return undefined
    const stream = new EventStream(owner, expiresAt)
    audience.streams.add(stream)
    this.streams.add(stream)
    stream.once('close', () => this.remove(stream))
    if (lastEventId !== undefined) void this.catchUp(stream, lastEventId)
    return stream
  }

  /** Sends an event to the streams of a user whose tasks may have changed, at most four times a second. */
  notify(owner: string) {
    const audience = this.audiences.get(owner)
    if (audience === undefined || audience.timer !== undefined) return
    const wait = Math.max(0, audience.toldAt + MIN_BETWEEN_EVENTS_MS - Date.now())
    audience.timer = setTimeout(() => void this.tell(owner, audience), wait)
  }

  /** Sends an event to every stream, because messages may have been lost. */
  notifyAll() {
    for (const owner of this.audiences.keys()) this.notify(owner)
  }

  /** Ends every stream. */
  close() {
    clearInterval(this.ticker)
    for (const stream of this.streams) stream.end()
  }

  private async tell(owner: string, audience: Audience) {
    audience.timer = undefined
    audience.toldAt = Date.now()
    const cursor = await this.present(owner)
    for (const stream of audience.streams) stream.tellChange(cursor)
  }

  /** An invalid cursor counts as old: the error of the next walk explains what is wrong. */
  private async catchUp(stream: EventStream, lastEventId: string) {
    const hasChanged = await this.feed.hasChangedSince(stream.owner, lastEventId).catch(() => true)
    if (hasChanged) stream.tellChange(await this.present(stream.owner))
  }

  private present(owner: string): Promise<string | undefined> {
    return this.feed.present(owner).catch(() => undefined)
  }

  /** Ends the streams whose token has expired, and sends comments. */
  private tick(now: number) {
    const isTimeToComment = now - this.commentedAt >= COMMENT_EVERY_MS
    if (isTimeToComment) this.commentedAt = now
    for (const stream of this.streams) {
      if (stream.expiresAt <= now) stream.end()
      else if (isTimeToComment) stream.comment()
    }
  }

  private remove(stream: EventStream) {
    this.streams.delete(stream)
    const audience = this.audiences.get(stream.owner)
    audience?.streams.delete(stream)
    if (audience?.streams.size !== 0) return
    clearTimeout(audience.timer)
    this.audiences.delete(stream.owner)
  }
}
