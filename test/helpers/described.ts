import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { Answer } from './app.ts'

interface Operation {
  responses: Record<
    string,
    { content?: Record<string, { schema: object }>; headers?: Record<string, unknown> }
  >
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}
type AnyApp = Pick<FastifyInstance, 'swagger'>

const validators = new WeakMap<object, Ajv2020>()
const compiled = new WeakMap<object, ValidateFunction>()

/** Fails the test where an answer is not one that the OpenAPI document describes for its operation. */
export function assertDescribed(t: Test, app: unknown, method: string, url: string, answer: Answer) {
  const document = (app as AnyApp).swagger() as unknown as Document
  const operation = findOperation(document, method, url)
  if (operation === undefined) return
  const what = `${method} ${url.slice(0, 80)} → ${answer.status}`
  const response = operation.responses[answer.status]
  if (response === undefined) return t.fail(`${what} is not described`)
  const [type] = (answer.headers['content-type'] ?? '').split(';')
  if (answer.text === '') return
  const schema = response.content?.[type!]?.schema
  if (schema === undefined) return t.fail(`${what} is not described as ${type}`)
  const validate = compile(document, schema)
  if (!validate(answer.body))
    t.fail(`${what} does not match its schema`, { errors: validate.errors, body: answer.text.slice(0, 500) })
}

function findOperation({ paths }: Document, method: string, url: string): Operation | undefined {
  const path = url.split('?')[0]!.replace(/(?<=.)\/$/, '')
  const fits = (pattern: string) => new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
  // A literal path is the better fit: /tasks/summary is not /tasks/{id}.
  const pattern = paths[path] ? path : Object.keys(paths).find((name) => fits(name.replace(/(?<=.)\/$/, '')))
  return pattern === undefined ? undefined : paths[pattern]![method.toLowerCase()]
}

function compile(document: Document, schema: object): ValidateFunction {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  let ajv = validators.get(document)
  if (ajv === undefined) {
    ajv = addFormats.default(new Ajv2020({ strict: false }))
    ajv.addSchema({ $id: 'doc', components: document.components })
    validators.set(document, ajv)
  }
  const text = JSON.stringify(schema).replaceAll('"#/components', '"doc#/components')
  const validate = ajv.compile(JSON.parse(text) as object)
  compiled.set(schema, validate)
  return validate
}
