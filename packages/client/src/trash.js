import { answerOf, dataOf, pathOf } from './answers.js'
import { nextCursor } from './link.js'

/** @import { CallOptions, TaskClient } from './index.js' */

/**
 * The calls on the trash, and those that restore from it.
 *
 * @param {TaskClient['api']} api
 * @param {(options?: CallOptions) => Omit<CallOptions, 'timeoutMs'>} optionsOf
 * @returns {Pick<TaskClient, 'clearCompleted' | 'restore' | 'trash' | 'deleteForGood' | 'emptyTrash'>}
 */
export const createTrashCalls = (api, optionsOf) => ({
  async clearCompleted(options) {
    const params = { query: { status: /** @type {const} */ ('completed') } }
    return (await dataOf(api.DELETE('/api/tasks', { ...optionsOf(options), params }))).deleted
  },
  restore: async (id, options) =>
    dataOf(api.POST('/api/tasks/{id}/restore', { ...optionsOf(options), params: pathOf(id) })),
  async trash(query, options) {
    const call = api.GET('/api/tasks/trash', { ...optionsOf(options), params: { query } })
    const { data, response } = await answerOf(call, Array.isArray)
    return { tasks: data, cursor: nextCursor(response.headers.get('link'), response.url) }
  },
  async deleteForGood(id, options) {
    const call = { ...optionsOf(options), params: pathOf(id) }
    await answerOf(api.DELETE('/api/tasks/trash/{id}', call), () => true)
  },
  emptyTrash: async (options) => (await dataOf(api.DELETE('/api/tasks/trash', optionsOf(options)))).deleted,
})
