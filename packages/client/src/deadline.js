import { ownError } from './error.js'

/** The maximum delay of setTimeout. */
const MAX_DELAY_MS = 2 ** 31 - 1

/**
 * Runs a task that ends after `timeoutMs` (0: never), or when `signal` is aborted. The task gets a signal that is
 * aborted then. The returned promise rejects then, even if the task ignores its signal.
 *
 * @template Value
 * @param {(signal: AbortSignal) => Value | Promise<Value>} task
 * @param {{ signal: AbortSignal, timeoutMs: number }} limits
 * @returns {Promise<Value>}
 * @throws {TaskApiError} with the code `timeout`; or the reason of `signal`
 */
export async function withDeadline(task, { signal, timeoutMs }) {
  signal.throwIfAborted()
  const controller = new AbortController()
  const abort = () => controller.abort(signal.reason)
  signal.addEventListener('abort', abort)
  const timer =
    timeoutMs > 0
      ? setTimeout(() => controller.abort(timeoutError(timeoutMs)), Math.min(timeoutMs, MAX_DELAY_MS))
      : undefined
  try {
    return await untilAborted(Promise.resolve(task(controller.signal)), controller.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** @param {number} timeoutMs */
const timeoutError = (timeoutMs) => ownError('timeout', `No answer came within ${timeoutMs / 1000} seconds.`)

/**
 * Waits, unless `signal` is aborted first.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 */
export async function sleep(milliseconds, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const elapsed = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await untilAborted(elapsed, signal).finally(() => clearTimeout(timer))
}

/**
 * Rejects with the reason of `signal` as soon as it is aborted. The promise itself goes on.
 *
 * @template Value
 * @param {Promise<Value>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<Value>}
 */
export function untilAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
