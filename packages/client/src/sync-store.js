/**
 * @import { SyncChannel, SyncStorage } from './sync.js'
 * @typedef {object} Message between the windows of one storage
 * @property {[string, unknown][]} [entries] that are in the storage now
 * @property {object} [status] of the window that reads and sends
 * @property {'hello' | 'reload' | 'clear'} [news] a window started; a window took over; the user signed out
 * @property {string} [flush] a window asks for an attempt at once
 * @property {string} [flushed] the answer to it
 */

/**
 * Writes entries to the storage in the order of their changes, as many as possible at once, and tells the other windows
 * afterwards.
 *
 * @param {SyncStorage} storage
 * @param {object} listener
 * @param {(message: Message) => void} listener.onMessage
 * @param {(error: unknown) => void} listener.onFailure undefined after a success
 */
export function createStore(storage, { onMessage, onFailure }) {
  /** @type {Map<string, unknown>} */
  let unsaved = new Map()
  /** @type {Promise<void> | undefined} */
  let saving
  /** @type {SyncChannel | undefined} */
  let channel

  async function save() {
    while (unsaved.size > 0) {
      const entries = unsaved
      unsaved = new Map()
      try {
        await storage.write(entries)
        onFailure(undefined)
      } catch (error) {
        unsaved = new Map([...entries, ...unsaved])
        onFailure(error)
        throw error
      }
      channel?.postMessage({ entries: [...entries] })
    }
  }

  return {
    /** @param {(name: string) => SyncChannel} connect */
    open(connect) {
      channel = connect(`task-sync:${storage.name}`)
      channel.onmessage = ({ data }) => onMessage(/** @type {Message} */ (data))
    },
    close() {
      channel?.close()
      channel = undefined
      storage.close?.()
    },
    post: (/** @type {Message} */ message) => channel?.postMessage(message),
    /** @param {string} key @param {unknown} value undefined: delete */
    put(key, value) {
      unsaved.set(key, value)
    },
    /**
     * Resolves when everything is stored.
     *
     * @throws what the storage throws; the entries are kept for the next time
     */
    save() {
      saving ??= Promise.resolve(save()).finally(() => (saving = undefined))
      return saving
    },
    /** Everything, with what is not stored yet. */
    async read() {
      await saving?.catch(() => {})
      const entries = await storage.read()
      for (const [key, value] of unsaved) entries.set(key, value)
      return entries
    },
    async clear() {
      await saving?.catch(() => {})
      unsaved.clear()
      await storage.clear()
    },
  }
}
