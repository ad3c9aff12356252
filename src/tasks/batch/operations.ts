import { Type } from '@sinclair/typebox'
import { errorResponses, type Examples, json } from '../../openapi/responses.ts'
import { Ref } from '../../openapi/schema-types.ts'
import { Batch, BatchResult, MAX_BATCH_BYTES, MAX_OPERATIONS } from './schemas.ts'
import { aTask } from '../examples.ts'
import { refused, replayedHeader } from '../responses.ts'
import { IdempotencyHeader, OwnerParams } from '../schemas.ts'

const batches: Examples<Batch> = {
  several: {
    summary: 'Complete a task, postpone another one, create a third and delete a fourth',
    value: {
      operations: [
        { op: 'complete', id: 42, completed: true },
        { op: 'update', id: 43, due_date: '2026-12-08' },
        { op: 'create', title: 'Buy milk' },
        { op: 'delete', id: 44 },
      ],
    },
  },
  undo: {
    summary: 'Restore tasks that were deleted together',
    value: {
      operations: [
        { op: 'restore', id: 42 },
        { op: 'restore', id: 43 },
      ],
    },
  },
}
const results: Examples<BatchResult> = {
  two: {
    summary: 'A task was completed, and another one deleted',
    value: { results: [{ status: 200, task: aTask.instant!.value }, { status: 204 }] },
  },
}

/**
 * The schema of the route for batches, and its texts in the OpenAPI document.
 *
 * @param namesUser for the route with the user in the path: it has its own tag and operation id
 */
export const describeBatchRoutes = (namesUser: boolean) => ({
  run: {
    tags: [namesUser ? 'Tasks by user' : 'Tasks'],
    operationId: `runBatch${namesUser ? 'ByUser' : ''}`,
    summary: 'Run several operations at once',
    description:
      `Creates, changes, completes, deletes and restores up to ${MAX_OPERATIONS} tasks in one transaction, in the given order. ` +
      'All operations take effect, or none: if one fails, the answer is the error of the first one that failed, and ' +
      'errors names it. Each operation counts as a request in the rate limit. ' +
      `The body may have up to ${MAX_BATCH_BYTES / 1024} KiB.`,
    params: Type.Object(namesUser ? OwnerParams.properties : {}),
    headers: IdempotencyHeader,
    body: Ref(Batch),
    'x-examples': batches,
    response: {
      200: json(Ref(BatchResult), 'The results, in the order of the operations.', {
        headers: replayedHeader,
        examples: results,
      }),
      ...errorResponses(404, 422),
      ...refused,
    },
  },
})
