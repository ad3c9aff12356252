import { Readable } from 'node:stream'

/**
 * The body of one `text/event-stream` answer. It buffers only the newest event that its reader has not
 * taken yet. So a slow reader costs no memory. It misses nothing, because an event only says that tasks changed.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream extends Readable {
  readonly owner: string
  /** When the token expires, in milliseconds since the epoch. */
  readonly expiresAt: number
  private next: string | undefined
  private isRead = false

  constructor(owner: string, expiresAt: number) {
    super({ highWaterMark: 1, encoding: 'utf8' })
    this.owner = owner
    this.expiresAt = expiresAt
    // The first bytes also send the headers, so the client knows at once that the stream is open.
    this.next = 'retry: 2000\n\n'
  }

  /** @param cursor the position in the feed up to which the reader has to walk; undefined if it could not be read */
  tellChange(cursor: string | undefined) {
    const id = cursor === undefined ? '' : `id: ${cursor}\n`
    this.pass(`event: changed\n${id}data: {}\n\n`)
  }

  /** Sends a comment, so that proxies do not close an idle stream. If an event waits, no comment is needed. */
  comment() {
    if (this.isRead) this.pass(':\n\n')
  }

  end() {
    this.next = undefined
    this.push(null)
  }

  override _read() {
    this.isRead = true
    if (this.next !== undefined) this.pass(this.next)
  }

  private pass(text: string) {
    this.next = this.isRead ? undefined : text
    if (!this.isRead) return
    this.isRead = false
    this.push(text)
  }
}
