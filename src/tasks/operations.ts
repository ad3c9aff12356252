import { Type } from '@sinclair/typebox'
import { errorResponses, json } from '../openapi/responses.ts'
import { Ref } from '../openapi/schema-types.ts'
import * as examples from './examples.ts'
import { ChangesQuery, ListQuery, OccurrencesQuery, SummaryQuery } from './query-schemas.ts'
import { createdHeaders, etagHeader, found, listHeaders, refused } from './responses.ts'
import * as schemas from './schemas.ts'

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
    headers: schemas.IfMatchHeader,
    body: Ref(schemas.TaskChanges),
    'x-examples': examples.changes,
    response: { ...found(examples.aChangedTask), ...refused },
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
      description: 'Every request creates a new task, unless it repeats an Idempotency-Key.',
      params,
      headers: schemas.IdempotencyHeader,
      body: Ref(schemas.NewTask),
      'x-examples': examples.newTasks,
      response: {
        201: json(Ref(schemas.Task), 'The task.', { headers: createdHeaders, examples: examples.created }),
        ...errorResponses(422),
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
    changes: {
      tags,
      operationId: idOf('listChanges'),
      summary: 'List changes',
      description:
        'For clients that keep a copy of the tasks. Without a cursor, all pages until has_more is false are a complete ' +
        'copy. Later requests with the last cursor return what has changed since then. No committed change is missed; ' +
        'a change may be returned twice. docs/sync.md describes how to use it.',
      params,
      querystring: ChangesQuery,
      response: {
        200: json(Ref(schemas.Changes), 'The changes.', { examples: examples.changePages }),
        ...errorResponses(400, 410),
      },
    },
    get: {
      tags,
      operationId: idOf('getTask'),
      summary: 'Get a task',
      description: 'A task of another user is treated as not found.',
      params: taskParams,
      headers: schemas.IfNoneMatchHeader,
      response: {
        ...found(examples.aTask),
        304: {
          ...Type.Null({ description: 'The client has this version already (If-None-Match).' }),
          headers: etagHeader,
        },
      },
    },
    put: change('putTask'),
    patch: change('patchTask'),
    complete: {
      tags,
      operationId: idOf('completeTask'),
      summary: 'Complete or reopen a task',
      description:
        'Without a body the state is toggled atomically. With completed it is set, so that a retry is harmless. ' +
        'Completing a recurring task creates its next occurrence, once: next_task_id names it.',
      params: taskParams,
      headers: schemas.IfMatchHeader,
      body: Ref(schemas.Completion),
      'x-examples': examples.completions,
      response: { ...found(examples.aCompletedTask), ...refused },
    },
    skip: {
      tags,
      operationId: idOf('skipTask'),
      summary: 'Skip an occurrence',
      description:
        'Moves a recurring task to its next date after both its due date and now. COUNT is reduced by the dates that ' +
        'have passed. Not idempotent without If-Match: every request moves the task further.',
      params: taskParams,
      headers: schemas.IfMatchHeader,
      response: { ...found(examples.aSkippedTask), ...errorResponses(409), ...refused },
    },
    occurrences: {
      tags,
      operationId: idOf('listOccurrences'),
      summary: 'Preview the next dates',
      description:
        'The next dates, in the form of due_date. The first one is the date of the task that would be created if this task ' +
        'were completed now. There are fewer than count if the series ends, and none if the task does not repeat.',
      params: taskParams,
      querystring: OccurrencesQuery,
      response: {
        200: json(Type.Array(Type.String()), 'The dates.', { examples: examples.dates }),
        ...errorResponses(400, 404),
      },
    },
  }
}
