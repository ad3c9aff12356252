import { Type } from '@sinclair/typebox'
import { errorResponses, type Examples, json } from '../openapi/responses.ts'
import { Ref } from '../openapi/schema-types.ts'
import * as examples from './examples.ts'
import * as schemas from './schemas.ts'

const createdHeaders = {
  location: { type: 'string', description: 'Path of the task.', examples: ['/api/tasks/42'] },
}
const listHeaders = {
  link: {
    type: 'string',
    description: 'rel="next": the URL of the next page, relative to the service (RFC 8288).',
    examples: ['</api/tasks?limit=20&cursor=eyJpZCI6IjQyIn0>; rel="next"'],
  },
  'x-total-count': {
    type: 'integer',
    description: 'With count=true: how many tasks the filters let through.',
    minimum: 0,
    examples: [57],
  },
}

const found = (shown: Examples<schemas.Task>) => ({
  200: json(Ref(schemas.Task), 'The task.', { examples: shown }),
  ...errorResponses(400, 404),
})

/**
 * What each route takes and gives, and what the document says about it.
 *
 * @param namesUser the same routes stand in the document twice, under different tags and operation ids
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
    description: 'Partial with either method: what is not sent stays, null clears, {} changes nothing.',
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
        'Complete without limit, however long; with limit a page, whose Link header names the next one.',
      params,
      querystring: schemas.ListQuery,
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
      description: 'Not to be repeated blindly: each request makes a task of its own.',
      params,
      body: Ref(schemas.NewTask),
      'x-examples': examples.newTasks,
      response: {
        201: json(Ref(schemas.Task), 'The task.', { headers: createdHeaders, examples: examples.created }),
        ...errorResponses(409),
      },
    },
    summarize: {
      tags,
      operationId: idOf('summarizeTasks'),
      summary: 'Count my tasks',
      description: 'What is overdue depends on where the reader is: time_zone says where a day ends.',
      params,
      querystring: schemas.SummaryQuery,
      response: {
        200: json(Ref(schemas.Summary), 'The counts.', { examples: examples.summaries }),
        ...errorResponses(400),
      },
    },
    get: {
      tags,
      operationId: idOf('getTask'),
      summary: 'Get a task',
      description: 'Where it is not yours the answer is the same as where there is none.',
      params: taskParams,
      response: found(examples.aTask),
    },
    put: change('putTask'),
    patch: change('patchTask'),
    delete: {
      tags,
      operationId: idOf('deleteTask'),
      summary: 'Delete a task',
      description: 'For good. A second time there is no such task.',
      params: taskParams,
      response: { 204: Type.Null({ description: 'The task is gone.' }), ...errorResponses(400, 404) },
    },
    complete: {
      tags,
      operationId: idOf('completeTask'),
      summary: 'Flip or set whether a task is completed',
      description:
        'Without a body it flips, atomically; with completed it sets, so that a retry is harmless.',
      params: taskParams,
      body: Ref(schemas.Completion),
      'x-examples': examples.completions,
      response: found(examples.aCompletedTask),
    },
  }
}
