import { setImmediate } from 'node:timers/promises'

/** Longest time in milliseconds that reading a file keeps other requests waiting. */
const SLICE_MS = 5

/** Returns a function that lets the event loop turn, if the last turn was more than SLICE_MS ago. */
export function createPace() {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < SLICE_MS) return
    await setImmediate()
    since = performance.now()
  }
}
