import { setImmediate } from 'node:timers/promises'

/** Maximum time in milliseconds for which reading a file blocks other requests. */
const SLICE_MS = 5

/** Returns a function that yields to the event loop if SLICE_MS have passed since it last did. */
export function createPace() {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < SLICE_MS) return
    await setImmediate()
    since = performance.now()
  }
}
