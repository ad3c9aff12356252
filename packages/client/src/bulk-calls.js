import { answerOf, dataOf, done, pageOf, pagesOf, pathOf } from './answer.js'
import { ownError } from './error.js'

/**
 * @import { OptionsOf } from './answer.js'
 * @import { TaskClient, TransferFormat } from './index.js'
 */

/**
 * The calls for tags, for the trash, for files, and for many tasks at once. No change is repeated: see README.md.
 *
 * @param {TaskClient['api']} api
 * @param {OptionsOf} optionsOf
 */
export function bulkCalls(api, optionsOf) {
  /** @type {TaskClient['trash']} */
  const trash = async (query, options) => {
    const call = api.GET('/api/tasks/trash', { ...optionsOf(options), params: { query } })
    const { tasks, cursor } = await pageOf(call)
    return { tasks, cursor }
  }
  return /** @satisfies {Partial<TaskClient>} */ ({
    tags: (options) => dataOf(api.GET('/api/tasks/tags', optionsOf(options)), Array.isArray),
    async renameTag(name, newName, options) {
      const call = { ...optionsOf(options), params: tagPathOf(name), body: { name: newName } }
      return (await dataOf(api.PATCH('/api/tasks/tags/{name}', call))).changed
    },
    async deleteTag(name, options) {
      const call = { ...optionsOf(options), params: tagPathOf(name) }
      return (await dataOf(api.DELETE('/api/tasks/tags/{name}', call))).changed
    },
    trash,
    trashPages: (query = {}, options) => pagesOf(trash, query, options),
    restore: async (id, options) =>
      dataOf(api.POST('/api/tasks/{id}/restore', { ...optionsOf(options), params: pathOf(id) })),
    deleteForGood: async (id, options) =>
      done(api.DELETE('/api/tasks/trash/{id}', { ...optionsOf(options), params: pathOf(id) })),
    emptyTrash: async (options) => (await dataOf(api.DELETE('/api/tasks/trash', optionsOf(options)))).deleted,
    async clearCompleted(options) {
      const call = {
        ...optionsOf(options),
        params: { query: /** @type {const} */ ({ status: 'completed' }) },
      }
      return (await dataOf(api.DELETE('/api/tasks', call))).deleted
    },
    async batch(operations, options) {
      const call = { ...optionsOf(options), body: { operations: [...operations] } }
      return (await dataOf(api.POST('/api/tasks/batch', call))).results
    },
    async exportTasks(format, options) {
      const call = /** @type {const} */ ({
        ...optionsOf(options),
        params: { query: { format } },
        parseAs: 'blob',
      })
      const { data, response } = await answerOf(api.GET('/api/tasks/export', call), isFile)
      const [, name] = /filename="([^"]+)/.exec(response.headers.get('content-disposition') ?? '') ?? []
      return new File([data], name ?? `tasks.${format}`, { type: data.type })
    },
    importTasks: async (file, query = {}, options = {}) =>
      dataOf(
        api.POST('/api/tasks/import', {
          ...optionsOf(options, { isRepeatable: query.dry_run }),
          // Without a Content-Type, openapi-fetch would send that of JSON.
          headers: { 'content-type': typeOf(file), ...options.headers },
          params: { query: { ...query, format: query.format ?? formatOf(file) } },
          body: /** @type {string} */ (file),
          bodySerializer: (body) => body,
        }),
      ),
  })
}

/** A page of a proxy is not a file of tasks. */
const isFile = (/** @type {unknown} */ data) =>
  data instanceof Blob && /^(application\/json|text\/(csv|calendar))/.test(data.type)

/** @param {Blob | string} file */
const typeOf = (file) => (typeof file === 'string' ? '' : file.type) || 'text/plain'

/**
 * The format by the ending of the file's name. Programs give these files different types.
 *
 * @param {Blob | string} file
 */
function formatOf(file) {
  const [, ending] = /\.(json|csv|ics)$/i.exec(file instanceof File ? file.name : '') ?? []
  return /** @type {TransferFormat | undefined} */ (ending?.toLowerCase())
}

/**
 * An empty name or a dot segment (RFC 3986, 5.2.4) would change the path to that of another operation.
 *
 * @param {string} name
 */
function tagPathOf(name) {
  if (/^(\s*|\.\.?)$/.test(name)) throw ownError('invalid_call', `"${name}" cannot be in the path of a call.`)
  return { path: { name } }
}
