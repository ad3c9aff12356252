import { newId } from './sync-windows.js'

/** Calls of flush() that wait for the end of an attempt, of this window or of another one. */
export function createFlushes() {
  /** @type {Map<string, () => void>} */
  const waiting = new Map()

  /** @param {string} id */
  function end(id) {
    waiting.get(id)?.()
    waiting.delete(id)
  }
  return {
    end,
    ids: () => [...waiting.keys()],
    endAll: () => [...waiting.keys()].forEach(end),
    /** @param {(id: string) => void} begin @returns {Promise<void>} */
    wait(begin) {
      const id = newId()
      const ended = new Promise((/** @type {(value?: undefined) => void} */ resolve) =>
        waiting.set(id, resolve),
      )
      begin(id)
      return ended
    },
    /** Returns a function to call after the attempt that begins now. It answers the calls made before. */
    onAttempt: () => {
      const ids = [...waiting.keys()]
      return () => ids.forEach(end)
    },
  }
}
