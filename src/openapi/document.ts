import { STATUS_CODES } from 'node:http'
import { VISIBLE_PATTERN } from '../http/text.ts'
import type { Format } from '../http/validation.ts'
import type { headers } from './headers.ts'
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
  /** Of a body that can have several media types: its examples by type. */
  'x-examples-by-type'?: Readonly<Record<string, Examples>>
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
type Response = { headers?: Record<string, object> }
type Reference = { $ref: string }

const RATE_LIMITS = {
  'ratelimit-limit': 'RateLimitLimit',
  'ratelimit-remaining': 'RateLimitRemaining',
  'ratelimit-reset': 'RateLimitReset',
} as const

/** Adds what all routes have in common, and what @fastify/swagger cannot express. */
export function completeDocument(made: object, formats: Readonly<Record<string, Format>>): object {
  const document = inStandardWords(made, formats) as Document
  const { paths, components } = document
  components.responses ??= {}
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const optional = withoutNull(components.schemas, operations)
  for (const operation of operations) {
    operation.security ??= []
    operation.parameters?.forEach(moveExample)
    if (operation.requestBody) completeBody(operation, operation.requestBody, optional)
    for (const [status, response] of Object.entries(operation.responses)) {
      Object.assign(response, { headers: headersOf(Number(status), operation, response as Response) })
      if (Number(status) < 400) continue
      // The same error in several operations is written once.
      const name = STATUS_CODES[status]!.replaceAll(' ', '')
      components.responses[name] ??= response
      operation.responses[status] = { $ref: `#/components/responses/${name}` }
    }
  }
  return document
}

/** A copy with standard keywords only. Ajv's `discriminator` is left out, because the constants of `op` say the same. */
function inStandardWords(value: unknown, formats: Readonly<Record<string, Format>>): unknown {
  if (Array.isArray(value)) return value.map((item) => inStandardWords(item, formats))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, item]) => [name, inStandardWords(item, formats)])
  const { trim, discriminator: _, ...copy } = Object.fromEntries(entries) as Record<string, unknown>
  if (typeof copy.insteadOf === 'string') delete copy.insteadOf
  if (typeof copy.format === 'string') Object.assign(copy, formats[copy.format]?.shownAs)
  if (trim !== true && trim !== 'NFC') return trim === undefined ? copy : { ...copy, trim }
  return copy.minLength ? { ...copy, pattern: withText(copy.pattern as string) } : copy
}

/** Adds to a pattern that the text needs a visible character: a text without one would be trimmed to nothing. */
const withText = (pattern = '') => `^(?=[\\s\\S]*${VISIBLE_PATTERN})${pattern.replace('^', '')}`

/** Swagger UI sends the example of a parameter as its value; it only shows the examples of a schema. */
function moveExample(parameter: Parameter) {
  if (parameter.in !== 'query' || parameter.example === undefined) return
  parameter.schema.examples = [parameter.example]
  delete parameter.example
}

/**
 * Shows bodies that can be null as objects, and returns their references: such a body need not be sent. Some
 * generators of clients fail at a body that is both optional and nullable.
 */
function withoutNull(schemas: Document['components']['schemas'], operations: Operation[]): Set<string> {
  const bodies = operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}))
  const references = new Set(bodies.map(({ schema }) => schema.$ref))
  const nullable = Object.entries(schemas)
    .map(([name, schema]) => ({ reference: `#/components/schemas/${name}`, schema }))
    .filter(({ reference, schema: { type } }) => references.has(reference) && [type].flat().includes('null'))
  for (const { schema } of nullable) schema.type = 'object'
  return new Set(nullable.map(({ reference }) => reference))
}

/** @fastify/swagger marks every body as required, and does not know its examples. */
function completeBody(operation: Operation, body: Body, optional: Set<string>) {
  for (const [type, media] of Object.entries(body.content)) {
    body.required = !optional.has(media.schema.$ref ?? '')
    const examples = operation['x-examples-by-type']?.[type] ?? operation['x-examples']
    if (examples) media.examples = examples
  }
  delete operation['x-examples']
  delete operation['x-examples-by-type']
}

function headersOf(status: number, { security }: Operation, { headers: own }: Response) {
  const names: Record<string, keyof typeof headers> = {
    'x-request-id': 'RequestId',
    ...(status === 401 && { 'www-authenticate': 'Challenge' }),
    ...([409, 429, 503].includes(status) && { 'retry-after': 'RetryAfter' }),
    ...(status === 429 && RATE_LIMITS),
    ...(status < 300 && security?.length && RATE_LIMITS),
  }
  const references = Object.entries(names).map(([name, header]) => [
    name,
    { $ref: `#/components/headers/${header}` },
  ])
  return { ...own, ...(Object.fromEntries(references) as Record<string, Reference>) }
}
