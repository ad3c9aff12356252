import type { TSchema } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import { Environment } from './environment.ts'
import { explain } from './explain.ts'

/** Environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Variables that are lists, in which spaces around the commas are allowed. */
const LISTS = new Set([
  'CORS_ORIGINS',
  'CORS_ALLOWED_HEADERS',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'TRUST_PROXY',
  'FRONT_END_COMPAT',
])

// Without strictNumbers: false Ajv compares Infinity with no limit.
const ajv = new Ajv({ coerceTypes: true, strictNumbers: false, allErrors: true, validateSchema: false })
const schemas = Object.entries<TSchema>(Environment.properties)
const defaults = Object.fromEntries(schemas.map(([name, schema]) => [name, schema.default as unknown]))

/** Reads each variable by itself. An empty value counts as not set. The sentences quote no value. */
export function readEnvironment(variables: Variables): { env: Environment; mistakes: string[] } {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value))
  const mistakes = [...findWrongCharacters(given)]
  // Compiling the schemas of all variables would take a twelfth of the CPU time of a start.
  const properties = Object.fromEntries(schemas.filter(([name]) => given[name] !== undefined))
  const validate = ajv.compile({ type: 'object', properties })
  if (!validate(given)) {
    for (const error of validate.errors!) mistakes.push(`${error.instancePath.slice(1)} ${explain(error)}.`)
  }
  return { env: { ...defaults, ...given } as Environment, mistakes }
}

/**
 * Finds characters that were meant for a shell or a .env file: for example, Docker's --env-file keeps quotes. With a
 * secret that contains them, no token could be verified.
 */
function* findWrongCharacters(env: Variables): Generator<string> {
  for (const name of Object.keys(Environment.properties)) {
    const value = env[name]
    if (value === undefined) continue
    if (/^\s*(["'`]).*\1\s*$/s.test(value)) yield `${name} must not be in quotes.`
    else if (value !== value.trim() && isText(name))
      yield `${name} must not begin or end with a space or a line break.`
    else if (/\$\{\w+\}/.test(value))
      yield `${name} contains a reference such as \${NAME}. References are not expanded: write the value itself.`
  }
}

const isText = (name: string) => {
  const { type, enum: values } = Environment.properties[name as keyof Environment] as TSchema
  return type === 'string' && values === undefined && !LISTS.has(name)
}
