import { Ajv, type ErrorObject } from 'ajv'
import addFormats from 'ajv-formats'
import fp from 'fastify-plugin'
import { explain } from '../config/explain.ts'
import { keywords } from './keywords.ts'
import { createLateCompiler } from './late-compiler.ts'
import { type Query, queryReader, type QuerySchema } from './query-reader.ts'

/** A format of our own. */
export interface Format {
  validate(value: string): boolean
  /** Tells a client what is allowed, or what is wrong: the end of a sentence that begins with the name of the field. */
  message: string | ((value: string) => string)
  /** How the OpenAPI document shows the format, in keywords of JSON Schema. */
  shownAs: object
}

/** Validates a value like a body, and returns its mistakes. It changes the value like a body: texts are trimmed. */
export type Check = (value: unknown) => readonly { path: string; message: string }[]

declare module 'fastify' {
  interface FastifyInstance {
    /** Compiles a schema for values that are not a part of a request, such as tasks in a file. */
    compileCheck(schema: object): Check
  }
}

/**
 * Validates requests. Bodies are strict: no value is converted. In a query, which is always text, integers and
 * booleans are read as such, and an empty value counts as not sent.
 */
export const validation = fp<{ formats: Readonly<Record<string, Format>> }>(async (app, { formats }) => {
  const settings = {
    allErrors: true,
    strictTypes: false,
    validateSchema: false,
    discriminator: true,
    // Errors have the value, for the messages of formats.
    verbose: true,
  } as const
  const ajv = addFormats.default(new Ajv(settings), ['date-time', 'email'])
  for (const [name, { validate }] of Object.entries(formats))
    ajv.addFormat(name, { type: 'string', validate })
  for (const keyword of keywords) ajv.addKeyword(keyword)
  ajv.addKeyword('example')
  const compile = (schema: object) => {
    // `ajv.getSchema` would compile the schemas of answers too, which nothing validates.
    for (const [id, shared] of Object.entries(app.getSchemas()))
      if (!(id in ajv.schemas)) ajv.addSchema(boundArrays(shared) as object, id)
    return ajv.compile(boundArrays(schema) as object)
  }
  const explainAll = (errors: ErrorObject[], part?: string) =>
    withoutRepetition(errors).map((error) =>
      part === 'querystring' && Array.isArray(error.data)
        ? { path: error.instancePath, message: 'must be sent only once' }
        : describe(error, formats),
    )
  const compileLater = createLateCompiler(app, compile)
  app.decorate('compileCheck', (schema) => {
    const validatorOf = compileLater(schema)
    return (value) => {
      const validate = validatorOf()
      return validate(value) ? [] : explainAll(validate.errors!)
    }
  })
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    const validatorOf = compileLater(schema)
    const read = httpPart === 'querystring' ? queryReader(schema as QuerySchema) : undefined
    return (value: unknown) => {
      const validate = validatorOf()
      return validate(read ? read(value as Query) : value) || { error: validate.errors! }
    }
  })
  // Most answers are JSON that PostgreSQL wrote. Compiling a serializer for each schema would take a third of the
  // start-up time.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setSchemaErrorFormatter((errors, part) => {
    return Object.assign(new Error(), {
      invalidInput: { part, errors: explainAll(errors as ErrorObject[], part) },
    })
  })
})

/** Keywords whose errors only say that there are other errors. */
const COMPOSING = ['if', 'discriminator']

/**
 * A copy of a schema in which the items of an array are validated only if there are not too many. Otherwise every item
 * of a huge array could be a mistake in the answer.
 */
function boundArrays(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(boundArrays)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, boundArrays(value)]),
  )
  const { items, ...others } = copy
  if (![copy.type].flat().includes('array') || typeof copy.maxItems !== 'number') return copy
  return { ...others, if: { maxItems: copy.maxItems }, then: { items } }
}

/** Removes an error about the type beside an error about an enum, which already lists what is allowed. */
const withoutRepetition = (errors: ErrorObject[]) =>
  errors.filter(
    ({ keyword, instancePath }) =>
      !COMPOSING.includes(keyword) &&
      (keyword !== 'type' ||
        !errors.some((other) => other.keyword === 'enum' && other.instancePath === instancePath)),
  )

function describe(error: ErrorObject, formats: Readonly<Record<string, Format>>) {
  const { instancePath, keyword, params } = error as ErrorObject<string, { [name: string]: string }>
  const path = keyword === 'required' ? `${instancePath}/${params.missingProperty}` : instancePath
  const message = keyword === 'format' ? formats[params.format!]?.message : undefined
  return {
    path,
    message: typeof message === 'function' ? message(error.data as string) : (message ?? explain(error)),
  }
}
