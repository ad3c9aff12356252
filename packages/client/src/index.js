import createClient from 'openapi-fetch'
import { answerOf, dataOf, pathOf } from './answers.js'
import { isProgramError, ownError, TaskApiError, unexpectedAnswer } from './error.js'
import { nextCursor } from './link.js'
import { createSend } from './send.js'
import { createTokens } from './tokens.js'
import { createTrashCalls } from './trash.js'

/** @import { CallOptions, TaskClient, TaskClientOptions } from './index.js' */

export { TaskApiError }

const PAGE_SIZE = 50
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

  /**
   * @param {CallOptions} [options]
   * @param {{ isRepeatable?: boolean }} [kind]
   */
  const optionsOf = ({ timeoutMs, ...init } = {}, kind) => ({
    ...init,
    fetch: (/** @type {Request} */ request) => send(request, { timeoutMs, ...kind }),
  })

  /** @type {TaskClient['page']} */
  async function page(query = {}, options) {
    const params = { query: { ...query, limit: query.limit ?? PAGE_SIZE } }
    const call = api.GET('/api/tasks', { ...optionsOf(options), params })
    const { data, response } = await answerOf(call, Array.isArray)
    const total = response.headers.get('x-total-count')
    const cursor = nextCursor(response.headers.get('link'), response.url)
    return { tasks: data, cursor, total: total === null ? undefined : Number(total) }
  }

  return {
    api,
    page,
    async *pages({ cursor, offset, ...query } = {}, options) {
      let next = await page({ ...query, cursor, offset }, options)
      yield next
      while (next.cursor !== undefined) {
        next = await page({ ...query, cursor: next.cursor }, options)
        yield next
      }
    },
    list: (query, options) =>
      dataOf(api.GET('/api/tasks', { ...optionsOf(options), params: { query } }), Array.isArray),
    get: async (id, options) =>
      dataOf(api.GET('/api/tasks/{id}', { ...optionsOf(options), params: pathOf(id) })),
    create: (task, options) => dataOf(api.POST('/api/tasks', { ...optionsOf(options), body: task })),
    update: async (id, changes, options) =>
      dataOf(api.PATCH('/api/tasks/{id}', { ...optionsOf(options), params: pathOf(id), body: changes })),
    async complete(id, completed, options) {
      const call = { ...optionsOf(options, { isRepeatable: true }), params: pathOf(id), body: { completed } }
      return dataOf(api.PATCH('/api/tasks/{id}/complete', call))
    },
    async delete(id, options) {
      await answerOf(api.DELETE('/api/tasks/{id}', { ...optionsOf(options), params: pathOf(id) }), () => true)
    },
    ...createTrashCalls(api, optionsOf),
    summary: (query, options) =>
      dataOf(api.GET('/api/tasks/summary', { ...optionsOf(options), params: { query } })),
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
