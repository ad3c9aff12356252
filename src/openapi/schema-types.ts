import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'

/** One of a few words. Unlike those of a union of literals, its errors list the words. */
export const OneOf = <const Word extends string>(words: readonly Word[], options: object = {}) =>
  Type.Unsafe<Word>({ type: 'string', enum: words, ...options })

/** A string or null, in the form that OpenAPI 3.1 uses. */
export const StringOrNull = (options: object = {}) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...options })

/** A reference to a schema that is registered under its `$id`. It has the type of that schema. */
export const Ref = <Schema extends TSchema>(schema: Schema) =>
  Type.Unsafe<Static<Schema>>(Type.Ref(schema.$id as string))

/** RFC 3339, UTC, milliseconds: the form of every timestamp in answers. */
export const Timestamp = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-01-02T10:00:00.000Z'] })

/** An object of this schema: the first example of each property. */
export const exampleOf = <Schema extends TObject>({ properties }: Schema) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, { examples }]) => [name, (examples as unknown[])[0]]),
  ) as Static<Schema>
