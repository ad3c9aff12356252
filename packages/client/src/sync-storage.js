/** @import { SyncStorage } from './sync.js' */

const STORE = 'entries'

/**
 * Rejects the first write after the database was closed from outside. It may have been deleted, and earlier writes may
 * be lost.
 *
 * @param {{ name: string, openTimeout?: number | undefined }} options
 * @returns {SyncStorage}
 */
export function indexedDbStorage({ name, openTimeout = 10_000 }) {
  /** @type {Promise<IDBDatabase> | undefined} */
  let opened
  let wasLost = false

  async function open() {
    const database = await openDatabase(name, openTimeout)
    // Otherwise a window that deletes the database would wait for this one.
    database.onversionchange = database.onclose = () => {
      wasLost = true
      close()
    }
    return database
  }
  function close() {
    void opened?.then(
      (database) => database.close(),
      () => {},
    )
    opened = undefined
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => void} use
   */
  async function transact(mode, use) {
    opened ??= open()
    try {
      const database = await opened
      const transaction = database.transaction(STORE, mode)
      await completed(transaction, use)
    } catch (error) {
      // Safari closes connections without an event. The next attempt opens a new one.
      close()
      throw error
    }
  }

  async function readOnce() {
    /** @type {[IDBRequest<IDBValidKey[]>, IDBRequest<unknown[]>] | undefined} */
    let requests
    await transact('readonly', (store) => (requests = [store.getAllKeys(), store.getAll()]))
    const [keys, values] = requests ?? []
    wasLost = false
    return new Map(keys?.result.map((key, index) => [/** @type {string} */ (key), values?.result[index]]))
  }

  return {
    name,
    read: () => readOnce().catch(readOnce),
    async write(entries) {
      if (wasLost) {
        wasLost = false
        throw new Error('The connection to the database was lost.')
      }
      await transact('readwrite', (store) => {
        for (const [key, value] of entries) {
          if (value === undefined) store.delete(key)
          else store.put(value, key)
        }
      })
    },
    async clear() {
      await transact('readwrite', (store) => store.clear())
      wasLost = false
    },
    close,
  }
}

/**
 * @param {string} name
 * @param {number} timeout in milliseconds
 * @returns {Promise<IDBDatabase>}
 * @throws if another window holds the database for longer than `timeout`
 */
const openDatabase = (name, timeout) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    const timer = setTimeout(() => {
      // An unused connection would block others.
      request.onsuccess = () => request.result.close()
      reject(new Error('The database does not open.'))
    }, timeout)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => {
      clearTimeout(timer)
      resolve(request.result)
    }
    request.onerror = () => {
      clearTimeout(timer)
      reject(request.error ?? new Error('The database cannot be opened.'))
    }
  })

/**
 * @param {IDBTransaction} transaction
 * @param {(store: IDBObjectStore) => void} use
 */
const completed = (transaction, use) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = resolve
    transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted.'))
    try {
      use(transaction.objectStore(STORE))
    } catch (error) {
      transaction.abort()
      throw error
    }
    // Commits at once. The automatic commit would come too late for a page that is being closed.
    transaction.commit?.()
  })

/**
 * @param {{ name?: string | undefined }} [options]
 * @returns {SyncStorage}
 */
export function memoryStorage({ name = crypto.randomUUID() } = {}) {
  /** @type {Map<string, unknown>} */
  const stored = new Map()
  return {
    name,
    read: async () => new Map(stored),
    async write(entries) {
      for (const [key, value] of entries) {
        if (value === undefined) stored.delete(key)
        else stored.set(key, structuredClone(value))
      }
    },
    clear: async () => stored.clear(),
  }
}
