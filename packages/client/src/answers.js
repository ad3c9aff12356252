import { errorOf, ownError, unexpectedAnswer } from './error.js'

/**
 * @import { Body } from './error.js'
 * @import { operations } from './index.js'
 */

/**
 * An empty id, or one that is a word, would lead to another operation, so it is refused here.
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
