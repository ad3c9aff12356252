import { sleep, withDeadline } from './deadline.js'
import { ownError, retryAfterMs, TaskApiError } from './error.js'

/**
 * @import { TaskClientOptions } from './index.js'
 * @import { createTokens } from './tokens.js'
 * @typedef {ReturnType<typeof createTokens>} Tokens
 * @typedef {object} SendOptions
 * @property {boolean} [isRepeatable] whether the call is idempotent, so that it may be repeated
 * @property {number | undefined} [timeoutMs] of each attempt
 */

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS = ['GET', 'HEAD']
/** With this status the service has refused the request before it did anything. */
const NOTHING_DONE = 429
/** Another attempt may succeed. 0: there was no answer. */
const PASSING_STATUSES = [0, 408, NOTHING_DONE, 502, 503, 504]

/**
 * fetch with a token, a timeout and further attempts.
 *
 * @param {object} options
 * @param {NonNullable<TaskClientOptions['fetch']>} options.fetch
 * @param {() => Tokens} options.currentTokens
 * @param {TaskClientOptions['retry']} options.retry
 * @param {number} options.timeoutMs of each attempt; 0: no limit
 */
export function createSend({ fetch, currentTokens, retry, timeoutMs: defaultTimeoutMs }) {
  const { attempts = retry === false ? 1 : 4, delayMs = 300, maxWaitMs = 30_000, onRetry } = retry || {}

  /**
   * @param {Request} request
   * @param {SendOptions} [options]
   */
  return async function send(request, options = {}) {
    const { isRepeatable = SAFE_METHODS.includes(request.method), timeoutMs = defaultTimeoutMs } = options
    const { method, url, signal } = request
    if (!/^https?:/.test(url)) throw ownError('invalid_call', `"${url}" is not an address. Check baseUrl.`)
    const tokens = currentTokens()
    const start = performance.now()
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await sendWithToken(request, tokens, timeoutMs)
      const { status } = outcome
      const waitMs = pauseAfter(outcome, delayMs * 2 ** (attempt - 1))
      const mayHelp = isRepeatable ? PASSING_STATUSES.includes(status) : status === NOTHING_DONE
      if (!mayHelp || attempt >= attempts || performance.now() - start + waitMs > maxWaitMs) {
        if (outcome instanceof TaskApiError) throw outcome
        return outcome
      }
      onRetry?.({ attempt, status, waitMs, method, url })
      await sleep(waitMs, signal)
    }
  }

  /**
   * One attempt. If the service refuses the token, it is repeated once with a new token.
   *
   * @param {Request} request
   * @param {Tokens} tokens
   * @param {number} timeoutMs
   */
  async function sendWithToken(request, tokens, timeoutMs) {
    const used = tokens.current()
    const token = await tokens.answer(used, request.signal)
    const outcome = await sendOnce(request, token, timeoutMs)
    if (outcome.status !== 401 || !token) return outcome
    const fresh = await tokens.answer(tokens.replace(used, token), request.signal)
    return fresh && fresh !== token ? sendOnce(request, fresh, timeoutMs) : outcome
  }

  /**
   * The body is read here, because an incomplete answer is a network error, too.
   *
   * @param {Request} request
   * @param {string | null | undefined} token
   * @param {number} timeoutMs
   * @returns {Promise<Response | TaskApiError>} an error if there is no complete answer
   */
  async function sendOnce(request, token, timeoutMs) {
    try {
      return await withDeadline(
        async (signal) => {
          const attempt = new Request(request.clone(), { signal })
          if (token) attempt.headers.set('authorization', `Bearer ${token}`)
          const answer = await fetch(attempt)
          if (/^text\/event-stream/.test(answer.headers.get('content-type') ?? ''))
            return stream(answer, request.signal)
          const body = await answer.arrayBuffer()
          const complete = new Response(body.byteLength > 0 ? body : null, answer)
          return Object.defineProperty(complete, 'url', { value: answer.url || request.url })
        },
        { signal: request.signal, timeoutMs },
      )
    } catch (error) {
      request.signal.throwIfAborted()
      if (error instanceof TaskApiError) return error
      return ownError('network_error', 'The service cannot be reached.', error)
    }
  }
}

/**
 * Returns the answer of a stream at once, because a stream does not end. It ends when `signal` is aborted.
 *
 * @param {Response} answer
 * @param {AbortSignal} signal
 */
const stream = (answer, signal) =>
  new Response(answer.body?.pipeThrough(new TransformStream(), { signal }), answer)

/**
 * The wait before the next attempt: at least Retry-After, plus a random time, so that clients do not return all at once.
 *
 * @param {Response | TaskApiError} outcome
 * @param {number} delayMs
 */
function pauseAfter(outcome, delayMs) {
  const askedMs = outcome instanceof TaskApiError ? undefined : retryAfterMs(outcome.headers)
  return (askedMs ?? delayMs / 2) + (Math.random() * delayMs) / 2
}
