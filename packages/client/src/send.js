import { networkError, retryAfterMs, TaskApiError } from './error.js'

/**
 * @import { TaskClientOptions } from './index.js'
 * @import { createTokens } from './tokens.js'
 */

/** Calls that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS = ['GET', 'HEAD']
const PASSING_STATUSES = [429, 503]

/**
 * fetch with a token, and with patience where trying again may help and cannot harm.
 *
 * @param {NonNullable<TaskClientOptions['fetch']>} fetch
 * @param {() => ReturnType<typeof createTokens>} currentTokens
 * @param {TaskClientOptions['retry']} retry
 */
export function createSend(fetch, currentTokens, retry) {
  const { attempts = retry === false ? 1 : 4, delayMs = 300, maxWaitMs = 30_000 } = retry || {}

  /**
   * @param {Request} request
   * @param {boolean} [isRepeatable] whether doing it twice is the same as doing it once
   */
  return async function send(request, isRepeatable = SAFE_METHODS.includes(request.method)) {
    const tokens = currentTokens()
    let waitedMs = 0
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await sendWithToken(request, tokens).catch(onlyNetworkErrors)
      const isFailure = outcome instanceof TaskApiError
      const isPassing = isFailure || PASSING_STATUSES.includes(outcome.status)
      const pauseMs = pauseBetween(outcome, delayMs * 2 ** (attempt - 1))
      if (!isPassing || !isRepeatable || attempt >= attempts || waitedMs + pauseMs > maxWaitMs) {
        if (isFailure) throw outcome
        return outcome
      }
      await sleep(pauseMs, request.signal)
      waitedMs += pauseMs
    }
  }

  /**
   * @param {Request} request
   * @param {ReturnType<typeof createTokens>} tokens
   */
  async function sendWithToken(request, tokens) {
    const used = tokens.get()
    const token = await untilAborted(used, request.signal)
    const answer = await sendOnce(request, token)
    if (answer.status !== 401 || !token) return answer
    const fresh = await untilAborted(tokens.replace(used, token), request.signal)
    return fresh && fresh !== token ? sendOnce(request, fresh) : answer
  }

  /**
   * The body is read here, because an answer that breaks off is a failure of the network, too.
   *
   * @param {Request} request
   * @param {string | null | undefined} token
   */
  async function sendOnce(request, token) {
    const attempt = request.clone()
    if (token) attempt.headers.set('authorization', `Bearer ${token}`)
    try {
      const answer = await fetch(attempt)
      const body = await answer.arrayBuffer()
      return new Response(body.byteLength > 0 ? body : null, answer)
    } catch (error) {
      request.signal.throwIfAborted()
      throw networkError(error)
    }
  }
}

/**
 * What an abort or the token provider threw stays an exception.
 *
 * @param {unknown} error
 */
function onlyNetworkErrors(error) {
  if (error instanceof TaskApiError) return error
  throw error
}

/**
 * At least as long as the service asks for, and at random, so that not all clients come back at once.
 *
 * @param {Response | TaskApiError} outcome
 * @param {number} delayMs
 */
function pauseBetween(outcome, delayMs) {
  const askedMs = outcome instanceof TaskApiError ? undefined : retryAfterMs(outcome.headers)
  return (askedMs ?? delayMs / 2) + (Math.random() * delayMs) / 2
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 */
async function sleep(milliseconds, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const elapsed = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await untilAborted(elapsed, signal).finally(() => clearTimeout(timer))
}

/**
 * @template Value
 * @param {Promise<Value>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<Value>}
 */
function untilAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
