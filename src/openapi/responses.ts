import type { TSchema } from '@sinclair/typebox'
import type { RouteOptions } from 'fastify'
import { STATUS_CODES } from 'node:http'
import { describeError, ERROR_CODES, type ErrorCode, ERRORS } from '../http/catalogue.ts'
import { Problem } from '../http/problem.ts'
import { Ref } from './schema-types.ts'

/** Named examples, as OpenAPI has them beside a schema. */
export type Examples<Value = unknown> = Readonly<Record<string, { summary: string; value: Value }>>

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
export const errorResponses = (...statuses: number[]) =>
  Object.fromEntries(statuses.map((status) => [status, errorResponse(status)]))

/**
 * The `response` entry of one status.
 *
 * @param schema the schema of its problems
 * @param more members of its examples, besides those that all problems have
 */
export function errorResponse(status: number, schema: TSchema = Problem, more: object = {}) {
  const codes = ERROR_CODES.filter((code) => ERRORS[code].status === status && !('isGeneral' in ERRORS[code]))
  const example = (code: ErrorCode) => ({
    summary: `${code}: ${ERRORS[code].when}`,
    value: { ...exampleOf(code), ...more },
  })
  return {
    description: codes.map((code) => `- \`${code}\`: ${ERRORS[code].when}.`).join('\n'),
    content: {
      'application/problem+json': {
        schema: Ref(schema),
        examples: Object.fromEntries(codes.map((code) => [code, example(code)])),
      },
    },
  }
}

function exampleOf(code: ErrorCode): Problem {
  const { status, detail } = describeError(code)
  return {
    type: 'about:blank',
    title: STATUS_CODES[status]!,
    status,
    detail,
    message: detail,
    code,
    request_id: '8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10',
    ...(code === 'validation_failed' && { errors: [{ path: '/title', message: 'is required' }] }),
  }
}

/** Adds the security scheme and the errors that all routes with a token have in common. */
export function describeProtectedRoute(route: RouteOptions) {
  const takesBody = route.method !== 'GET' && route.method !== 'HEAD'
  const common = errorResponses(400, 401, 409, 429, 500, 503, ...(takesBody ? [413, 415] : []))
  const named = route.url.includes(':user_id') ? errorResponses(403) : {}
  const own = route.schema?.response as object | undefined
  route.schema = { security: [{ bearer: [] }], ...route.schema, response: { ...common, ...named, ...own } }
}
