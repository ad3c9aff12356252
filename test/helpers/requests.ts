import fc from 'fast-check'
import { anyJson, bad, badText, good, PROTOTYPE_KEYS, resolve } from './arbitraries.ts'
import type { Document, Operation, Schema } from './described.ts'

/** Stands in a plan for what is only known when the request is sent. */
export const OWN_ID = '<own id>'
export const FOREIGN_ID = '<foreign id>'
export const ME = '<me>'
export const VICTIM = '<victim>'

/** A request as it was made up: texts that may still be placeholders, nothing encoded yet. */
export interface Plan {
  /** valid: the document allows it. invalid: it does not, because of `wrong`. chaos: unknown. */
  kind: 'valid' | 'invalid' | 'chaos'
  method: string
  /** Of the path's template; chaos brings a path of its own. */
  template: string
  params: Record<string, string>
  query: [name: string, value: string][]
  rawPath?: string | undefined
  rawQuery?: string | undefined
  headers: Record<string, string>
  token: 'good' | 'none' | 'bad'
  body?: string | Buffer | undefined
  /** The body's fields, where it is a valid object. */
  sent?: Record<string, unknown> | undefined
  wrong?: string | undefined
}

interface Named {
  method: string
  template: string
  operation: Operation
}

/** Every operation whose answer has an end. */
export const operationsOf = ({ paths }: Document): Named[] =>
  Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => !isStream(operation))
      .map(([method, operation]) => ({ method: method.toUpperCase(), template, operation })),
  )

/** Whether the answer has no end. */
const isStream = ({ responses: { 200: answer } }: Operation) =>
  answer !== undefined && 'content' in answer && 'text/event-stream' in answer.content

/** Headers that change nothing about what is asked for. */
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'accept',
    'accept-encoding',
    'accept-language',
    'cookie',
    'if-modified-since',
    'origin',
    'range',
    'referer',
    'user-agent',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-http-method-override',
    'x-method-override',
    'x-original-url',
    'x-request-id',
    'x-user-id',
  ),
  fc.constantFrom(
    '',
    '*',
    'DELETE',
    'bytes=0-0',
    '"x"',
    '/api/me',
    'evil.example',
    '\u00ff\u00fe',
    '%0d%0a',
    '{"a":1}',
  ),
  { maxKeys: 3 },
)
const jsonTypes = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;x=y',
)

const schemaOfBody = (document: Document, { requestBody }: Operation) =>
  requestBody && resolve(document, requestBody.content!['application/json']!.schema)

/** Valid values of the operation's parameters in the query, as text. */
function goodQuery({ parameters = [], operationId }: Operation): fc.Arbitrary<[string, string][]> {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query' && parameter.name !== 'cursor')
  const values = Object.fromEntries(inQuery.map(({ name, schema }) => [name, good(schema).map(String)]))
  // Operations that delete many tasks refuse parameters that they do not know. One of them has a required parameter.
  if (/^(clearTasks|emptyTrash)/.test(operationId))
    return fc.record(values).map((known) => Object.entries(known as Record<string, string>))
  const unknown = fc.constantFrom<[string, string][]>(
    [],
    [['unknown', '1']],
    [['__proto__', 'x']],
    [['a[]', '']],
  )
  return fc.tuple(fc.record(values, { requiredKeys: [] }), unknown).map(([known, others]) => {
    // A schema cannot express that offset needs limit, or that q must not differ from search. The descriptions do.
    const { offset, q, ...rest } = known as Record<string, string>
    const page = offset === undefined ? {} : { offset, limit: rest.limit ?? '20' }
    const alias = q === undefined || rest.search !== undefined ? {} : { q }
    return [...Object.entries({ ...rest, ...page, ...alias }), ...others]
  })
}

/** Valid values of some of the operation's headers. */
const goodHeaders = ({ parameters = [] }: Operation): fc.Arbitrary<Record<string, string>> =>
  fc.record(
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === 'header')
        .map(({ name, schema }) => [name, good(schema) as fc.Arbitrary<string>]),
    ),
    { requiredKeys: [] },
  ) as fc.Arbitrary<Record<string, string>>

const goodParams = ({ parameters = [] }: Operation): fc.Arbitrary<Record<string, string>> =>
  fc.record(
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name, schema }) => [name, goodParam(name, schema)]),
    ),
  )

function goodParam(name: string, schema: Schema): fc.Arbitrary<string> {
  if (name === 'user_id') return fc.constant(ME)
  // A URL has no path segment `.` or `..`.
  if (name !== 'id') return (good(schema) as fc.Arbitrary<string>).filter((value) => !/^\.{1,2}$/.test(value))
  return fc.oneof(
    { arbitrary: fc.constant(OWN_ID), weight: 4 },
    { arbitrary: fc.constant(FOREIGN_ID), weight: 2 },
    { arbitrary: good(schema) as fc.Arbitrary<string>, weight: 1 },
  )
}

const extraFields = (known: string[]) =>
  fc.array(
    fc.tuple(
      fc
        .oneof(
          fc.constantFrom(...PROTOTYPE_KEYS, 'id', 'user_id', 'labels', ''),
          fc.string({ unit: 'binary', maxLength: 8 }),
        )
        .filter((name) => !known.includes(name)),
      fc.oneof(anyJson, fc.constant({ title: 'polluted', completed: true, isAdmin: true })),
    ),
    { maxLength: 3 },
  )

const write = (entries: (readonly [string, unknown])[]) =>
  `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`
const escapeAll = (json: string) =>
  json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Spellings of one object: with unknown fields, fields that later ones overwrite, and escapes. */
function spell(schema: Schema, value: unknown): fc.Arbitrary<string> {
  const spellings = {
    extra: extraFields(Object.keys(schema.properties ?? {})),
    escaped: fc.boolean(),
    twice: fc.boolean(),
  }
  return fc.record(spellings).map(({ extra, escaped, twice }) => {
    if (value === null || typeof value !== 'object') return JSON.stringify(value)
    const entries = Object.entries(value)
    const overruled = twice ? entries.map(([name]) => [name, { overruled: true }] as const) : []
    const json = write([...overruled, ...extra, ...entries])
    return escaped ? escapeAll(json) : json
  })
}

/** A schema cannot say that two names for one field must not differ; the description does. */
const agree = (value: unknown): unknown => {
  const { operations } = (value ?? {}) as { operations?: unknown[] }
  if (operations !== undefined) return { operations: operations.map(agree) }
  const { completed, is_completed } = (value ?? {}) as Record<string, unknown>
  const both = completed !== undefined && is_completed !== undefined
  return both ? { ...(value as object), is_completed: completed } : value
}

function goodBody(document: Document, operation: Operation): fc.Arbitrary<Partial<Plan>> {
  const schema = schemaOfBody(document, operation)
  if (schema === undefined) return fc.constant({})
  const none = operation.requestBody!.required ? [] : [fc.constantFrom({}, { body: 'null' })]
  const some = good(schema)
    .map(agree)
    .chain((value) =>
      spell(schema, value).map((body) => ({
        body,
        ...(value !== null && { sent: value as Record<string, unknown> }),
      })),
    )
  return fc.oneof(some, ...none)
}

/** A request that the document admits. */
export function validPlan(document: Document, { method, template, operation }: Named): fc.Arbitrary<Plan> {
  const parts = {
    params: goodParams(operation),
    query: goodQuery(operation),
    headers: fc
      .tuple(oddHeaders, goodHeaders(operation))
      .map(([odd, known]): Record<string, string> => ({ ...odd, ...known })),
    type: jsonTypes,
    body: goodBody(document, operation),
  }
  return fc.record(parts).map(({ params, query, headers, type, body }) => ({
    kind: 'valid',
    method,
    template,
    params,
    query,
    token: 'good',
    ...body,
    headers: body.body === undefined ? headers : { ...headers, 'content-type': type },
  }))
}

/** A request with one thing that the document does not admit; undefined where there is nothing to spoil. */
export function invalidPlan(document: Document, named: Named): fc.Arbitrary<Plan> | undefined {
  const { parameters = [] } = named.operation
  const schema = schemaOfBody(document, named.operation)
  const spoilt: fc.Arbitrary<Partial<Plan>>[] = parameters
    .filter(({ name }) => name !== 'user_id' && name !== 'cursor')
    .map((parameter) =>
      badText(parameter.schema).map((value) =>
        parameter.in === 'path'
          ? { wrong: parameter.name, params: { [parameter.name]: value } }
          : parameter.in === 'header'
            ? { wrong: parameter.name, headers: { [parameter.name]: value } }
            : { wrong: parameter.name, query: [[parameter.name, value]] },
      ),
    )
  const twice = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) =>
      good(schema)
        .filter((value) => value !== '')
        .map((value): Partial<Plan> => ({
          wrong: name,
          query: [
            [name, String(value)],
            [name, String(value)],
          ],
        })),
    )
  const bodies = schema ? [badBody(document, schema, named.operation)] : []
  const all = [...spoilt, ...twice, ...bodies, ...bodies, ...bodies]
  if (all.length === 0) return undefined
  return fc
    .tuple(validPlan(document, named), fc.oneof(...all))
    .map(([plan, { query, params, headers, ...rest }]) => ({
      ...plan,
      ...rest,
      kind: 'invalid',
      params: { ...plan.params, ...params },
      query: query ? [...plan.query.filter(([name]) => name !== query[0]![0]), ...query] : plan.query,
      headers: {
        ...plan.headers,
        ...headers,
        ...((plan.body ?? rest.body) && { 'content-type': 'application/json' }),
      },
    }))
}

function badBody(document: Document, schema: Schema, operation: Operation): fc.Arbitrary<Partial<Plan>> {
  // Where a body need not be sent, null is as if none was.
  const isNoBody = (value: unknown) => value === null && operation.requestBody?.required === false
  const wrong = bad(schema)
    .filter((value) => !isNoBody(value))
    .map((value) => ({ wrong: 'body', body: JSON.stringify(value) }))
  const different = good(schema)
    .filter((value) => value !== null)
    .map((value) => ({ ...(value as object), is_completed: true, completed: false }))
    .map((value) => ({ wrong: 'body', body: JSON.stringify(value) }))
  const broken = goodBody(document, operation)
    .filter(({ body }) => body !== undefined)
    .chain(({ body }) =>
      fc.oneof(
        fc.nat(Math.max(0, body!.length - 1)).map((end) => (body as string).slice(0, end)),
        fc.constantFrom(
          `${body as string},`,
          `${body as string}]`,
          `// x\n${body as string}`,
          `[${body as string}`,
        ),
      ),
    )
    .filter((body) => body !== '' && !isJson(body))
    .map((body) => ({ wrong: 'json', body }))
  return fc.oneof(
    { arbitrary: wrong, weight: 3 },
    { arbitrary: broken, weight: 1 },
    { arbitrary: different, weight: 'is_completed' in (schema.properties ?? {}) ? 1 : 0 },
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const segment = fc.oneof(
  fc.constantFrom(
    'api',
    'tasks',
    'summary',
    'complete',
    'me',
    'auth',
    '1',
    '0',
    '',
    ME,
    VICTIM,
    OWN_ID,
    FOREIGN_ID,
  ),
  fc.constantFrom(
    '%',
    '%ZZ',
    '%C0%AF',
    '%ED%A0%80',
    '%00',
    '%0d%0a',
    '%2e%2e',
    '%2F',
    '%5c',
    '%25%30%30',
    '%61pi',
  ),
  fc.constantFrom(
    ';a=b',
    '*',
    ':id',
    '{id}',
    '__proto__',
    'constructor',
    'x'.repeat(5000),
    '1'.repeat(4090),
    'é',
    ' ',
  ),
  fc.string({ unit: 'binary', maxLength: 10 }).map((text) => encodeURIComponent(text)),
)
const rawPair = fc
  .tuple(
    fc.constantFrom(
      'limit',
      'offset',
      'cursor',
      'sort',
      'status',
      'due_from',
      'time_zone',
      'limit[]',
      'limit[a]',
      '__proto__',
      'a.b',
      '',
      '%',
      '%00',
    ),
    fc.constantFrom(
      '=',
      '',
      '==',
      '=%',
      '=%00',
      '=%FF',
      '=[]',
      '={}',
      '=__proto__',
      '=W10',
      '=WyIiLG51bGwsMV0',
      '=5',
      '=\u{1F600}',
      '=asc',
    ),
  )
  .map((parts) => parts.join(''))
const contentTypes = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'application/json, text/plain',
  'application/vnd.api+json',
  'application/merge-patch+json',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'text/plain',
  '*/*',
  'json',
  '',
  '\u00ff',
  `application/json;${'x'.repeat(3000)}`,
)
const anyBody: fc.Arbitrary<string | Buffer | undefined> = fc.oneof(
  fc.constant(undefined),
  anyJson.map((value) => JSON.stringify(value)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    '{"title":1e999}',
    '{"title":"a","title":"b"}',
    '{"__proto__":{"title":"x"}}',
    '\uFEFF{"title":"x"}',
  ),
  fc.constantFrom(
    '['.repeat(30_000),
    '{"a":'.repeat(10_000),
    `"${'x'.repeat(70_000)}"`,
    ' '.repeat(1000),
    '\0',
  ),
  fc.constantFrom(
    '"\\ud800"',
    '{"title":"\\u0000"}',
    '-',
    '01',
    '+1',
    '.5',
    '0x10',
    'NaN',
    "{'title':1}",
    '{title:1}',
  ),
)

/** A request that need not resemble any. */
export function chaosPlan(operations: readonly Named[]): fc.Arbitrary<Plan> {
  const ownPath = fc.constantFrom(...operations.map(({ template }) => template))
  const anyPath = fc
    .array(segment, { minLength: 1, maxLength: 5 })
    .map((segments) => `/${segments.join('/')}`)
  const apiPath = fc.array(segment, { maxLength: 4 }).map((segments) => `/${['api', ...segments].join('/')}`)
  const parts = {
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'HEAD'),
    template: ownPath,
    rawPath: fc.oneof(anyPath, apiPath, fc.constant(undefined)),
    params: fc.record({
      user_id: fc.oneof(fc.constant(ME), fc.constant(VICTIM), fc.constantFrom('.', 'null', '*', '%')),
      id: fc.oneof(fc.constant(OWN_ID), fc.constant(FOREIGN_ID)),
      name: fc.constantFrom('a', ' ', '/', '%', ','),
    }),
    rawQuery: fc.oneof(
      fc.array(rawPair, { maxLength: 4 }).map((pairs) => pairs.join('&')),
      fc.constantFrom('x=1&'.repeat(2000), '&&&', '?', '[][]=1', `limit=5&cursor=${'A'.repeat(3000)}`),
    ),
    headers: oddHeaders,
    type: fc.oneof(fc.constant('application/json'), fc.constant(undefined), contentTypes),
    token: fc.constantFrom<Plan['token']>('good', 'good', 'good', 'none', 'bad'),
    body: anyBody,
  }
  return fc.record(parts).map(({ type, headers, ...rest }) => ({
    kind: 'chaos',
    query: [],
    ...rest,
    headers: type === undefined ? headers : { ...headers, 'content-type': type },
  }))
}
