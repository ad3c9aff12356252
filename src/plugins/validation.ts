import { Ajv, type ErrorObject } from 'ajv'
import addFormats from 'ajv-formats'
import fp from 'fastify-plugin'

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
 * Strict bodies, forgiving URLs: a body is taken as it was sent, while parameters and query, which are
 * text by nature, are read as the numbers and booleans that their schema names.
 */
export const validation = fp<{ formats: Readonly<Record<string, Format>> }>(async (app, { formats }) => {
  const createAjv = (coerceTypes: boolean) => {
    // A text may be coerced to Infinity, to which strictNumbers would apply neither minimum nor maximum.
    const numbers = { coerceTypes, strictNumbers: !coerceTypes }
    const settings = { ...numbers, allErrors: true, strictTypes: false, validateSchema: false }
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
    return ajv.addKeyword('example')
  }
  const strict = createAjv(false)
  const coercing = createAjv(true)
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const ajv = httpPart === 'body' ? strict : coercing
    for (const [id, shared] of Object.entries(app.getSchemas()))
      if (!ajv.getSchema(id)) ajv.addSchema(shared as object, id)
    return ajv.compile(schema as object)
  })
  // Answers are few and short, or were written by PostgreSQL: code made for each of their schemas would be a third
  // of the time that a start takes.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setSchemaErrorFormatter((errors, part) => {
    const found = (errors as ErrorObject[]).map((error) => describe(error, formats))
    return Object.assign(new Error(), { invalidInput: { part, errors: found } })
  })
})

type Trim = { parentData: Record<string, unknown>; parentDataProperty: string }

function trim(_keyword: unknown, value: string, _schema: unknown, context?: unknown): boolean {
  const { parentData, parentDataProperty } = context as Trim
  parentData[parentDataProperty] = value.trim()
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
  if (keyword === 'type') return `must be ${[params.type].flat().join(' or ')}`
  return keyword === 'format' ? formats[params.format]?.message : undefined
}
