import { beginAnew } from './sync-repair.js'

/**
 * @import { createState } from './sync-state.js'
 * @import { createStore, Message } from './sync-store.js'
 */

/**
 * Reads the storage, never twice at the same time. Messages that arrive in between wait. If the storage fails, it is
 * tried again later.
 *
 * @param {object} options
 * @param {ReturnType<typeof createState>} options.state
 * @param {ReturnType<typeof createStore>} options.store
 * @param {number} options.retryMs
 * @param {() => boolean} options.isLeading
 * @param {(messages: Message[]) => void} options.onLoaded with the messages that waited
 * @param {() => void} options.onRecovered
 * @param {(error: unknown) => void} options.onFailure undefined after a success
 */
export function createLoading({ state, store, retryMs, isLeading, onLoaded, onRecovered, onFailure }) {
  /** @type {Message[] | undefined} */
  let held
  let loads = Promise.resolve()
  /** Whether the storage could not be read. The copy is in memory only then. */
  let isUnread = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer

  async function loadOnce() {
    held = []
    try {
      await store.read((entries) => state.load(entries))
      // The copy that was read without the storage does not continue from the stored cursor.
      if (isUnread && isLeading()) beginAnew(state)
      isUnread = false
    } catch (error) {
      isUnread = true
      onFailure(error)
    }
    const messages = held
    held = undefined
    onLoaded(messages)
  }
  const load = () => (loads = loads.then(loadOnce))

  async function tryAgain() {
    if (isUnread) await load()
    if (isUnread) return
    onRecovered()
    await store.save().then(
      () => onFailure(undefined),
      () => {},
    )
  }

  return {
    load,
    /** @param {Message} message @returns whether it waits */
    hold: (message) => held !== undefined && held.push(message) > 0,
    retryLater() {
      clearTimeout(timer)
      timer = setTimeout(() => void tryAgain(), retryMs)
    },
    end: () => clearTimeout(timer),
  }
}
