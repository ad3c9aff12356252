import { errorResponse, errorResponses, type Examples, json } from '../openapi/responses.ts'
import { Ref } from '../openapi/schema-types.ts'
import * as examples from './examples.ts'
import * as schemas from './schemas.ts'

/* The parts of answers that several routes of tasks have in common, for the OpenAPI document. */

export const etagHeader = {
  etag: {
    type: 'string',
    description: 'The updated_at of the task in double quotes (RFC 9110): for If-Match and If-None-Match.',
    examples: ['"2026-01-02T10:00:00.000Z"'],
  },
}
/** For answers to requests with an Idempotency-Key. */
export const replayedHeader = {
  'idempotency-replayed': {
    type: 'string',
    enum: ['true'],
    description:
      'The answer repeats that to the first request with this Idempotency-Key. Otherwise the header is absent.',
    examples: ['true'],
  },
}
export const createdHeaders = {
  ...etagHeader,
  ...replayedHeader,
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
export const listHeaders = {
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
  200: json(Ref(schemas.Task), 'The task.', { headers: etagHeader, examples: shown }),
  ...errorResponses(400, 404),
})

/** The answer to a change whose If-Match does not name the current ETag. */
export const refused = {
  412: {
    ...errorResponse(412, schemas.ChangedMeanwhile, examples.currentTask),
    headers: etagHeader,
  },
}
