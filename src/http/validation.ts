import { Ajv, type ErrorObject } from 'ajv'
import addFormats from 'ajv-formats'
import fp from 'fastify-plugin'
import { trimText } from './text.ts'

/** A format of ours: what passes, and what to tell a client whose value does not. */
export interface Format {
  validate(value: string): boolean
  message: string
}

/** What Ajv says of the keyword that failed, as far as we read it. */
interface Params {
  allowedValues: string[]
  format: string
  limit: number
  missingProperty: string
  type: string | string[]
}

/**
 * Strict bodies, forgiving URLs: a body is taken as it was sent, while a query, which is text by nature, is read
 * as the integers and booleans that its schema names.
 */
export const validation = fp<{ formats: Readonly<Record<string, Format>> }>(async (app, { formats }) => {
  const settings = { allErrors: true, strictTypes: false, validateSchema: false }
  const ajv = addFormats.default(new Ajv(settings), ['date-time', 'email'])
  for (const [name, { validate }] of Object.entries(formats))
    ajv.addFormat(name, { type: 'string', validate })
  ajv.addKeyword({
    keyword: 'trim',
    type: 'string',
    modifying: true,
    before: 'maxLength',
    validate: trim,
    errors: false,
  })
  ajv.addKeyword('example')
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    for (const [id, shared] of Object.entries(app.getSchemas()))
      if (!ajv.getSchema(id)) ajv.addSchema(shared as object, id)
    const validate = ajv.compile(schema)
    if (httpPart !== 'querystring') return validate
    const read = queryReader(schema as QuerySchema)
    return (query: Query) => validate(read(query)) || { error: validate.errors as unknown as Error }
  })
  // Answers are few and short, or were written by PostgreSQL: code made for each of their schemas would be a third
  // of the time that a start takes.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setSchemaErrorFormatter((errors, part) => {
    const found = (errors as ErrorObject[]).map((error) => describe(error, formats))
    return Object.assign(new Error(), { invalidInput: { part, errors: found } })
  })
})

type Query = Record<string, unknown>
type QuerySchema = { properties: Record<string, { type?: string }> }

/** What a text means where the schema wants a type; what it does not mean stays a text, which the schema refuses. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  // Ajv's own coercion would take `0x10`, `1e1` and ` 5 `, too.
  integer: (text) => (/^-?\d+$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' || text === 'false' ? text === 'true' : text),
}

function queryReader({ properties }: QuerySchema) {
  const readers = Object.entries(properties).flatMap(([name, { type = '' }]) => {
    const read = READERS[type]
    return read ? [{ name, read }] : []
  })
  return (query: Query) => {
    for (const { name, read } of readers) {
      const text = query[name]
      if (typeof text === 'string') query[name] = read(text)
    }
    return query
  }
}

type Trim = { parentData: Record<string, unknown>; parentDataProperty: string }

function trim(_keyword: unknown, value: string, _schema: unknown, context?: unknown): boolean {
  const { parentData, parentDataProperty } = context as Trim
  parentData[parentDataProperty] = trimText(value)
  return true
}

function describe(
  { instancePath, keyword, params, message }: ErrorObject,
  formats: Readonly<Record<string, Format>>,
) {
  const path = keyword === 'required' ? `${instancePath}/${params.missingProperty}` : instancePath
  return { path, message: explain(keyword, params as Params, formats) ?? message! }
}

function explain(keyword: string, params: Params, formats: Readonly<Record<string, Format>>) {
  if (keyword === 'required') return 'is required'
  if (keyword === 'enum') return `must be one of: ${params.allowedValues.join(', ')}`
  if (keyword === 'minLength') return 'must not be empty'
  if (keyword === 'maxLength') return `must have at most ${params.limit} characters`
  if (keyword === 'minimum') return `must be at least ${params.limit}`
  if (keyword === 'maximum') return `must be at most ${params.limit}`
  if (keyword === 'type') return `must be ${[params.type].flat().map(withArticle).join(' or ')}`
  return keyword === 'format' ? formats[params.format]?.message : undefined
}

const withArticle = (type: string) =>
  type === 'null' ? type : `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
