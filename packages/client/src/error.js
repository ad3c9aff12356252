/**
 * @import { Problem, TaskApiErrorFields } from './index.js'
 * @typedef {Partial<Problem> | string | null | undefined} Body of an error; a proxy may send anything
 */

export class TaskApiError extends Error {
  /**
   * @param {TaskApiErrorFields} fields
   * @param {ErrorOptions} [options]
   */
  constructor({ status, code, detail, errors = [], requestId, retryAfter }, options) {
    super(detail, options)
    this.name = 'TaskApiError'
    this.status = status
    this.code = code
    this.detail = detail
    this.errors = errors
    this.requestId = requestId
    this.retryAfter = retryAfter
  }
}

/**
 * An error that the service did not send. Its status is 0.
 *
 * @param {import('./index.js').ClientErrorCode} code
 * @param {string} detail
 * @param {unknown} [cause]
 */
export const ownError = (code, detail, cause) => new TaskApiError({ status: 0, code, detail }, { cause })

/** @param {unknown} [cause] */
export const unexpectedAnswer = (cause) =>
  ownError('unexpected_answer', 'The answer is not one of this service. Check baseUrl and proxies.', cause)

/**
 * Whether JavaScript itself threw the error: on input that makes no request, or on an answer that is not JSON.
 *
 * @param {unknown} error
 */
export const isProgramError = (error) => error instanceof Error && /^(Type|Syntax|URI)Error$/.test(error.name)

/**
 * @param {Response} answer
 * @param {Body} body
 */
export function errorOf({ status, headers }, body) {
  const problem = typeof body === 'object' && body ? body : {}
  const retryAfter = retryAfterMs(headers)
  return new TaskApiError({
    status,
    code: typeof problem.code === 'string' ? problem.code : 'unexpected_answer',
    detail: typeof problem.detail === 'string' ? problem.detail : `The answer has the status ${status}.`,
    errors: Array.isArray(problem.errors) ? problem.errors : [],
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfter: retryAfter === undefined ? undefined : Math.ceil(retryAfter / 1000),
  })
}

/**
 * Retry-After as seconds or as a date (RFC 9110, 10.2.3), in milliseconds from now.
 *
 * @param {Headers} headers
 */
export function retryAfterMs(headers) {
  const value = headers.get('retry-after') ?? ''
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
