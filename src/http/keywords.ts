import type { FuncKeywordDefinition, SchemaValidateFunction } from 'ajv'
import { trimText } from './text.ts'

type Trim = { parentData: Record<string, unknown>; parentDataProperty: string }

/** The keyword `trim`: true, or 'NFC', which also normalizes. The other keywords see the changed value. */
function trim(keyword: true | 'NFC', value: string, _schema: unknown, context?: unknown): boolean {
  const { parentData, parentDataProperty } = context as Trim
  const trimmed = trimText(value)
  parentData[parentDataProperty] = keyword === 'NFC' ? trimmed.normalize('NFC') : trimmed
  return true
}

/**
 * The keyword `insteadOf` of a boolean property: it is another name for the property that the keyword names. Its value
 * moves there. If an object has both with different values, both paths are refused.
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

/** The keywords that schemas have besides those of JSON Schema. */
export const keywords: readonly FuncKeywordDefinition[] = [
  { keyword: 'trim', type: 'string', modifying: true, before: 'maxLength', validate: trim, errors: false },
  { keyword: 'insteadOf', type: 'boolean', schemaType: 'string', validate: readAlias },
]
