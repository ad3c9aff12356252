export type Query = Record<string, unknown>
export type QuerySchema = { properties: Record<string, { type?: string }> }

/** How a text is converted to a type. A text that cannot be converted stays a text, and the schema refuses it. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  // Ajv's own coercion would also accept `0x10`, `1e1` and ` 5 `.
  integer: (text) => (/^-?\d+$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' || text === 'false' ? text === 'true' : text),
}

/** Reads the values of a query in place: the schema says which are integers and booleans. */
export function queryReader({ properties }: QuerySchema) {
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

/** A repeated parameter is an array. */
function withoutEmpty(value: unknown): unknown {
  if (!Array.isArray(value)) return value === '' ? undefined : value
  const values = value.filter((item) => item !== '')
  return values.length > 1 ? values : values[0]
}
