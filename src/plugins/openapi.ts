import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TSchema } from '@sinclair/typebox'
import type { RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { STATUS_CODES } from 'node:http'
import { Problem } from '../problem.ts'
import { Ref } from '../schema-types.ts'

/** The document that the schemas of the routes make, and a page to read it and try the calls. */
export const openapi = fp<{ version: string }>(async (app, { version }) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Task API',
        version,
        license: { name: 'MIT', identifier: 'MIT' },
        description: `Multi-user task management. Every user sees their own tasks and nobody else's.

Press **Authorize** and paste a token: one that Better Auth issued, or one printed by \`npm run token\`.
Errors have one shape (RFC 9457): \`detail\` is a sentence for people, \`code\` a word for programs.`,
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: [
        { name: 'Tasks', description: 'The tasks of the user that the token names.' },
        {
          name: 'Tasks by user',
          description: 'The same, for front ends that put the user id into the path.',
        },
        { name: 'Users', description: 'The caller.' },
        { name: 'Operations', description: 'For operators and balancers; no token needed.' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'HS256 under the shared secret, or a token of Better Auth’s jwt() plugin.',
          },
        },
      },
    },
    transformObject: (made) => markOptionalBodies((made as { openapiObject: object }).openapiObject),
    refResolver: { buildLocalReference: (json) => json.$id as string },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: {
      layout: 'BaseLayout',
      persistAuthorization: true,
      displayRequestDuration: true,
      docExpansion: 'list',
    },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
})

interface Document {
  paths: Record<string, Record<string, { requestBody?: Body }>>
  components: { schemas: Record<string, { type?: string | string[] }> }
}
interface Body {
  required?: boolean
  content: Record<string, { schema: { $ref?: string } }>
}

/** A body that may be null need not be sent; @fastify/swagger calls every body required. */
function markOptionalBodies(document: object): object {
  const { paths, components } = document as Document
  const admitsNull = ({ content }: Body) =>
    Object.values(content).some(({ schema }) =>
      components.schemas[schema.$ref?.split('/').at(-1) ?? '']?.type?.includes('null'),
    )
  for (const { requestBody } of Object.values(paths).flatMap((methods) => Object.values(methods)))
    if (requestBody) requestBody.required = !admitsNull(requestBody)
  return document
}

/** By status: an example of its code, and what it means. */
const ERRORS: Readonly<Record<number, readonly [code: string, description: string]>> = {
  400: ['validation_failed', 'The input is invalid: errors says what and where.'],
  401: ['token_expired', 'There is no token, or none that is valid.'],
  403: ['wrong_user', 'The path names a user other than the one of the token.'],
  404: ['task_not_found', 'There is no such task, or it is not yours.'],
  409: ['email_taken', 'The e-mail address of the token belongs to another user.'],
  413: ['body_too_large', 'The body is larger than 64 KiB.'],
  415: ['unsupported_media_type', 'The body is not JSON.'],
  429: ['rate_limited', 'Too many requests: Retry-After says when to come back.'],
  500: ['internal_error', 'A fault of ours.'],
  503: [
    'database_unavailable',
    'The database or the keys are away, or we are overloaded or stopping: see Retry-After.',
  ],
}

/** The `response` entry of an answer in JSON, for a route's schema. */
export const json = <Schema extends TSchema>(schema: Schema, description: string, headers: object = {}) => ({
  description,
  headers,
  content: { 'application/json': { schema } },
})

/** The `response` entries of errors, for a route's schema. */
export const errorResponses = (...statuses: number[]) => Object.fromEntries(statuses.map(errorResponse))

function errorResponse(status: number) {
  const [code, description] = ERRORS[status]!
  const example = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: description,
    message: description,
    code,
    request_id: '8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10',
    ...(status === 400 && { errors: [{ path: '/title', message: 'is required' }] }),
  }
  return [
    status,
    { description, content: { 'application/problem+json': { schema: Ref(Problem), example } } },
  ] as const
}

/** What every route under a token has in common: the scheme, and the errors that can meet any request. */
export function describeProtectedRoute(route: RouteOptions) {
  const takesBody = route.method !== 'GET' && route.method !== 'HEAD'
  const common = errorResponses(401, 409, 429, 500, 503, ...(takesBody ? [400, 413, 415] : []))
  const named = route.url.includes(':user_id') ? errorResponses(403) : {}
  const own = route.schema?.response as object | undefined
  route.schema = { security: [{ bearer: [] }], ...route.schema, response: { ...common, ...named, ...own } }
}
