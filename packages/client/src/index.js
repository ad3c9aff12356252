import createClient from 'openapi-fetch'
import { dataOf } from './answer.js'
import { bulkCalls } from './bulk-calls.js'
import { isProgramError, ownError, TaskApiError, unexpectedAnswer } from './error.js'
import { createSend } from './send.js'
import { taskCalls } from './task-calls.js'
import { createTokens } from './tokens.js'

/**
 * @import { OptionsOf } from './answer.js'
 * @import { CallOptions, TaskClient, TaskClientOptions } from './index.js'
 */

export { TaskApiError }

const TIMEOUT_MS = 20_000

/**
 * @param {TaskClientOptions} options
 * @returns {TaskClient}
 */
export function createTaskClient(options) {
  const { baseUrl, token, fetch = globalFetch, retry, timeoutMs = TIMEOUT_MS, ...init } = options
  let tokens = createTokens(token, timeoutMs)
  const send = createSend({ fetch, currentTokens: () => tokens, retry, timeoutMs })
  /** @type {TaskClient['api']} */
  const api = createClient({ ...init, baseUrl, fetch: (request) => send(request) })
  nameErrors(api)

  /** @type {OptionsOf} */
  const optionsOf = ({ timeoutMs, ...init } = {}, kind) => ({
    ...init,
    fetch: (request) => send(request, { timeoutMs, ...kind }),
  })

  return {
    api,
    ...taskCalls(api, optionsOf),
    ...bulkCalls(api, optionsOf),
    me: (options) => dataOf(api.GET('/api/me', optionsOf(options))),
    forgetToken() {
      tokens.end()
      tokens = createTokens(token, timeoutMs)
    },
  }
}

/** Looked up for each request, because monitoring and tests replace it. */
const globalFetch = (/** @type {Request} */ request) => globalThis.fetch(request)

/**
 * Makes all calls throw a TaskApiError where openapi-fetch throws a bare TypeError, SyntaxError or URIError.
 *
 * @param {TaskClient['api']} api
 */
function nameErrors(api) {
  const calls = /** @type {Record<string, (...args: unknown[]) => Promise<unknown>>} */ (
    /** @type {unknown} */ (api)
  )
  for (const [name, call] of Object.entries(calls)) {
    if (!/^(request|[A-Z]+)$/.test(name)) continue
    calls[name] = (...args) =>
      call(...args).catch((/** @type {Error} */ error) => {
        const options = /** @type {CallOptions | undefined} */ (args.at(-1))
        if (!isProgramError(error) || options?.signal?.reason === error) throw error
        throw error instanceof SyntaxError
          ? unexpectedAnswer(error)
          : ownError('invalid_call', `The call is not valid: ${error.message}`, error)
      })
  }
}
