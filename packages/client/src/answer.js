import { errorOf, ownError, unexpectedAnswer } from './error.js'
import { nextCursor } from './link.js'

/**
 * @import { Body } from './error.js'
 * @import { CallOptions, operations } from './index.js'
 * @typedef {(options?: CallOptions, kind?: { isRepeatable?: boolean }) => Pick<CallOptions, 'signal' | 'headers'> & { fetch: (request: Request) => Promise<Response> }} OptionsOf
 */

/**
 * An empty id, or a word as an id, would change the path to that of another operation, so it is refused here.
 *
 * @param {number | string} id
 */
export function pathOf(id) {
  if (!/^[1-9]\d*$/.test(String(id))) throw ownError('invalid_call', `"${id}" is not the id of a task.`)
  /** @typedef {operations['getTask']['parameters']['path']} Path */
  return { path: /** @type {Path} */ (/** @type {unknown} */ ({ id: String(id) })) }
}

const isObject = (/** @type {unknown} */ data) =>
  typeof data === 'object' && data !== null && !Array.isArray(data)

/**
 * @template Data
 * @param {Promise<{ data?: Data, error?: unknown, response: Response }>} call of openapi-fetch
 * @param {(data: unknown) => boolean} isExpected
 */
export async function answerOf(call, isExpected) {
  const { data, error, response } = await call
  if (!response.ok) throw errorOf(response, /** @type {Body} */ (error))
  if (!isExpected(data)) throw unexpectedAnswer()
  return { data: /** @type {Data} */ (data), response }
}

/**
 * @template Data
 * @param {Promise<{ data?: Data, error?: unknown, response: Response }>} call
 * @param {(data: unknown) => boolean} [isExpected]
 */
export const dataOf = async (call, isExpected = isObject) => (await answerOf(call, isExpected)).data

/** @param {Promise<{ data?: unknown, error?: unknown, response: Response }>} call with an answer without a body */
export async function done(call) {
  await answerOf(call, () => true)
}

/**
 * @template Item
 * @param {Promise<{ data?: Item[], error?: unknown, response: Response }>} call
 */
export async function pageOf(call) {
  const { data, response } = await answerOf(call, Array.isArray)
  const total = response.headers.get('x-total-count')
  const cursor = nextCursor(response.headers.get('link'), response.url)
  return { tasks: data, cursor, total: total === null ? undefined : Number(total) }
}

/**
 * The pages of a list, in order. Each page is fetched when it is needed.
 *
 * @template {{ cursor?: string | undefined, offset?: number | undefined }} Query
 * @template {{ cursor: string | undefined }} Page
 * @param {(query: Query, options?: CallOptions) => Promise<Page>} load
 * @param {Query} query
 * @param {CallOptions} [options]
 * @returns {AsyncGenerator<Page, void, undefined>}
 */
export async function* pagesOf(load, query, options) {
  const { offset: _first, ...others } = query
  let next = await load(query, options)
  yield next
  while (next.cursor !== undefined) {
    next = await load(/** @type {Query} */ ({ ...others, cursor: next.cursor }), options)
    yield next
  }
}
