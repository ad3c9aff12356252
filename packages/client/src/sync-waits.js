import { TaskApiError } from './error.js'

/** The maximum delay of setTimeout. */
const FOREVER_MS = 2 ** 31 - 1
/** Maximum wait after Retry-After. Its date may be far away if the clock of this device is wrong. */
const MAX_RETRY_AFTER_MS = 3600_000

/**
 * The waits of one window, which end early when there is something to do.
 *
 * @param {object} options
 * @param {() => number} options.random
 * @param {import('./sync.js').SyncTimings} options.timings
 * @param {AbortSignal} options.signal ends all
 */
export function createWaits({ random, timings, signal }) {
  /** @type {Set<(isUrgent: boolean) => void>} */
  const current = new Set()

  /** @param {number} ms @param {boolean} [isFirm] whether only what is urgent ends it */
  const wait = (ms, isFirm = false) =>
    new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      const end = (isUrgent = true) => {
        if (isFirm && !isUrgent && !signal.aborted) return
        clearTimeout(timer)
        current.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      current.add(end)
      if (signal.aborted) end()
    })

  return {
    wait,
    untilUrgent: () => wait(FOREVER_MS, true),
    /** @param {number} failures in a row @param {unknown} error the last one */
    afterFailure(failures, error) {
      const most = Math.min(timings.retry * 2 ** (failures - 1), timings.maxRetry)
      const retryAfter = error instanceof TaskApiError ? (error.retryAfter ?? 0) * 1000 : 0
      const asked = Math.min(retryAfter, MAX_RETRY_AFTER_MS)
      return wait(Math.max(most / 2, asked) + (random() * most) / 2, true)
    },
    /** @param {boolean} isUrgent */
    end(isUrgent) {
      for (const end of [...current]) end(isUrgent)
    },
  }
}
