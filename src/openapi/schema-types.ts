import { type Static, type TSchema, Type } from '@sinclair/typebox'

/** A string that is one of a few words; unlike a union of literals its errors can name them. */
export const OneOf = <const Word extends string>(words: readonly Word[], options: object = {}) =>
  Type.Unsafe<Word>({ type: 'string', enum: words, ...options })

/** A string or null, in the form of JSON Schema 2020-12 that OpenAPI 3.1 uses. */
export const StringOrNull = (options: object = {}) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...options })

/** Points to a schema that was registered under its `$id`, and keeps its type. */
export const Ref = <Schema extends TSchema>(schema: Schema) =>
  Type.Unsafe<Static<Schema>>(Type.Ref(schema.$id as string))

/** RFC 3339, UTC, milliseconds: the only form in which the service writes an instant. */
export const Timestamp = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-01-02T10:00:00.000Z'] })
