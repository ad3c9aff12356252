import type { IncomingMessage } from 'node:http'
import { noteArrival } from './arrivals.ts'

/** Requests of one sender that begin in one turn of the event loop. */
export const PER_TURN = 8

interface Sender {
  /** How many of its requests have begun in this turn. */
  begun: number
  waiting: (() => void)[]
}

/** Identifies the sender before the token is verified: by the text of the token, or else by the address. */
const senderOf = ({ headers, socket }: IncomingMessage) => headers.authorization ?? socket.remoteAddress ?? ''

/**
 * Lets the requests of each sender begin a few at a time. Node reads all requests that have arrived in one turn of the
 * event loop, and answering 600 of them in that turn would make everybody else wait for 0.1 s. Requests of other senders
 * begin immediately.
 */
export class Intake {
  private readonly senders = new Map<string, Sender>()
  private isDue = false

  /** Begins at once, or in a later turn if the sender has begun enough in this one. A sender's requests keep their order. */
  add(request: IncomingMessage, begin: () => void) {
    const key = senderOf(request)
    let sender = this.senders.get(key)
    if (sender === undefined) {
      this.schedule()
      this.senders.set(key, (sender = { begun: 0, waiting: [] }))
    }
    if (sender.begun >= PER_TURN) {
      noteArrival(request)
      return void sender.waiting.push(begin)
    }
    sender.begun += 1
    begin()
  }

  private schedule() {
    if (this.isDue) return
    this.isDue = true
    setImmediate(this.next)
  }

  private readonly next = () => {
    this.isDue = false
    for (const [key, sender] of this.senders) {
      const due = sender.waiting.splice(0, PER_TURN)
      sender.begun = due.length
      if (due.length === 0) this.senders.delete(key)
      for (const begin of due) begin()
    }
    if (this.senders.size > 0) this.schedule()
  }
}
