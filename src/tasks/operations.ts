import { Type } from '@sinclair/typebox'
import { errorResponses, type Examples, json } from '../openapi/responses.ts'
import { Ref } from '../openapi/schema-types.ts'
import * as examples from './examples.ts'
import { ListQuery, SummaryQuery } from './query-schemas.ts'
import * as schemas from './schemas.ts'

const createdHeaders = {
  location: {
    type: 'string',
    description: 'The task, relative to the URL of the request (RFC 3986).',
    examples: ['tasks/42'],
  },
}
/** The header that leads to the next page. */
export const link = {
  type: 'string',
  description:
    'rel="next": the next page, relative to the URL of the request (RFC 8288). Absent on the last page.',
  examples: ['<?limit=20&cursor=eyJpZCI6IjQyIn0>; rel="next"'],
}
const listHeaders = {
  link,
  'x-total-count': {
    type: 'integer',
    description: 'With count=true: the number of tasks that match the filters, on all pages together.',
    minimum: 0,
    examples: [57],
  },
}

/** The answer that is one task. */
export const found = (shown: Examples<schemas.Task>) => ({
  200: json(Ref(schemas.Task), 'The task.', { examples: shown }),
  ...errorResponses(400, 404),
})

/**
 * The schemas of each route, and its texts in the OpenAPI document.
 *
 * @param namesUser for the routes with the user in the path: they have their own tag and operation ids
 */
export function describeTaskRoutes(namesUser: boolean) {
  const tags = [namesUser ? 'Tasks by user' : 'Tasks']
  const idOf = (operation: string) => `${operation}${namesUser ? 'ByUser' : ''}`
  const params = Type.Object(namesUser ? schemas.OwnerParams.properties : {})
  const taskParams = Type.Object({ ...params.properties, ...schemas.TaskParams.properties })
  const change = (operation: string) => ({
    tags,
    operationId: idOf(operation),
    summary: 'Change a task',
    description:
      'PUT and PATCH do the same: fields that are not sent stay as they are, null clears a field, {} changes nothing.',
    params: taskParams,
    body: Ref(schemas.TaskChanges),
    'x-examples': examples.changes,
    response: found(examples.aChangedTask),
  })

  return {
    list: {
      tags,
      operationId: idOf('listTasks'),
      summary: 'List my tasks',
      description:
        'Without limit the list is complete, however long it is. With limit it is a page; if there are more tasks, ' +
        'the Link header holds the URL of the next page.',
      params,
      querystring: ListQuery,
      response: {
        200: json(Type.Array(Ref(schemas.Task)), 'The tasks.', {
          headers: listHeaders,
          examples: examples.lists,
        }),
        ...errorResponses(400),
      },
    },
    create: {
      tags,
      operationId: idOf('createTask'),
      summary: 'Create a task',
      description: 'Not idempotent: every request creates a new task.',
      params,
      body: Ref(schemas.NewTask),
      'x-examples': examples.newTasks,
      response: {
        201: json(Ref(schemas.Task), 'The task.', { headers: createdHeaders, examples: examples.created }),
      },
    },
    summarize: {
      tags,
      operationId: idOf('summarizeTasks'),
      summary: 'Count my tasks',
      description:
        'The numbers of all, pending, completed and overdue tasks. A calendar day ends at midnight in time_zone.',
      params,
      querystring: SummaryQuery,
      response: {
        200: json(Ref(schemas.Summary), 'The counts.', { examples: examples.summaries }),
        ...errorResponses(400),
      },
    },
    get: {
      tags,
      operationId: idOf('getTask'),
      summary: 'Get a task',
      description: 'A task of another user is treated as not found.',
      params: taskParams,
      response: found(examples.aTask),
    },
    put: change('putTask'),
    patch: change('patchTask'),
    complete: {
      tags,
      operationId: idOf('completeTask'),
      summary: 'Complete or reopen a task',
      description:
        'Without a body the state is flipped, atomically. With completed it is set, so that a retry is harmless.',
      params: taskParams,
      body: Ref(schemas.Completion),
      'x-examples': examples.completions,
      response: found(examples.aCompletedTask),
    },
  }
}
