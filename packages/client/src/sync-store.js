/**
 * @import { SyncChannel, SyncStorage } from './sync.js'
 * @typedef {object} Message between the windows of one storage
 * @property {[string, unknown][]} [entries] that are in the storage now
 * @property {boolean} [isLeader] whether they come from the window that reads and sends
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
  /** What is put while the storage is read. @type {Map<string, unknown> | undefined} */
  let recent
  let isLeader = false
  /** @type {Map<string, unknown> | undefined} */
  let saving
  /** @type {Promise<void> | undefined} */
  let saved
  /** @type {SyncChannel | undefined} */
  let channel

  async function save() {
    // `saved` is set then.
    await Promise.resolve()
    while (unsaved.size > 0) {
      const entries = unsaved
      unsaved = new Map()
      saving = entries
      try {
        await storage.write(entries)
        onFailure(undefined)
      } catch (error) {
        unsaved = new Map([...entries, ...unsaved])
        saving = saved = undefined
        onFailure(error)
        throw error
      }
      channel?.postMessage({ entries: [...entries], isLeader })
    }
    saving = saved = undefined
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
    /** @param {boolean} leads */
    setLeader(leads) {
      isLeader = leads
    },
    post: (/** @type {Message} */ message) => channel?.postMessage(message),
    /** @param {string} key @param {unknown} value undefined: delete */
    put(key, value) {
      unsaved.set(key, value)
      recent?.set(key, value)
    },
    /**
     * Resolves when everything is stored.
     *
     * @throws what the storage throws; the entries are kept for the next time
     */
    save() {
      saved ??= save()
      return saved
    },
    /** Everything, with what is not stored yet. */
    async read() {
      recent = new Map([...(saving ?? []), ...unsaved])
      const entries = await storage.read()
      for (const [key, value] of recent) entries.set(key, value)
      recent = undefined
      return entries
    },
    async clear() {
      await saved?.catch(() => {})
      unsaved.clear()
      await storage.clear()
    },
  }
}
