/** @import { SyncStorage } from './sync.js' */

const STORE = 'entries'

/**
 * @param {{ name: string }} options
 * @returns {SyncStorage}
 */
export function indexedDbStorage({ name }) {
  /** @type {Promise<IDBDatabase> | undefined} */
  let opened

  const open = async () => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    const database = await settled(request)
    // Otherwise a window that deletes the database would wait for this one.
    database.onversionchange = close
    database.onclose = () => (opened = undefined)
    return database
  }
  function close() {
    void opened?.then((database) => database.close())
    opened = undefined
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => void} use
   */
  async function transact(mode, use) {
    opened ??= open()
    // An attempt that failed is repeated the next time.
    const database = await opened.catch((/** @type {Error} */ error) => {
      opened = undefined
      throw error
    })
    const transaction = database.transaction(STORE, mode)
    use(transaction.objectStore(STORE))
    // Not left to the end of its requests, which a page that is being closed does not see.
    transaction.commit?.()
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve
      transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted.'))
    })
  }

  return {
    name,
    async read() {
      /** @type {[IDBRequest<IDBValidKey[]>, IDBRequest<unknown[]>] | undefined} */
      let requests
      await transact('readonly', (store) => (requests = [store.getAllKeys(), store.getAll()]))
      const [keys, values] = requests ?? []
      return new Map(keys?.result.map((key, index) => [/** @type {string} */ (key), values?.result[index]]))
    },
    write: (entries) =>
      transact('readwrite', (store) => {
        for (const [key, value] of entries) {
          if (value === undefined) store.delete(key)
          else store.put(value, key)
        }
      }),
    clear: () => transact('readwrite', (store) => store.clear()),
    close,
  }
}

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The database cannot be opened.'))
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
