/**
 * @import { Problem, TaskApiErrorFields } from './index.js'
 * @typedef {Partial<Problem> | string | undefined} ProblemOrText a proxy on the way may answer with anything
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

/** @param {unknown} cause */
export const networkError = (cause) =>
  new TaskApiError({ status: 0, code: 'network_error', detail: 'The service cannot be reached.' }, { cause })

/** @param {unknown} cause */
export const notJson = (cause) =>
  new TaskApiError(
    { status: 0, code: 'unexpected_answer', detail: 'The answer is not JSON: is baseUrl right?' },
    { cause },
  )

/**
 * @param {Response} answer
 * @param {ProblemOrText} body
 */
export function errorOf({ status, headers }, body) {
  const problem = typeof body === 'string' ? undefined : body
  const retryAfter = retryAfterMs(headers)
  return new TaskApiError({
    status,
    code: problem?.code ?? 'unexpected_answer',
    detail: problem?.detail ?? `The answer has the status ${status}.`,
    errors: problem?.errors,
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
