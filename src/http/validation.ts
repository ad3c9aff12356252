import { Ajv, type ErrorObject, type SchemaValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import fp from 'fastify-plugin'
import { explain } from '../config/explain.ts'
import { trimText } from './text.ts'

/** A format of our own. */
export interface Format {
  validate(value: string): boolean
  /** Tells a client what is allowed: the end of a sentence that begins with the name of the field. */
  message: string
  /** How the OpenAPI document shows the format, in keywords of JSON Schema. */
  shownAs: object
}

/**
 * Validates requests. Bodies are strict: no value is converted. In a query, which is always text, integers and
 * booleans are read as such, and an empty value counts as not sent.
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
  ajv.addKeyword({ keyword: 'insteadOf', type: 'boolean', schemaType: 'string', validate: readAlias })
  ajv.addKeyword('example')
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    for (const [id, shared] of Object.entries(app.getSchemas()))
      if (!ajv.getSchema(id)) ajv.addSchema(shared as object, id)
    const validate = ajv.compile(schema)
    if (httpPart !== 'querystring') return validate
    const read = queryReader(schema as QuerySchema)
    return (query: Query) => validate(read(query)) || { error: validate.errors as unknown as Error }
  })
  // Most answers are JSON that PostgreSQL wrote. Compiling a serializer for each schema would take a third of the
  // start-up time.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setSchemaErrorFormatter((errors, part) => {
    const found = (errors as ErrorObject[]).map((error) => describe(error, formats))
    return Object.assign(new Error(), { invalidInput: { part, errors: found } })
  })
})

type Query = Record<string, unknown>
type QuerySchema = { properties: Record<string, { type?: string }> }

/** How a text is read as a type. A text that is no such value stays a text, and the schema refuses it. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  // Ajv's own coercion would also accept `0x10`, `1e1` and ` 5 `.
  integer: (text) => (/^-?\d+$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' || text === 'false' ? text === 'true' : text),
}

/** Reads the values of a query in place: the schema says which are integers and booleans. */
function queryReader({ properties }: QuerySchema) {
  const readers = new Map(Object.entries(properties).map(([name, { type = '' }]) => [name, READERS[type]]))
  return (query: Query) => {
    for (const [name, sent] of Object.entries(query)) {
      const value = withoutEmpty(sent)
      if (value === undefined) delete query[name]
      else query[name] = typeof value === 'string' ? (readers.get(name)?.(value) ?? value) : value
    }
    return query
  }
}

/** A parameter that is there several times is an array. */
function withoutEmpty(value: unknown): unknown {
  if (!Array.isArray(value)) return value === '' ? undefined : value
  const values = value.filter((item) => item !== '')
  return values.length > 1 ? values : values[0]
}

type Trim = { parentData: Record<string, unknown>; parentDataProperty: string }

/** The keyword `trim`: the other keywords look at the trimmed value. */
function trim(_keyword: unknown, value: string, _schema: unknown, context?: unknown): boolean {
  const { parentData, parentDataProperty } = context as Trim
  parentData[parentDataProperty] = trimText(value)
  return true
}

/**
 * The keyword `insteadOf` of a boolean property: it is another name for the property that the keyword names. Its value
 * moves there. An object that has both with different values is refused at both paths.
 */
const readAlias: SchemaValidateFunction = (name: string, value: unknown, _schema, context) => {
  const { parentData, parentDataProperty: alias, instancePath } = context!
  const object = parentData as Record<string, unknown>
  const own = object[name]
  // A value of another type is refused at its own path.
  if (typeof own === typeof value && own !== value) {
    const parent = instancePath.slice(0, instancePath.lastIndexOf('/'))
    const refuse = (path: string, other: string) => ({
      keyword: 'insteadOf',
      instancePath: `${parent}/${path}`,
      message: `must not differ from ${other}`,
      params: {},
    })
    readAlias.errors = [refuse(name, String(alias)), refuse(String(alias), name)]
    return false
  }
  if (own === undefined) object[name] = value
  delete object[alias]
  return true
}

function describe(error: ErrorObject, formats: Readonly<Record<string, Format>>) {
  const { instancePath, keyword, params } = error as ErrorObject<string, { [name: string]: string }>
  const path = keyword === 'required' ? `${instancePath}/${params.missingProperty}` : instancePath
  const format = keyword === 'format' ? formats[params.format!] : undefined
  return { path, message: format?.message ?? explain(error) }
}
