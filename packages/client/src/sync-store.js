/**
 * @import { SyncChannel, SyncStorage } from './sync.js'
 * @typedef {object} Message between the windows of one storage
 * @property {[string, unknown][]} [entries] that changed
 * @property {boolean} [isLeader] whether they come from the window that reads and sends
 * @property {object} [status] of the window that reads and sends
 * @property {'hello' | 'reload' | 'clear'} [news] a window started; a window took over; the user signed out
 * @property {string} [flush] a window asks for an attempt at once
 * @property {string} [flushed] the answer to it
 */

export const FOREIGN = 'The storage belongs to another user.'

/**
 * Writes entries to the storage in the order of their changes, as many as possible at once, and then tells the other
 * windows. A storage that was not read is not written, because its content would be mixed with another copy.
 *
 * @param {SyncStorage} storage
 * @param {object} options
 * @param {string} options.userId
 * @param {() => Iterable<[string, unknown]>} options.everything that the storage must have
 * @param {(message: Message) => void} options.onMessage
 * @param {(error: unknown) => void} options.onFailure undefined after a success
 */
export function createStore(storage, { userId, everything, onMessage, onFailure }) {
  /** @type {Map<string, unknown>} */
  let unsaved = new Map()
  /** What is put while the storage is read, for each reading. @type {Set<Map<string, unknown>>} */
  const overlays = new Set()
  /** Names of entries that other windows know although the storage does not. @type {Set<string>} */
  const unstored = new Set()
  let isRead = false
  /** Why the storage could not be read. @type {Error | undefined} */
  let failure
  let isForeign = false
  let isLeader = false
  let isFailing = false
  /** @type {Map<string, unknown> | undefined} */
  let saving
  /** @type {Promise<void> | undefined} */
  let saved
  /** @type {SyncChannel | undefined} */
  let channel

  /** @param {string} key @param {unknown} value undefined: delete */
  function put(key, value) {
    unsaved.set(key, value)
    for (const overlay of overlays) overlay.set(key, value)
  }
  /** @param {Message} message */
  const post = (message) => channel?.postMessage(message)
  const postEntries = (/** @type {Map<string, unknown>} */ entries) =>
    post({ entries: [...entries], isLeader })

  /**
   * @param {(entries: Map<string, unknown>) => void} [take] called at once with what was read: what is put after this
   *   would be missing
   */
  async function read(take = () => {}) {
    const overlay = new Map([...(saving ?? []), ...unsaved])
    overlays.add(overlay)
    try {
      const entries = await storage.read()
      isForeign = [...entries].some(isOfAnother)
      if (isForeign) throw new Error(FOREIGN)
      if (!entries.has('user')) put('user', userId)
      for (const [key, value] of overlay) entries.set(key, value)
      isRead = true
      failure = undefined
      take(entries)
    } catch (error) {
      isRead = false
      failure = error instanceof Error ? error : new Error(String(error))
      throw failure
    } finally {
      overlays.delete(overlay)
    }
  }
  /** @param {[string, unknown]} entry */
  function isOfAnother([name, value]) {
    if (name === 'user') return value !== userId
    if (!name.startsWith('task:')) return false
    const { task } = /** @type {import('./sync-view.js').Entry} */ (value)
    return task.user_id !== userId
  }

  async function save() {
    // `saved` is set then.
    await Promise.resolve()
    try {
      // Until another reading succeeds, and the copy has the entries that it found.
      if (failure) throw failure
      if (!isRead) await read()
      while (unsaved.size > 0) await saveOnce()
    } catch (error) {
      isFailing = true
      onFailure(error)
      throw error
    } finally {
      saved = undefined
    }
  }
  async function saveOnce() {
    const entries = unsaved
    unsaved = new Map()
    saving = entries
    try {
      await storage.write(entries)
      isFailing = false
      onFailure(undefined)
    } catch (error) {
      // Earlier writes may be lost, too.
      unsaved = new Map([...(isLeader ? everything() : []), ...entries, ...unsaved])
      for (const key of entries.keys()) unstored.add(key)
      if (isFailing) throw error
      isFailing = true
    } finally {
      saving = undefined
    }
    postEntries(entries)
  }

  /**
   * The leader has finished a write that it knows only from a message. A late success of this window must not store it
   * again.
   *
   * @param {[string, unknown][]} entries
   */
  function endUnstored(entries) {
    const ended = entries.filter(([key, value]) => value === undefined && unstored.delete(key))
    for (const [key] of ended) put(key, undefined)
    if (ended.length > 0) void saveAll().catch(() => {})
  }
  const saveAll = () => (saved ??= save())

  return {
    put,
    post,
    read,
    /** @param {string} name @param {(name: string) => SyncChannel} connect */
    open(name, connect) {
      channel = connect(name)
      channel.onmessage = ({ data }) => {
        const message = /** @type {Message} */ (data)
        if (message.isLeader) endUnstored(message.entries ?? [])
        onMessage(message)
      }
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
    /** Another window is responsible for the copy from now on. */
    dropCopy() {
      for (const key of unsaved.keys()) if (!key.startsWith('op:')) unsaved.delete(key)
    },
    /**
     * Resolves when everything is stored.
     *
     * @throws what the storage throws; the entries are kept for the next time
     */
    save: saveAll,
    /** @throws what the storage throws */
    async clear() {
      await saved?.catch(() => {})
      unsaved.clear()
      if (!isForeign) await storage.clear()
      isRead = false
      failure = undefined
    },
  }
}
