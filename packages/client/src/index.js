import createClient from 'openapi-fetch'
import { errorOf, notJson, TaskApiError } from './error.js'
import { nextCursor } from './link.js'
import { createSend } from './send.js'
import { createTokens } from './tokens.js'

/**
 * @import { ProblemOrText } from './error.js'
 * @import { TaskClient, TaskClientOptions } from './index.js'
 */

export { TaskApiError }

const PAGE_SIZE = 50

/**
 * @param {TaskClientOptions} options
 * @returns {TaskClient}
 */
export function createTaskClient({ baseUrl, token, fetch = globalFetch, retry, ...init }) {
  let tokens = createTokens(token)
  const send = createSend(fetch, () => tokens, retry)
  /** @type {TaskClient['api']} */
  const api = createClient({ ...init, baseUrl, fetch: (request) => send(request) })

  /** @type {TaskClient['page']} */
  async function page(query = {}, options) {
    const params = { query: { ...query, limit: query.limit ?? PAGE_SIZE } }
    const { data, response } = await answerOf(api.GET('/api/tasks', { ...options, params }))
    const total = response.headers.get('x-total-count')
    const cursor = nextCursor(response.headers.get('link'))
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
    list: (query, options) => dataOf(api.GET('/api/tasks', { ...options, params: { query } })),
    get: (id, options) => dataOf(api.GET('/api/tasks/{id}', { ...options, params: pathOf(id) })),
    create: (task, options) => dataOf(api.POST('/api/tasks', { ...options, body: task })),
    update: (id, changes, options) =>
      dataOf(api.PATCH('/api/tasks/{id}', { ...options, params: pathOf(id), body: changes })),
    complete(id, completed, options) {
      const call = { ...options, params: pathOf(id), body: { completed } }
      return dataOf(
        api.PATCH('/api/tasks/{id}/complete', { ...call, fetch: (request) => send(request, true) }),
      )
    },
    delete: (id, options) => dataOf(api.DELETE('/api/tasks/{id}', { ...options, params: pathOf(id) })),
    summary: (query, options) => dataOf(api.GET('/api/tasks/summary', { ...options, params: { query } })),
    me: (options) => dataOf(api.GET('/api/me', { ...options })),
    forgetToken() {
      tokens.end()
      tokens = createTokens(token)
    },
  }
}

/** The one of the moment: monitoring and tests replace it. */
const globalFetch = (/** @type {Request} */ request) => globalThis.fetch(request)

const pathOf = (/** @type {number} */ id) => ({ path: { id: String(id) } })

/**
 * @template Data
 * @param {Promise<{ data?: Data, error?: unknown, response: Response }>} call of openapi-fetch
 */
async function answerOf(call) {
  const { data, error, response } = await call.catch((cause) => {
    throw cause instanceof SyntaxError ? notJson(cause) : cause
  })
  if (!response.ok) throw errorOf(response, /** @type {ProblemOrText} */ (error))
  return { data: /** @type {Data} */ (data), response }
}

/**
 * @template Data
 * @param {Promise<{ data?: Data, error?: unknown, response: Response }>} call
 */
const dataOf = async (call) => (await answerOf(call)).data
