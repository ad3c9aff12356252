import { Type } from '@sinclair/typebox'
import { errorResponses, json } from '../../openapi/responses.ts'
import { Ref } from '../../openapi/schema-types.ts'
import * as examples from './examples.ts'
import { found, link, refused } from '../responses.ts'
import { IfMatchHeader, OwnerParams, TaskParams } from '../schemas.ts'
import { ClearQuery, DeletedCount, DeletedTask, EmptyQuery, TrashQuery } from './schemas.ts'

/** How long deleted tasks stay in the trash, as a sentence. */
const fateOf = (trashDays: number) =>
  trashDays === 0
    ? 'The trash is switched off: the task is deleted permanently.'
    : `The task moves to the trash, which keeps it for ${trashDays === 1 ? 'one day' : `${trashDays} days`}.`

/**
 * The schemas of the routes that delete and restore tasks, and their texts in the OpenAPI document.
 *
 * @param namesUser for the routes with the user in the path: they have their own tag and operation ids
 */
export function describeTrashRoutes(namesUser: boolean, trashDays: number) {
  const tags = [namesUser ? 'Tasks by user' : 'Tasks']
  const idOf = (operation: string) => `${operation}${namesUser ? 'ByUser' : ''}`
  const params = Type.Object(namesUser ? OwnerParams.properties : {})
  const taskParams = Type.Object({ ...params.properties, ...TaskParams.properties })
  const fate = fateOf(trashDays)

  return {
    delete: {
      tags,
      operationId: idOf('deleteTask'),
      summary: 'Delete a task',
      description: `${fate} Deleting it again is a 404.`,
      params: taskParams,
      headers: IfMatchHeader,
      response: {
        204: Type.Null({ description: 'The task was deleted.' }),
        ...errorResponses(400, 404),
        ...refused,
      },
    },
    clear: {
      tags,
      operationId: idOf('clearTasks'),
      summary: 'Delete my completed tasks',
      description:
        `Deletes every completed task. ${fate} status=completed is required, and no other parameter is ` +
        'allowed: this call never deletes pending tasks.',
      params,
      querystring: ClearQuery,
      response: {
        200: json(Ref(DeletedCount), 'The number of tasks.', { examples: examples.counts }),
        ...errorResponses(400),
      },
    },
    restore: {
      tags,
      operationId: idOf('restoreTask'),
      summary: 'Restore a task',
      description:
        'Moves a task back from the trash. It keeps its id and its fields; updated_at grows. A task that is not in ' +
        'the trash is a 404.',
      params: taskParams,
      headers: IfMatchHeader,
      response: { ...found(examples.aRestoredTask), ...refused },
    },
    list: {
      tags,
      operationId: idOf('listTrash'),
      summary: 'List the trash',
      description:
        'A page of the deleted tasks, newest deletion first. If there are more tasks, the Link header holds the URL of ' +
        'the next page.',
      params,
      querystring: TrashQuery,
      response: {
        200: json(Type.Array(Ref(DeletedTask)), 'The deleted tasks.', {
          headers: { link },
          examples: examples.trash,
        }),
        ...errorResponses(400),
      },
    },
    empty: {
      tags,
      operationId: idOf('emptyTrash'),
      summary: 'Empty the trash',
      description: 'Permanently deletes every task in the trash. No parameter is allowed.',
      params,
      querystring: EmptyQuery,
      response: {
        200: json(Ref(DeletedCount), 'The number of tasks.', { examples: examples.counts }),
        ...errorResponses(400),
      },
    },
    remove: {
      tags,
      operationId: idOf('deleteForGood'),
      summary: 'Delete a task permanently',
      description: 'Permanently deletes a task in the trash. A task that is not in the trash is a 404.',
      params: taskParams,
      headers: IfMatchHeader,
      response: {
        204: Type.Null({ description: 'The task was deleted permanently.' }),
        ...errorResponses(400, 404),
        ...refused,
      },
    },
  }
}
