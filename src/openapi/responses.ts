import type { TSchema } from '@sinclair/typebox'
import type { RouteOptions } from 'fastify'
import { STATUS_CODES } from 'node:http'
import { Problem } from '../http/problem.ts'
import { Ref } from './schema-types.ts'

/** Named examples, as OpenAPI has them beside a schema. */
export type Examples<Value = unknown> = Readonly<Record<string, { summary: string; value: Value }>>

interface ErrorDescription {
  /** What the status means, in a sentence. */
  means: string
  /** By code: when it comes, and the sentence that goes with it. */
  codes: Readonly<Record<string, readonly [when: string, detail: string]>>
}

/** Every error that a described operation can answer with. */
const ERRORS: Readonly<Record<number, ErrorDescription>> = {
  400: {
    means: 'The input is invalid.',
    codes: {
      validation_failed: ['A value is not what it should be: errors says which', 'title is required.'],
      malformed_json: ['The body is not JSON', 'The body is not valid JSON.'],
      bad_content_length: [
        'The body was cut off, or goes on',
        'The body is not as long as the header content-length says.',
      ],
      bad_url: ['The path or the query cannot be decoded', 'The URL is not properly encoded.'],
      duplicate_token: ['Sent twice', 'The request has more than one Authorization header.'],
    },
  },
  401: {
    means: 'There is no token, or none that is valid.',
    codes: {
      token_missing: ['No token was sent', 'This needs the header Authorization: Bearer <token>.'],
      token_invalid: ['It is not a token for this service', 'The token is not valid.'],
      token_expired: ['Its time is over: get another one', 'The token has expired.'],
    },
  },
  403: {
    means: 'The path names a user other than the one of the token.',
    codes: {
      wrong_user: [
        'Whether that user exists or not',
        'The path names a user other than the one of the token.',
      ],
    },
  },
  404: {
    means: 'There is no such task, or it is not yours.',
    codes: { task_not_found: ['Nobody can tell which of the two', 'There is no such task.'] },
  },
  409: {
    means: 'The e-mail address of the token belongs to another user.',
    codes: {
      email_taken: [
        'Each address is one user’s; nothing was changed',
        'The e-mail address of your token belongs to another user.',
      ],
    },
  },
  413: {
    means: 'The body is larger than 64 KiB.',
    codes: { body_too_large: ['Nothing of it was read', 'The body is larger than 64 KiB.'] },
  },
  415: {
    means: 'The body is not JSON.',
    codes: {
      unsupported_media_type: [
        'Where there is a body, the header is needed',
        'The body must be JSON, with the header content-type: application/json.',
      ],
      unsupported_content_encoding: ['Compressed', 'The body must be sent without a content-encoding.'],
    },
  },
  429: {
    means: 'Too many requests: Retry-After says when to come back. Nothing was done.',
    codes: { rate_limited: ['More than a minute allows', 'You may send 600 requests a minute.'] },
  },
  500: {
    means: 'A fault of ours.',
    codes: { internal_error: ['Tell us the request_id', 'Something went wrong on our side.'] },
  },
  503: {
    means: 'What is needed is away, or we are overloaded or stopping: Retry-After says when to come back.',
    codes: {
      database_unavailable: [
        'A write may have been done all the same',
        'The database is not available right now.',
      ],
      keys_unavailable: [
        'The issuer of tokens is away; nothing was done',
        'The keys that verify tokens cannot be fetched right now.',
      ],
      overloaded: ['Nothing was done', 'There are too many requests right now.'],
      stopping: ['Nothing was done; another copy may answer', 'The service is shutting down.'],
    },
  },
}

/** The `response` entry of an answer in JSON, for a route's schema. */
export const json = <Schema extends TSchema>(
  schema: Schema,
  description: string,
  { headers = {}, examples }: { headers?: object; examples?: Examples<Schema['static']> } = {},
) => ({
  description,
  headers,
  content: { 'application/json': { schema, ...(examples && { examples }) } },
})

/** The `response` entries of errors, for a route's schema. */
export const errorResponses = (...statuses: number[]) => Object.fromEntries(statuses.map(errorResponse))

function errorResponse(status: number) {
  const { means, codes } = ERRORS[status]!
  const examples = Object.fromEntries(
    Object.entries(codes).map(([code, [summary, detail]]) => [
      code,
      { summary: `${code}: ${summary}`, value: exampleOf(status, code, detail) },
    ]),
  )
  const description = `${means} \`code\`: ${Object.keys(codes).join(', ')}.`
  return [
    status,
    { description, content: { 'application/problem+json': { schema: Ref(Problem), examples } } },
  ] as const
}

const exampleOf = (status: number, code: string, detail: string): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status]!,
  status,
  detail,
  message: detail,
  code,
  request_id: '8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10',
  ...(code === 'validation_failed' && { errors: [{ path: '/title', message: 'is required' }] }),
})

/** What every route under a token has in common: the scheme, and the errors that can meet any request. */
export function describeProtectedRoute(route: RouteOptions) {
  const takesBody = route.method !== 'GET' && route.method !== 'HEAD'
  const common = errorResponses(400, 401, 409, 429, 500, 503, ...(takesBody ? [413, 415] : []))
  const named = route.url.includes(':user_id') ? errorResponses(403) : {}
  const own = route.schema?.response as object | undefined
  route.schema = { security: [{ bearer: [] }], ...route.schema, response: { ...common, ...named, ...own } }
}
