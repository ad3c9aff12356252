import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { taskFormats } from '../../src/tasks/formats.ts'
import type { Answer } from './app.ts'

/** A JSON Schema, as far as the document uses it. */
export interface Schema {
  $ref?: string
  description?: string
  examples?: unknown[]
  const?: unknown
  items?: Schema
  minItems?: number
  maxItems?: number
  oneOf?: Schema[]
  type?: string | string[]
  enum?: (string | null)[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  required?: string[]
  properties?: Record<string, Schema>
}
interface Content {
  content?: Record<string, { schema: Schema; examples?: Record<string, { summary: string; value: unknown }> }>
}
type Reference = { $ref: string }
type Header = { description?: string; schema: Schema }
interface Response extends Content {
  description: string
  headers?: Record<string, Header | Reference>
}
export interface Operation {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  security?: object[]
  parameters?: {
    in: 'path' | 'query' | 'header'
    name: string
    description?: string
    schema: Schema
    example?: unknown
  }[]
  requestBody?: Content & { required: boolean }
  responses: Record<string, Response | Reference>
}
export interface Document {
  servers: { url: string }[]
  info: { description?: string }
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    headers: Record<string, Header>
    responses: Record<string, Response>
  }
}
type AnyApp = Pick<FastifyInstance, 'swagger'>

export const documentOf = (app: unknown) => (app as AnyApp).swagger() as unknown as Document

/** What a reference into the document points to; anything else is itself. */
export function lookUp<T extends object>(document: Document, item: T | Reference): T {
  if (!('$ref' in item)) return item
  const [, , kind, name] = item.$ref.split('/') as [string, string, keyof Document['components'], string]
  return document.components[kind][name] as T
}

/** Headers that say something about a resource: where the document does not name them, none is sent. */
const DESCRIBED_HEADERS = ['etag', 'link', 'location', 'x-total-count', 'retry-after', 'www-authenticate']
const PROBLEM: Schema = { $ref: '#/components/schemas/Problem' }

const validators = new WeakMap<object, Ajv2020>()
const compiled = new WeakMap<object, ValidateFunction>()

/** Fails the test where an answer is not one that the OpenAPI document describes for its operation. */
export function assertDescribed(t: Test, app: unknown, method: string, url: string, answer: Answer) {
  const mistake = mistakeIn(documentOf(app), method, url, answer)
  if (mistake !== undefined)
    t.fail(`${method} ${url.slice(0, 80)} → ${answer.status} ${mistake}`, { body: answer.text.slice(0, 500) })
}

/**
 * What makes an answer one that the document does not describe; undefined where nothing does. Where the
 * request is not in the document, an error still has the shape of all errors.
 */
export function mistakeIn(document: Document, method: string, url: string, answer: Answer) {
  if (method === 'HEAD') return undefined
  const operation = findOperation(document, method, url)
  const [type] = (answer.headers['content-type'] ?? '').split(';')
  if (operation === undefined)
    return answer.status < 400 ? undefined : mistakeInProblem(document, answer, type)
  const described = operation.responses[answer.status]
  if (described === undefined) return 'is not described'
  const { content, headers = {} } = lookUp(document, described)
  if (content === undefined) return answer.text === '' ? undefined : 'should have no body'
  const media = content[type!]
  if (media === undefined) return `is not described as ${type}`
  // A file in another format is its text.
  const sent = type!.endsWith('json') ? answer : { ...answer, body: answer.text }
  const { code } = sent.body as { code?: string }
  if (answer.status >= 400 && !Object.hasOwn(media.examples ?? {}, code ?? '')) return `has the code ${code}`
  return mistakeInHeaders(document, headers, answer) ?? mistakeInBody(document, media.schema, sent)
}

function mistakeInProblem(document: Document, answer: Answer, type: string | undefined) {
  return type === 'application/problem+json'
    ? mistakeInBody(document, PROBLEM, answer)
    : `is an error as ${type}`
}

function mistakeInBody(document: Document, schema: Schema, { status, headers, body }: Answer) {
  const validate = validatorOf(document, schema)
  if (!validate(body)) return `does not match its schema: ${JSON.stringify(validate.errors)}`
  if (status < 400) return undefined
  const problem = body as { status: number; request_id: string; detail: string; message: string }
  const isConsistent =
    problem.status === status &&
    problem.request_id === headers['x-request-id'] &&
    problem.detail === problem.message
  return isConsistent ? undefined : 'contradicts itself'
}

function mistakeInHeaders(
  document: Document,
  described: Record<string, Header | Reference>,
  { headers }: Answer,
) {
  for (const name of DESCRIBED_HEADERS.filter((name) => headers[name] !== undefined)) {
    const schema = described[name] && lookUp(document, described[name]).schema
    const value = schema?.type === 'integer' ? Number(headers[name]) : headers[name]
    if (schema === undefined || !validatorOf(document, schema)(value)) return `has the header ${name}`
  }
  return undefined
}

export function findOperation({ paths }: Document, method: string, url: string): Operation | undefined {
  const path = decode(url.split('?')[0]!).replace(/(?<=.)\/$/, '')
  const fits = (pattern: string) => new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
  const parameters = (name: string) => name.split('{').length
  // The path with the fewest parameters is the better fit: /tasks/summary is not /tasks/{id}.
  const [pattern] = Object.keys(paths)
    .filter((name) => fits(name.replace(/(?<=.)\/$/, '')))
    .sort((one, other) => parameters(one) - parameters(other))
  return pattern === undefined ? undefined : paths[pattern]![method.toLowerCase()]
}

/** The router takes `/%61pi` for `/api`, too. */
function decode(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** The service's own formats are checked by its own code. */
export function validatorOf(document: Document, schema: object): ValidateFunction {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  let ajv = validators.get(document)
  if (ajv === undefined) {
    ajv = addFormats.default(new Ajv2020({ strict: false }))
    for (const [name, { validate }] of Object.entries(taskFormats)) ajv.addFormat(name, validate)
    ajv.addSchema(closed({ $id: 'doc', components: document.components }))
    validators.set(document, ajv)
  }
  const text = JSON.stringify(schema).replaceAll('"#/components', '"doc#/components')
  const validate = ajv.compile(closed(JSON.parse(text) as object))
  compiled.set(schema, validate)
  return validate
}

/** The schemas in `item`, so that none admits a property that it does not name. */
const closed = (item: object): object =>
  JSON.parse(JSON.stringify(item), (_, value: { properties?: object; oneOf?: unknown } | null) =>
    value?.properties === undefined || value.oneOf ? value : { additionalProperties: false, ...value },
  ) as object
