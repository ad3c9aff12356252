import fc from 'fast-check'
import type { Document, Schema } from './described.ts'

/**
 * Values for the schemas of the OpenAPI document: those that they admit, and those that they do not.
 * The formats are written down here once more, from what the document says about them: what the service
 * thinks of a value is what is tested.
 */
const ODD_TEXTS = [
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'true',
  'NaN',
  '-0',
  '1e999',
  '\u202Eevil',
  '\u200B\u200D\uFE0F',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  'e\u0301 é \uFB01',
  'İıſ',
  '\uFEFF x',
  '\u2028\u2029\u0085\u007F',
  '"\\/\b\f\n\r\t',
  "'; DROP TABLE tasks; --",
  '%_\\%00${x}{{x}}$1',
  '\uFFFD\uFFFE\uFFFF',
  '\u{10FFFF}\u{1F600}',
]
const BLANKS = ['', ' ', '\t', '\n', '\u0085', '\u00A0', '\u200B', '\u3000', '\uFEFF', '\u2003 ']
export const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then']

const pad = (value: number, length = 2) => String(value).padStart(length, '0')
const codePoints = (text: string) => [...text].length

/** What the service makes of a title or a search: without blanks around it, empty without a visible character. */
export const trimmed = (text: string) =>
  /^[\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\ufff9-\ufffb]*$/u.test(text)
    ? ''
    : text.replace(/^[\s\u0085\u200B\u2060]+|[\s\u0085\u200B\u2060]+$/g, '')

/** Text that can be stored: neither U+0000 nor an unpaired surrogate. */
const storable = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(...ODD_TEXTS),
  )
  .map((text) => text.replaceAll('\0', ''))

const long = (maximum: number) =>
  fc
    .tuple(fc.constantFrom('x', 'ü', '😀', '\u0301'), fc.integer({ min: maximum - 1, max: maximum }))
    .map(([unit, count]) => unit.repeat(count))

function text({ minLength = 0, maxLength = 2000, pattern = '' }: Schema): fc.Arbitrary<string> {
  const blank = fc.constantFrom(...BLANKS)
  const plain = fc.oneof(
    { arbitrary: storable, weight: 5 },
    { arbitrary: long(maxLength), weight: 1 },
    { arbitrary: fc.tuple(blank, storable, blank).map((parts) => parts.join('')), weight: 2 },
  )
  return plain.filter(
    (value) =>
      codePoints(value) >= minLength &&
      codePoints(value) <= maxLength &&
      new RegExp(pattern).test(value) &&
      // No portable pattern knows the invisible characters beyond U+FFFF.
      (minLength === 0 || trimmed(value) !== ''),
  )
}

const day = fc
  .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const clock = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59))
  .map((parts) => parts.map((part) => pad(part)).join(':'))
const fraction = fc.oneof(
  fc.constant(''),
  fc.stringMatching(/^\.[0-9]{1,12}$/),
  fc.constant(`.${'9'.repeat(300)}`),
)
const offset = fc.oneof(
  fc.constantFrom('Z', 'z', '-00:00', '+14:00', '-14:00', '+23:59', '-23:59'),
  fc
    .tuple(fc.constantFrom('+', '-'), fc.nat(23), fc.nat(59))
    .map(([sign, hours, minutes]) => `${sign}${pad(hours)}:${pad(minutes)}`),
)
/** At the ends of the calendar an offset leaves the years that are allowed. */
const dayInside = day.filter((value) => value > '1000-01-02' && value < '9999-12-30')
const instant = fc.tuple(dayInside, fc.constantFrom('T', 't'), clock, fraction, offset)
const dueDate = fc.oneof(
  day,
  instant.map((parts) => parts.join('')),
)

const badDueDate = fc.oneof(
  fc.constantFrom('', ' ', 'tomorrow', '2026-02-29', '2100-02-29', '2026-00-10', '2026-13-01', '2026-01-32'),
  fc.constantFrom(
    '2026-12-01T24:00:00Z',
    '2026-12-31T23:59:60Z',
    '2026-12-01T10:00Z',
    '2026-335',
    '2026-W49-2',
  ),
  fc.constantFrom(
    '0000-01-01',
    '0999-12-31',
    '10000-01-01',
    '-2026-12-01',
    '+002026-12-01',
    '２０２６-12-01',
  ),
  fc.constantFrom('0001-01-01T00:00:00Z', '9999-12-31T23:59:59-00:01', '1000-01-01T00:00:00+00:01'),
  day.map((value) => `${value} `),
  day.map((value) => `\n${value}`),
  day.map((value) => value.replaceAll('-', '')),
  dayInside.map((value) => `${value}T10:00:00`),
  dayInside.map((value) => `${value} 10:00:00Z`),
  dayInside.map((value) => `${value}T10:00:00,5Z`),
  dayInside.map((value) => `${value}T10:00:00.Z`),
  dayInside.map((value) => `${value}T10:00:00+24:00`),
  dayInside.map((value) => `${value}T10:00:00+0100`),
  dayInside.map((value) => `${value}T10:00:00\u221201:00`),
  storable.filter((value) => !/^\d{4}-\d\d-\d\d/.test(value)),
)

const zoneNames = [
  ...Intl.supportedValuesOf('timeZone'),
  'UTC',
  'GMT',
  'Etc/GMT+5',
  'US/Eastern',
  'Asia/Calcutta',
]
const timeZone = fc
  .tuple(fc.constantFrom(...zoneNames), fc.constantFrom('as it is', 'lower', 'upper'))
  .map(([name, form]) =>
    form === 'lower' ? name.toLowerCase() : form === 'upper' ? name.toUpperCase() : name,
  )
const badTimeZone = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'UTC ',
    '+01:00',
    '-0530',
    'Mars/Olympus',
    'Europe/',
    '/UTC',
    '../UTC',
    'Europe\\Berlin',
  ),
  storable.filter((value) => !/^[A-Za-z]/.test(value)),
)

const number = fc.oneof(
  fc.constantFrom('1', '9007199254740993', '9223372036854775807', '9223372036854775808', '9'.repeat(400)),
  fc.bigInt({ min: 1n, max: 10n ** 30n }).map(String),
)
const positiveInteger = fc
  .tuple(fc.constantFrom('', '', '0', '000'), number)
  .map(([zeros, digits]) => zeros + digits)
const badPositiveInteger = fc.oneof(
  fc.constantFrom(
    '0',
    '00',
    '-1',
    '+1',
    '1.0',
    '1e3',
    '0x10',
    '0b1',
    '1n',
    '1_000',
    ' 1',
    '1 ',
    '1\n',
    '１',
    '٣',
  ),
  fc.constantFrom('null', 'undefined', 'NaN', 'Infinity', '1,2', '1;2', '[1]', "1'--", ...PROTOTYPE_KEYS),
  storable.filter((value) => value !== '' && value !== '.' && value !== '..' && !/^[0-9]+$/.test(value)),
)

const entityTag = fc
  .tuple(fc.constantFrom('', 'W/'), fc.stringMatching(/^[!#-~\x80-\xff]{0,30}$/))
  .map(([weak, tag]) => `${weak}"${tag}"`)
const entityTags = fc.oneof(
  fc.constant('*'),
  fc
    .tuple(
      fc.array(entityTag, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(',', ', ', ' ,\t', ',,', ' , , '),
    )
    .map(([tags, comma]) => tags.join(comma)),
)
const badEntityTags = fc.oneof(
  fc.constantFrom(' ', ',', '"', '"a', 'a"', 'a', 'w/"a"', 'W/ "a"', 'W/', '"a" "b"', '"a b"', '*,*', '*"a"'),
  entityTags.map((tags) => `${tags} "`),
  entityTags.map((tags) => `x${tags}`),
)

const PRIORITIES = ['none', 'low', 'medium', 'high', 'urgent']
const priorities = fc.array(fc.constantFrom(...PRIORITIES, ''), { maxLength: 8 }).map(String)
const badPriorities = fc
  .tuple(priorities, fc.constantFrom('High', ' high', 'null', 'high;low', ...PROTOTYPE_KEYS))
  .map((parts) => parts.join())

const CONTROLS = ['a\nb', 'a\tb', 'a\u0007b', 'a\u0085b', 'a\u2028b']
/** At most 50 characters, and no more in NFC. */
const tag = fc
  .oneof(storable, fc.constantFrom('x'.repeat(50), '😀'.repeat(50), 'NULL', '{}', "'", 'a b', 'İ', 'ß', 'ς'))
  .map((value) => value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp},]/gu, '').normalize('NFC'))
  .filter((value) => trimmed(value) !== '' && codePoints(value) <= 50)
const badTag = fc.oneof(
  fc.constantFrom('', ...CONTROLS, 'a,b', ',', 'x'.repeat(51), '😀'.repeat(51), '\ud800'),
  fc.constantFrom(...BLANKS),
)
const tagNames = fc.array(tag, { maxLength: 20 }).map(String)
const badTagNames = fc.oneof(
  fc.constantFrom('x'.repeat(51), `a,${'ü'.repeat(51)}`, Array.from({ length: 21 }, (_, n) => n).join()),
  fc.constantFrom('a\u0000', ...CONTROLS),
)

const rule = fc
  .tuple(
    fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'daily'),
    fc.constantFrom(
      '',
      ';INTERVAL=2',
      ';COUNT=3',
      ';UNTIL=99991231',
      ';BYDAY=MO,TU',
      ';BYMONTH=1',
      ';WKST=SU',
    ),
  )
  .map(([frequency, part]) => `FREQ=${frequency}${part}`)
const badRule = fc.oneof(
  fc.constantFrom('', 'FREQ=HOURLY', 'FREQ=DAILY;', 'COUNT=1', 'FREQ=DAILY;COUNT=0', 'FREQ=DAILY;BYHOUR=1'),
  storable.filter((value) => !/^(rrule:)?freq=/i.test(value)),
)

const FORMATS: Record<string, { good: fc.Arbitrary<string>; bad: fc.Arbitrary<string> }> = {
  'due-date': { good: dueDate, bad: badDueDate },
  'time-zone': { good: timeZone, bad: badTimeZone },
  'entity-tags': { good: entityTags, bad: badEntityTags },
  'priority-list': { good: priorities, bad: badPriorities },
  'tag-list': { good: tagNames, bad: badTagNames },
  'recurrence-rule': { good: rule, bad: badRule },
  tag: { good: tag, bad: badTag },
  'tag-name': { good: tag, bad: badTag.filter((value) => value.isWellFormed()) },
  // An id in the path, as text: it has no upper limit.
  int64: { good: positiveInteger, bad: badPositiveInteger },
}

const typesOf = (schema: Schema) => [schema.type ?? []].flat()

/** The schema with all that it refers to. */
export function resolve(document: Document, { $ref, items, oneOf, ...schema }: Schema): Schema {
  if ($ref !== undefined) return resolve(document, document.components.schemas[$ref.split('/').at(-1)!]!)
  const resolved = (part: Schema) => resolve(document, part)
  const properties = Object.entries(schema.properties ?? {}).map(([name, part]) => [name, resolved(part)])
  return {
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(properties) as Record<string, Schema> }),
    ...(items && { items: resolved(items) }),
    ...(oneOf && { oneOf: oneOf.map(resolved) }),
  }
}

/** JSON of any kind, with keys that mean something to JavaScript. */
export const anyJson = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }),
  fc.constantFrom<unknown>(null, 0, -0, 1e308, 1e-320, 2 ** 53 + 2, '', [], {}, [[[]]]),
)

/** What the schema admits. */
export function good(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(good))
  if (schema.enum) return fc.constantFrom<unknown>(...schema.enum)
  const types = typesOf(schema)
  return types.length === 0 ? anyJson : fc.oneof(...types.map((type) => goodOf(type, schema)))
}

function goodOf(type: string, schema: Schema): fc.Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer' && schema.format === undefined)
    return fc.integer({ min: schema.minimum!, max: schema.maximum! })
  if (type === 'string' || type === 'integer') return FORMATS[schema.format ?? '']?.good ?? text(schema)
  if (type === 'array') return fc.array(good(schema.items!), sizeOf(schema))
  if (type !== 'object') throw new Error(`nothing is known of the type ${type}`)
  const { properties = {}, required = [] } = schema
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, good(field)]))
  return fc.record(fields, { requiredKeys: required })
}

const sizeOf = ({ minItems = 0, maxItems }: Schema) => ({
  minLength: minItems,
  maxLength: maxItems!,
  size: 'small' as const,
})

/** What the schema does not admit: the wrong type, or the right one beyond its limits. */
export function bad(schema: Schema): fc.Arbitrary<unknown> {
  const types = typesOf(schema)
  const wrongTypes: [string, fc.Arbitrary<unknown>][] = [
    ['null', fc.constant(null)],
    ['boolean', fc.boolean()],
    ['number', fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))],
    ['string', fc.oneof(fc.constantFrom('', 'true', '1', 'null'), storable)],
    ['array', fc.array(anyJson, { maxLength: 3 })],
    ['object', fc.dictionary(storable, anyJson, { maxKeys: 3 })],
  ]
  const others = wrongTypes.filter(([type]) => !types.includes(type)).map(([, arbitrary]) => arbitrary)
  return fc.oneof(...others, ...beyondLimits(schema))
}

function beyondLimits(schema: Schema): fc.Arbitrary<unknown>[] {
  if (schema.oneOf) return schema.oneOf.flatMap(beyondLimits)
  if (schema.properties) return brokenObjects(schema)
  if (schema.items) return brokenArrays(schema)
  const found: fc.Arbitrary<unknown>[] = []
  const { format = '', minLength = 0, maxLength, pattern = '' } = schema
  const formatted = FORMATS[format]
  if (formatted) return [formatted.bad]
  if (format === 'storable-text' || format === 'single-line') {
    const lines = format === 'single-line' ? CONTROLS : []
    if (lines.length > 0) found.push(fc.constantFrom(...lines))
    const unstorable = fc.constantFrom('\0', '\uD800', '\uDFFF', '\uDE00\uD83D')
    found.push(
      fc
        .tuple(storable, unstorable, storable)
        .map((parts) => parts.join('').slice(0, 150))
        .filter((value) => isUnstorable(trimmed(value))),
    )
  }
  if (minLength > 0)
    found.push(fc.constantFrom('', ...BLANKS.filter((blank) => !new RegExp(pattern).test(blank))))
  if (maxLength !== undefined)
    found.push(fc.constantFrom('x', '😀', '\u0301').map((unit) => unit.repeat(maxLength + 1)))
  return found
}

const isUnstorable = (text: string) => text.includes('\0') || !text.isWellFormed()

/** One invalid item among valid ones, too few items, or too many. */
function brokenArrays(schema: Schema): fc.Arbitrary<unknown>[] {
  const { items, minItems = 0, maxItems } = schema as Schema & { items: Schema; maxItems: number }
  const some = fc.array(good(items), { ...sizeOf(schema), minLength: 0, maxLength: maxItems - 1 })
  const length = { minLength: maxItems + 1, maxLength: maxItems + 3 }
  return [
    fc.tuple(some, bad(items), fc.nat(maxItems)).map(([array, item, at]) => array.toSpliced(at, 0, item)),
    fc.array(good(items), length),
    ...(minItems > 0 ? [fc.constant([])] : []),
  ]
}

function brokenObjects(schema: Schema): fc.Arbitrary<unknown>[] {
  const { properties = {}, required = [] } = schema
  // Nothing is wrong for a field of any type.
  const limited = Object.entries(properties).filter(([, field]) => field.oneOf ?? field.enum ?? field.type)
  const spoiled = limited.map(([name, field]) =>
    fc
      .tuple(goodOf('object', schema), bad(field))
      .map(([object, value]) => ({ ...(object as object), [name]: value })),
  )
  const lacking = required.map((name) =>
    goodOf('object', schema).map((object) =>
      Object.fromEntries(Object.entries(object as object).filter(([key]) => key !== name)),
    ),
  )
  return [...spoiled, ...lacking]
}

/** Values that a parameter in the URL does not allow, as texts. An empty text counts as not sent. */
export function badText(schema: Schema): fc.Arbitrary<string> {
  const formatted = FORMATS[schema.format ?? '']
  if (formatted) return formatted.bad.filter((value) => value !== '')
  if (schema.enum)
    return fc.oneof(
      fc.constantFrom(' ', ...schema.enum.map((word) => word!.toUpperCase()), ...PROTOTYPE_KEYS),
      storable.filter((word) => word !== '' && !schema.enum!.includes(word)),
    )
  if (schema.type === 'boolean')
    return fc.constantFrom(
      'yes',
      'no',
      '1',
      '0',
      'TRUE',
      'False',
      'null',
      'true ',
      '[true]',
      ...PROTOTYPE_KEYS,
    )
  if (schema.type === 'integer')
    return fc.oneof(
      fc.constantFrom(
        'ten',
        '1.5',
        '0x',
        'NaN',
        'Infinity',
        '-Infinity',
        '1e999',
        '1,5',
        '１',
        '9'.repeat(400),
      ),
      fc.integer({ min: -(2 ** 31), max: schema.minimum! - 1 }).map(String),
      fc.bigInt({ min: BigInt(schema.maximum!) + 1n, max: 10n ** 25n }).map(String),
    )
  return fc.constant('x'.repeat((schema.maxLength ?? 2000) + 1))
}
