import { STATUS_CODES } from 'node:http'
import type { Examples } from './responses.ts'

interface Document {
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, { type?: string | string[] }>
    responses?: Record<string, Response | Reference>
  }
}
interface Operation {
  parameters?: Parameter[]
  requestBody?: Body
  security?: object[]
  responses: Record<string, Response | Reference>
  'x-examples'?: Examples
}
interface Parameter {
  in: string
  schema: { examples?: unknown[] }
  example?: unknown
}
interface Body {
  required?: boolean
  content: Record<string, { schema: { $ref?: string }; examples?: Examples }>
}
interface Response {
  headers?: Record<string, object>
}
interface Reference {
  $ref: string
}

/** Headers that are no single route's. */
export const headers = {
  RequestId: {
    description:
      'The X-Request-Id of the request, where it has a short one without odd characters; else a fresh one.',
    schema: { type: 'string', examples: ['8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10'] },
  },
  RetryAfter: {
    description: 'Seconds after which another try makes sense.',
    schema: { type: 'integer', minimum: 0, examples: [2] },
  },
  Challenge: {
    description: 'RFC 6750: Bearer, and what is wrong with the token where one was sent.',
    schema: { type: 'string', examples: ['Bearer error="invalid_token", error_description="expired"'] },
  },
  RateLimitLimit: {
    description:
      'Requests that the running minute allows. Like the next two only where requests are limited.',
    schema: { type: 'integer', examples: [600] },
  },
  RateLimitRemaining: {
    description: 'Requests that are left of it.',
    schema: { type: 'integer', minimum: 0, examples: [599] },
  },
  RateLimitReset: {
    description: 'Seconds until the next minute begins.',
    schema: { type: 'integer', minimum: 0, examples: [60] },
  },
} as const

const RATE_LIMITS = {
  'ratelimit-limit': 'RateLimitLimit',
  'ratelimit-remaining': 'RateLimitRemaining',
  'ratelimit-reset': 'RateLimitReset',
} as const

/** Adds to the document what is the same for all routes, or what @fastify/swagger has no word for. */
export function completeDocument(document: object): object {
  const { paths, components } = document as Document
  components.responses ??= {}
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    operation.parameters?.forEach(moveExample)
    if (operation.requestBody) completeBody(operation, operation.requestBody, components.schemas)
    for (const [status, response] of Object.entries(operation.responses)) {
      Object.assign(response, { headers: headersOf(Number(status), operation, response as Response) })
      if (Number(status) < 400) continue
      // An error is the same wherever it comes from: it is written down once.
      const name = STATUS_CODES[status]!.replaceAll(' ', '')
      components.responses[name] ??= response
      operation.responses[status] = { $ref: `#/components/responses/${name}` }
    }
  }
  return document
}

/** Beside the schema, the page would send it as the value of a filter that nobody asked for. */
function moveExample(parameter: Parameter) {
  if (parameter.in !== 'query' || parameter.example === undefined) return
  parameter.schema.examples = [parameter.example]
  delete parameter.example
}

/** A body that may be null need not be sent; @fastify/swagger calls every body required. */
function completeBody(operation: Operation, body: Body, schemas: Document['components']['schemas']) {
  for (const media of Object.values(body.content)) {
    body.required = !schemas[media.schema.$ref?.split('/').at(-1) ?? '']?.type?.includes('null')
    if (operation['x-examples']) media.examples = operation['x-examples']
  }
  delete operation['x-examples']
}

function headersOf(status: number, { security }: Operation, { headers: own }: Response) {
  const names: Record<string, keyof typeof headers> = {
    'x-request-id': 'RequestId',
    ...(status === 401 && { 'www-authenticate': 'Challenge' }),
    ...((status === 429 || status === 503) && { 'retry-after': 'RetryAfter' }),
    ...(status === 429 && RATE_LIMITS),
    ...(status < 300 && security && RATE_LIMITS),
  }
  const references = Object.entries(names).map(([name, header]) => [
    name,
    { $ref: `#/components/headers/${header}` },
  ])
  return { ...own, ...(Object.fromEntries(references) as Record<string, Reference>) }
}
