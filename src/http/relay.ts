import type { Redis } from 'ioredis'
import { randomUUID } from 'node:crypto'

/** Tells other copies of the service that tasks of a user changed. */
export interface Relay {
  publish(owner: string): void
  close(): void
}
/** Receives messages of other copies. `onGap` is called after a time in which messages may have been lost. */
export interface Listener {
  onMessage(owner: string): void
  onGap(): void
}

const CHANNEL = 'task-api-changes'
/** A connection that only listens would not notice that the other end is gone. */
const PING_EVERY_MS = 10_000

/**
 * A relay over Redis publish/subscribe. Messages are delivered at most once: after a time without Redis, every user may
 * have missed one.
 *
 * @param redis sends messages; a connection of its own receives them
 */
export function createRelay(redis: Redis, listener: Listener): Relay {
  const self = randomUUID()
  const receiver = redis.duplicate()
  // Both connections go to the same Redis, and the errors of the other one are logged.
  receiver.on('error', () => {})
  let wasReady = false
  receiver.on('ready', () => {
    receiver.subscribe(CHANNEL).then(
      () => {
        if (wasReady) listener.onGap()
        wasReady = true
      },
      // The connection ended again. The next `ready` event subscribes.
      () => {},
    )
  })
  receiver.on('message', (_channel: string, text: string) => {
    const separator = text.indexOf(' ')
    if (text.slice(0, separator) !== self) listener.onMessage(text.slice(separator + 1))
  })
  const timer = setInterval(() => void receiver.ping().catch(() => {}), PING_EVERY_MS).unref()
  return {
    // Without Redis the message is lost. Clients find the change at their next walk.
    publish: (owner) => void redis.publish(CHANNEL, `${self} ${owner}`).catch(() => {}),
    close() {
      clearInterval(timer)
      receiver.disconnect()
    },
  }
}
