/** @import { SyncChannel, SyncOptions } from './sync.js' */

/** Returns a random id, also on pages without https, which have no crypto.randomUUID. */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

/**
 * Runs when no other window has the lock, and keeps it until the end.
 *
 * @param {SyncOptions['lock']} lock
 * @param {string} name
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} run
 */
export async function whileLocked(lock = globalThis.navigator?.locks, name, signal, run) {
  if (!lock) return run()
  await lock.request(name, { signal }, run).catch((/** @type {unknown} */ error) => {
    if (!signal.aborted) throw error
  })
}

/** @param {string} name */
export const broadcastChannel = (name) => /** @type {SyncChannel} */ (new BroadcastChannel(name))

export const isOnline = () => globalThis.navigator?.onLine !== false

/**
 * Listens to the events of the browser. Outside browsers it does nothing.
 *
 * @param {AbortSignal} signal
 * @param {Record<'onOnline' | 'onOffline' | 'onVisible' | 'onShown', () => void>} listener
 */
export function watchBrowser(signal, { onOnline, onOffline, onVisible, onShown }) {
  const page = /** @type {Partial<Window & typeof globalThis>} */ (globalThis)
  page.addEventListener?.('online', onOnline, { signal })
  page.addEventListener?.('offline', onOffline, { signal })
  page.addEventListener?.('pageshow', ({ persisted }) => persisted && onShown(), { signal })
  const onChange = () => page.document?.visibilityState === 'visible' && onVisible()
  page.document?.addEventListener('visibilitychange', onChange, { signal })
}
