import type { ErrorObject } from 'ajv'

/** The parameters of Ajv's errors that this file reads. */
interface Params {
  allowedValues: unknown[]
  limit: number
  type: string | string[]
}

/**
 * The end of a sentence about a value that its JSON Schema refuses: "must be an integer". It never quotes the value.
 * Mistakes in the configuration and in requests are explained with it.
 */
export function explain({ keyword, params, message }: ErrorObject): string {
  const { allowedValues, limit, type } = params as Params
  if (keyword === 'required') return 'is required'
  if (keyword === 'enum') return `must be one of: ${allowedValues.map(String).join(', ')}`
  if (keyword === 'minLength' || keyword === 'minItems')
    return limit === 1 ? 'must not be empty' : `must have at least ${size(keyword, limit)}`
  if (keyword === 'maxLength' || keyword === 'maxItems') return `must have at most ${size(keyword, limit)}`
  if (keyword === 'minimum') return `must be at least ${limit}`
  if (keyword === 'maximum') return `must be at most ${limit}`
  if (keyword === 'type') return `must be ${[type].flat().map(withArticle).join(' or ')}`
  return message!
}

const withArticle = (type: string) =>
  type === 'null' ? type : `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`

const size = (keyword: string, limit: number) =>
  `${limit} ${keyword.endsWith('Items') ? 'item' : 'character'}${limit === 1 ? '' : 's'}`
