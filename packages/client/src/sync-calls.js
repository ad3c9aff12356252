import { errorOf, ownError, TaskApiError, unexpectedAnswer } from './error.js'

/**
 * @import { Task, TaskClient } from './index.js'
 * @import { SyncProblem } from './sync.js'
 * @import { Body } from './error.js'
 * @import { Fields } from './sync-fields.js'
 *
 * @template [Data=unknown]
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {Data} data of a success
 * @property {TaskApiError | undefined} error a refusal for good
 * @property {Task | undefined} current with a refusal because the task has changed
 */

/** Refusals after which another attempt may succeed. */
const PASSING_STATUSES = [408, 409, 425, 429]
const SERVER_ERROR = 500
/** Errors of a proxy, or of a wrong baseUrl. Only an error of the service about the task itself ends a write. */
const FOREIGN_CODES = ['unexpected_answer', 'route_not_found', 'method_not_allowed']
export const NOT_FOUND = 'task_not_found'

/** Nobody is signed in, or another user is. */
export const isSignedOut = (/** @type {unknown} */ error) =>
  error instanceof TaskApiError && (error.status === 401 || error.code === 'wrong_user')

/** Errors that may be caused by this one request, so that other requests are still sent. */
export const isLocal = (/** @type {unknown} */ error) =>
  error instanceof TaskApiError && error.status === SERVER_ERROR

/**
 * @param {unknown} error
 * @returns {SyncProblem}
 */
export function problemOf(error) {
  if (error instanceof TaskApiError) {
    const { status, code, detail, errors } = error
    return { status, code, detail, errors }
  }
  return { status: 0, code: 'sync_failed', detail: String(error), errors: [] }
}

/**
 * The calls of the service that synchronization needs. They name the user, so the service refuses the token of another.
 * They throw if another attempt may succeed.
 *
 * @param {TaskClient} client
 * @param {string} userId
 */
export function createCalls({ api }, userId) {
  const path = { user_id: userId }
  /** @param {number} id */
  const taskPath = (id) => ({ user_id: userId, id: /** @type {never} */ (String(id)) })

  /**
   * @param {Promise<{ data?: unknown, error?: unknown, response: Response }>} call
   * @returns {Promise<Answer>}
   */
  async function answerTo(call) {
    const { data, error: body, response } = await call
    if (response.ok) return { ok: true, data, error: undefined, current: undefined }
    const error = errorOf(response, /** @type {Body} */ (body))
    const { status, code } = error
    const isForeign = FOREIGN_CODES.includes(code)
    const mayPass = status >= SERVER_ERROR || PASSING_STATUSES.includes(status) || isForeign
    if (mayPass || isSignedOut(error)) throw error
    const { current } = /** @type {{ current?: Task }} */ (body)
    return { ok: false, data: undefined, error, current }
  }

  /** @param {Parameters<typeof answerTo>[0]} call */
  async function taskOf(call) {
    const answer = /** @type {Answer<Task>} */ (await answerTo(call))
    if (answer.ok && typeof answer.data?.id !== 'number') throw unexpectedAnswer()
    return answer
  }

  return {
    /** @param {Fields} fields @param {string} key @param {AbortSignal} signal */
    create: (fields, key, signal) =>
      taskOf(
        api.POST('/api/{user_id}/tasks', {
          params: { path, header: { 'idempotency-key': key } },
          body: /** @type {any} */ (fields),
          signal,
        }),
      ),
    /** @param {Task} task @param {Fields} fields @param {AbortSignal} signal */
    update: ({ id, updated_at }, fields, signal) =>
      taskOf(
        api.PATCH('/api/{user_id}/tasks/{id}', {
          params: { path: taskPath(id), header: { 'if-match': `"${updated_at}"` } },
          body: fields,
          signal,
        }),
      ),
    /** @param {Task} task @param {AbortSignal} signal */
    remove: ({ id, updated_at }, signal) =>
      answerTo(
        api.DELETE('/api/{user_id}/tasks/{id}', {
          params: { path: taskPath(id), header: { 'if-match': `"${updated_at}"` } },
          signal,
        }),
      ),
    /** @param {number} id @param {AbortSignal} signal */
    restore: (id, signal) =>
      taskOf(api.POST('/api/{user_id}/tasks/{id}/restore', { params: { path: taskPath(id) }, signal })),
    /**
     * @param {number} id @param {AbortSignal} signal
     * @returns {Promise<Task | undefined>} undefined if the task is not there
     */
    async find(id, signal) {
      const params = { path: taskPath(id) }
      const { data, error } = await taskOf(api.GET('/api/{user_id}/tasks/{id}', { params, signal }))
      if (error && error.code !== NOT_FOUND) throw error
      return error ? undefined : data
    },
    /** @param {string | undefined} cursor @param {AbortSignal} signal */
    async changes(cursor, signal) {
      const query = { limit: 500, ...(cursor !== undefined && { cursor }) }
      const answer = await answerTo(
        api.GET('/api/{user_id}/tasks/changes', { params: { path, query }, signal }),
      )
      const { error } = answer
      if (error && error.code !== 'cursor_expired') throw error
      const page = /** @type {import('./index.js').components['schemas']['Changes'] | undefined} */ (
        answer.data
      )
      if (!error && !Array.isArray(page?.tasks)) throw unexpectedAnswer()
      return page
    },
    /** @param {string | undefined} lastId @param {AbortSignal} signal */
    async events(lastId, signal) {
      const header = lastId === undefined ? {} : { 'last-event-id': lastId }
      const options = /** @type {const} */ ({ params: { path, header }, parseAs: 'stream', signal })
      const { data, error } = await answerTo(api.GET('/api/{user_id}/tasks/events', options))
      if (error) throw error
      if (!data) throw ownError('unexpected_answer', 'The answer is not a stream.')
      return /** @type {ReadableStream<Uint8Array>} */ (data)
    },
  }
}
