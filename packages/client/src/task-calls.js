import { dataOf, done, pageOf, pagesOf, pathOf } from './answer.js'

/**
 * @import { OptionsOf } from './answer.js'
 * @import { TaskClient } from './index.js'
 */

const PAGE_SIZE = 50

/**
 * The calls for lists and for single tasks.
 *
 * @param {TaskClient['api']} api
 * @param {OptionsOf} optionsOf
 */
export function taskCalls(api, optionsOf) {
  /** @type {TaskClient['page']} */
  const page = (query = {}, options) => {
    const params = { query: { ...query, limit: query.limit ?? PAGE_SIZE } }
    return pageOf(api.GET('/api/tasks', { ...optionsOf(options), params }))
  }
  return /** @satisfies {Partial<TaskClient>} */ ({
    page,
    pages: (query = {}, options) => pagesOf(page, query, options),
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
    skip: async (id, options) =>
      dataOf(api.POST('/api/tasks/{id}/skip', { ...optionsOf(options), params: pathOf(id) })),
    async occurrences(id, count, options) {
      const call = { ...optionsOf(options), params: { ...pathOf(id), query: { count } } }
      return dataOf(api.GET('/api/tasks/{id}/occurrences', call), Array.isArray)
    },
    delete: async (id, options) =>
      done(api.DELETE('/api/tasks/{id}', { ...optionsOf(options), params: pathOf(id) })),
    summary: (query, options) =>
      dataOf(api.GET('/api/tasks/summary', { ...optionsOf(options), params: { query } })),
  })
}
