import { gzipSync } from 'node:zlib'
import t from 'tap'
import { type Answer, createTask, createUser, nextPage, startApp } from './helpers/app.ts'

/** Text that other services have been seen to change, to count wrongly or to fail on. */
const TEXTS: Record<string, string> = {
  'a byte order mark within': 'a\uFEFFb',
  'combining marks': `a${'\u0301'.repeat(50)}`,
  'only a combining mark': '\u0301',
  'a letter and its mark (NFD)': 'Zoe\u0308',
  'the same as one letter (NFC)': 'Zo\u00EB',
  'a ligature (NFKC would change it)': '\uFB01n',
  'letters from right to left, turned around': '\u202Egnp.exe\u202C',
  'isolates and marks of direction': '\u2066\u200Fa\u200E\u061C\u2069',
  'an emoji that ends with a variation selector': 'I ❤\uFE0F',
  'an abbreviation that ends with a joiner': '1445 \u0647\u200D',
  'a word with a joiner and a word with a soft hyphen': '\u0645\u06CC\u200C\u0634\u0648\u062F soft\u00ADware',
  'a family of four': '👨‍👩‍👧‍👦',
  'a flag of letters and a flag of tags': '🇩🇪🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
  'a thumb with a colour': '👍🏽',
  'letters that change their length in capitals': 'ŉßŰİ',
  'Cyrillic that looks Latin': 'раураl',
  noncharacters: '\uFFFE\uFFFF\u{1FFFE}\u{10FFFF}',
  'private use': '\uE000\u{F0000}',
  'the replacement character': '\uFFFD',
  'an escape that is none': '\\u0000 \\x00 %00 &#0;',
  'what databases and shells take for something': 'NULL nil None $(id) `id` ; {{7*7}} ${7*7}',
}
/** A description holds them, a title does not. */
const IN_DESCRIPTIONS: Record<string, string> = {
  'nothing visible at all': '\u200B\u200C\u200D\u2060\u00AD\u2800\u3164\u180E',
  'control characters but NUL': '\u0001\u0008\u000B\u000C\u001B\u007F\u0080\u009F',
  'separators of lines and tabs': 'a\u2028b\u2029c\r\nd\u0085e\tf',
}

t.test('text is neither normalised nor cleaned: it is returned as it was sent', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  for (const [what, text] of Object.entries({ ...TEXTS, ...IN_DESCRIPTIONS })) {
    const title = what in TEXTS ? text : what
    const task = await createTask(app, user, { title, description: `\t ${text} \n` })
    const { body } = await app.call('GET', `/api/tasks/${task.id}`, { user })
    t.ok(body.title === title, what)
    t.ok(body.description === `\t ${text} \n`, `${what}, and white space around a description`)
    const same = await app.call('PUT', `/api/tasks/${task.id}`, { user, body: { title } })
    t.equal(same.body.updated_at, task.updated_at, `${what}: the same again is no change`)
  }
  const texts = [...Object.values(TEXTS), ...Object.keys(IN_DESCRIPTIONS)]
  const pages: string[] = []
  for (let url: string | undefined = '/api/tasks?sort=title&limit=5'; url !== undefined;) {
    const page: Answer<{ title: string }[]> = await app.call('GET', url, { user })
    pages.push(...page.body.map(({ title }) => title))
    url = nextPage(page, url)
  }
  t.same(pages.sort(), texts.sort(), 'pages in the order of titles hold each exactly once')
})

t.test('a title is trimmed of white space of every kind and of zero-width spaces', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const inside = ' \u00A0\u1680\u2000\u2003\u2009\u200A\u202F\u205F\u3000\u200B\u2060\uFEFF'
  const white = `\t\n\v\f\r\u0085\u2028\u2029${inside}`
  t.equal((await createTask(app, user, { title: `${white}a${inside}b${white}` })).title, `a${inside}b`)
  const { body } = await app.call('PATCH', `/api/tasks/${(await createTask(app, user)).id}`, {
    user,
    body: { title: '\u0085new\u200B' },
  })
  t.equal(body.title, 'new')
})

t.test('a title needs a visible character', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const blank = [
    '\u0085',
    '\u200B',
    '\uFEFF',
    '\u00AD',
    '\u200C\u200D',
    '\u200E\u202E\u2066',
    '\u034F',
    '\uFE0F',
  ]
  const fillers = [
    '\u2800',
    '\u3164',
    '\u115F\u1160',
    '\uFFA0',
    '\u180E',
    '\uFFF9',
    '\u{E0061}\u{E007F}',
    ' \u200B \u0007',
  ]
  const empty = { status: 400, body: { errors: [{ path: '/title', message: 'must not be empty' }] } }
  for (const title of [...blank, ...fillers]) {
    const name = [...title].map((character) => character.codePointAt(0)!.toString(16)).join(' ')
    t.match(await app.call('POST', '/api/tasks', { user, body: { title } }), empty, name)
    t.match(await app.call('PUT', `/api/tasks/${id}`, { user, body: { title } }), empty, name)
  }
  for (const title of ['.', '\u0301', '\u0600', '❤\uFE0F', '\u200B.', '\uE000', '👩\u200D👩\u200D👧'])
    t.equal(
      (await app.call('POST', '/api/tasks', { user, body: { title } })).status,
      201,
      encodeURIComponent(title),
    )
})

t.test('a title is one line: control characters inside it are refused, with the reason', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const codes = [...Array.from({ length: 32 }, (_, code) => code), 0x7f, 0x80, 0x85, 0x9f, 0x2028, 0x2029]
  const message =
    'must be one line without control characters (tab, line break, U+0000) or an unpaired surrogate'
  const refusal = { status: 400, body: { errors: [{ path: '/title', message }] } }
  for (const code of codes) {
    const body = { title: `a${String.fromCodePoint(code)}b` }
    t.match(await app.call('POST', '/api/tasks', { user, body }), refusal, code.toString(16))
    t.match(await app.call('PATCH', `/api/tasks/${id}`, { user, body }), refusal, code.toString(16))
  }
})

t.test('a body full of white space is trimmed in linear time', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const title = `a${' \u200B'.repeat(15_000)}b`
  // Quadratic time would be minutes: the test would run into its limit.
  for (let round = 0; round < 20; round += 1)
    t.equal((await app.call('POST', '/api/tasks', { user, body: { title } })).status, 400)
})

t.test('lengths are counted in code points, not in bytes, code units or graphemes', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const family = '👨‍👩‍👧‍👦'
  t.equal([...family].length, 7)
  const cases: [what: string, title: string, status: number][] = [
    ['200 characters of four bytes', '\u{10FFFF}'.repeat(200), 201],
    ['201 of them', '\u{10FFFF}'.repeat(201), 400],
    ['28 families and 4 letters', `${family.repeat(28)}abcd`, 201],
    ['28 families and 5 letters', `${family.repeat(28)}abcde`, 400],
    ['a letter with 199 marks', `a${'\u0301'.repeat(199)}`, 201],
    ['a letter with 200 marks', `a${'\u0301'.repeat(200)}`, 400],
    ['100 letters, each with its mark', 'e\u0301'.repeat(100), 201],
    ['101 letters, each with its mark', 'e\u0301'.repeat(101), 400],
    ['200 letters within 1000 spaces', `${' '.repeat(500)}${'x'.repeat(200)}${' '.repeat(500)}`, 201],
  ]
  for (const [what, title, status] of cases) {
    const answer = await call('POST', '/api/tasks', {
      user,
      body: { title, description: title.trim().repeat(5) },
    })
    t.equal(answer.status, status, what)
    if (status === 201)
      t.ok(answer.body.title === title.trim() && answer.body.description === title.trim().repeat(5))
  }
})

t.test('a lone surrogate is refused everywhere, in any spelling', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  const texts = ['\\ud800', '\\udfff', 'a\\ud83d', '\\ude00\\ud83d', '\\uD83D\\u0041', '\\u0000', 'a\\u0000b']
  for (const text of texts) {
    for (const body of [`{"title":"${text}"}`, `{"title":"x","description":"${text}"}`])
      t.equal((await call('POST', '/api/tasks', { user, body })).status, 400, body)
  }
  const whole = await call('POST', '/api/tasks', { user, body: '{"title":"\\ud83d\\ude00"}' })
  t.equal(whole.body.title, '😀', 'two halves make a whole')
  const bytes: Record<string, number[]> = {
    'half of a character, encoded': [0xed, 0xa0, 0x80],
    'both halves, each encoded (CESU-8)': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
    'a character in more bytes than it needs': [0xc1, 0x81],
    'NUL in more bytes than it needs': [0xc0, 0x80],
    'a character beyond the last one': [0xf4, 0x90, 0x80, 0x80],
    'a character that ends too early': [0xe2, 0x82],
    'the middle of a character': [0x80],
  }
  for (const [what, part] of Object.entries(bytes)) {
    const body = Buffer.concat([Buffer.from('{"title":"a'), Buffer.from(part), Buffer.from('"}')])
    t.match(
      await call('POST', '/api/tasks', { user, body }),
      { status: 400, body: { code: 'malformed_json' } },
      what,
    )
  }
  t.equal((await call('GET', '/api/tasks', { user })).body.length, 1)
})

t.test('an id is decimal digits: other notations of numbers are a 400', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const { id } = await createTask(app, user)
  const found = [
    `${id}`,
    `0${id}`,
    `${'0'.repeat(30_000)}${id}`,
    `${id}/`,
    String(id).replace(/^./, (digit) => `%3${digit}`),
  ]
  const bad = [
    '-0',
    '1.0',
    '1e0',
    '0x10',
    '0b1',
    '0o7',
    '1n',
    '1_0',
    '1,0',
    '٣',
    '1%0A',
    '%0A1',
    '1%2F',
    '1%3F',
    '1.',
    '.1',
    '%E2%80%8B1',
    'Infinity',
    'NaN',
    '[1]',
    '1;1',
  ]
  const absent = [
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '18446744073709551617',
    '1'.repeat(30_000),
  ]
  for (const text of found)
    t.equal((await app.call('GET', `/api/tasks/${text}`, { user })).body.id, id, text.slice(0, 20))
  for (const text of bad) t.equal((await app.call('GET', `/api/tasks/${text}`, { user })).status, 400, text)
  for (const text of absent)
    t.equal((await app.call('GET', `/api/tasks/${text}`, { user })).status, 404, text.slice(0, 20))
  const wrapped = (2n ** 64n + BigInt(id)).toString()
  t.equal(
    (await app.call('DELETE', `/api/tasks/${wrapped}`, { user })).status,
    404,
    'no number overflows to another id',
  )
  t.equal((await app.call('GET', '/api/tasks//', { user })).status, 404, 'no id at all')
})

t.test('dates and timestamps are those of RFC 3339, in the years 1000 to 9999', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const taken = [
    ['2024-02-29', '2024-02-29'],
    ['2000-02-29', '2000-02-29'],
    ['2026-12-01T10:00:00-00:00', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01T10:00:00+14:00', '2026-11-30T20:00:00.000Z'],
    ['2026-12-01T10:00:00-14:00', '2026-12-02T00:00:00.000Z'],
    ['2026-12-01T10:00:00+23:59', '2026-11-30T10:01:00.000Z'],
    ['2026-12-01T10:00:00-23:59', '2026-12-02T09:59:00.000Z'],
    ['2026-12-01t10:00:00z', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01T10:00:00.1Z', '2026-12-01T10:00:00.100Z'],
    ['2026-12-01T10:00:00.123456789Z', '2026-12-01T10:00:00.123Z'],
    ['2026-12-01T10:00:00.0500000000Z', '2026-12-01T10:00:00.050Z'],
    ['2026-12-01T10:00:00.0009999999999Z', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01T23:59:59.999999999Z', '2026-12-01T23:59:59.999Z'],
    [`2026-12-01T10:00:00.${'9'.repeat(1000)}Z`, '2026-12-01T10:00:00.999Z'],
    ['1000-01-01T00:00:00Z', '1000-01-01T00:00:00.000Z'],
    ['0999-12-31T23:30:00-01:00', '1000-01-01T00:30:00.000Z'],
    ['1582-10-10', '1582-10-10'],
  ] as const
  for (const [given, expected] of taken) {
    const { id, due_date } = await createTask(app, user, { title: 'x', due_date: given })
    t.equal(due_date, expected, given.slice(0, 40))
    t.equal((await app.call('GET', `/api/tasks/${id}`, { user })).body.due_date, expected)
    const query = `due_from=${encodeURIComponent(given)}&due_before=${encodeURIComponent(given)}`
    t.equal((await app.call('GET', `/api/tasks?${query}`, { user })).status, 200)
  }
  const refused = [
    '2026-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-00-01',
    '2026-01-00',
    '0000-01-01',
    '10000-01-01',
    '+002026-01-01',
    '-2026-01-01',
    '2026-1-01',
    '20261201',
    '2026-335',
    '2026-W49-2',
    '２０２６-12-01',
    ' 2026-12-01',
    '2026-12-01\n',
    '2026-12-01T24:00:00Z',
    '2026-12-31T23:59:60Z',
    '2016-12-31T23:59:60Z',
    '2026-12-01T10:60:00Z',
    '2026-12-01T10:00Z',
    '2026-12-01T10Z',
    '2026-12-01T10:00:00',
    '2026-12-01T10:00:00+24:00',
    '2026-12-01T10:00:00+01:60',
    '2026-12-01T10:00:00+0100',
    '2026-12-01T10:00:00+01',
    '2026-12-01T10:00:00−01:00',
    '2026-12-01T10:00:00,5Z',
    '2026-12-01T10:00:00.Z',
    '2026-12-01T10:00:00ZZ',
    '2026-12-01_10:00:00Z',
    '9999-12-31T23:59:59-00:01',
    '1000-01-01T00:00:00+00:01',
    '2026-12-01T10:00:00[Europe/Berlin]',
    'Tue, 01 Dec 2026 10:00:00 GMT',
    '1764547200',
  ]
  for (const due_date of refused) {
    t.match(
      await app.call('POST', '/api/tasks', { user, body: { title: 'x', due_date } }),
      { status: 400, body: { errors: [{ path: '/due_date' }] } },
      due_date,
    )
    t.equal(
      (await app.call('GET', `/api/tasks?due_from=${encodeURIComponent(due_date)}`, { user })).status,
      400,
    )
  }
})

/** A body, what becomes of it, and the title where a task does. */
const BODIES: [what: string, body: string | Buffer, status: number, title?: string][] = [
  ['a byte order mark', '\uFEFF{"title":"x"}', 201, 'x'],
  ['two byte order marks', '\uFEFF\uFEFF{"title":"x"}', 400],
  ['white space around', ' \t\r\n{"title":"x"} \r\n', 201, 'x'],
  ['white space that JSON does not know', '\u00A0{"title":"x"}', 400],
  ['a field twice: the last counts', '{"title":5,"title":"x"}', 201, 'x'],
  ['a field twice: the last is wrong', '{"title":"x","title":5}', 400],
  ['a field once more, escaped', '{"title":"x","t\\u0069tle":"y"}', 201, 'y'],
  ['a field in other letters', '{"Title":"x"}', 400],
  ['a comma at the end', '{"title":"x",}', 400],
  ['a comment', '{"title":"x"/* y */}', 400],
  ['a comment at the end', '{"title":"x"}// y', 400],
  ['two documents', '{"title":"x"}{"title":"y"}', 400],
  ['lines of documents', '{"title":"x"}\n{"title":"y"}\n', 400],
  ['single quotes', "{'title':'x'}", 400],
  ['a name without quotes', '{title:"x"}', 400],
  ['a line break within a text', '{"title":"x\ny"}', 400],
  ['an escape that JSON does not know', '{"title":"\\x41"}', 400],
  ['a NUL behind it', '{"title":"x"}\0', 400],
  ['a list', '[{"title":"x"}]', 400],
  ['a text', '"title"', 400],
  ['null', 'null', 400],
  ['a number', '7', 400],
  ['a number beyond all numbers', '{"title":"x","n":1e999}', 201, 'x'],
  ['a number of ten thousand digits', `{"title":"x","n":${'9'.repeat(10_000)}}`, 201, 'x'],
  ['a huge exponent', '{"title":"x","n":1e-99999999999999999999}', 201, 'x'],
  ['minus zero for false', '{"title":"x","completed":-0}', 400],
  ['a number with a leading zero', '{"title":"x","n":01}', 400],
  ['NaN', '{"title":"x","n":NaN}', 400],
  ['an unfinished number', '{"title":"x","n":1.}', 400],
  [
    'ten thousand lists in one another',
    `{"title":"x","n":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    201,
    'x',
  ],
  ['as many lists as fit', `{"title":"x","n":${'['.repeat(32_700)}${']'.repeat(32_700)}}`, 201, 'x'],
  ['as many lists as fit, and no end', '['.repeat(65_536), 400],
  ['as many objects as fit, and no end', '{"a":'.repeat(13_000), 400],
  ['as many lists as fit for a title', `{"title":${'['.repeat(32_700)}${']'.repeat(32_700)}}`, 400],
  ['ten thousand lists that never end', `{"title":"x","n":${'['.repeat(10_000)}`, 400],
  [
    'thousands of objects in one another',
    `{"title":"x","n":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}}`,
    201,
    'x',
  ],
  [
    'thousands of prototypes in one another',
    `{"title":"x","__proto__":${'{"__proto__":'.repeat(4000)}{}${'}'.repeat(4000)}}`,
    201,
    'x',
  ],
  ['a title by prototype', '{"__proto__":{"title":"x"}}', 400],
  ['a title by constructor', '{"constructor":{"prototype":{"title":"x"}}}', 400],
  [
    'thousands of fields',
    `{${Array.from({ length: 5000 }, (_, index) => `"f${index}":0`).join()},"title":"x"}`,
    201,
    'x',
  ],
  ['a name of thousands of characters', `{"${'n'.repeat(50_000)}":0,"title":"x"}`, 201, 'x'],
  ['UTF-16, little end first', Buffer.from('{"title":"x"}', 'utf16le'), 400],
  ['UTF-16 with its mark', Buffer.from('\uFEFF{"title":"x"}', 'utf16le'), 400],
  ['UTF-16, big end first', Buffer.from('{"title":"x"}', 'utf16le').swap16(), 400],
  ['Latin-1', Buffer.from('{"title":"\xfc"}', 'latin1'), 400],
  ['gzip', gzipSync('{"title":"x"}'), 400],
]

t.test('a body is JSON in UTF-8 as in RFC 8259: similar formats are a 400', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  let made = 0
  for (const [what, body, status, title] of BODIES) {
    const answer = await call('POST', '/api/tasks', { user, body })
    t.equal(answer.status, status, what)
    t.equal(answer.body.title, status === 201 ? title : 'Bad Request', what)
    if (status === 201) {
      made += 1
      t.equal(answer.body.completed, false, what)
    }
  }
  t.equal((await call('GET', '/api/tasks', { user })).body.length, made)
})

t.test('the charset in Content-Type is ignored: JSON is UTF-8', async (t) => {
  const { call } = await startApp(t)
  const user = await createUser()
  for (const charset of ['utf-8', 'UTF-8', '"utf-8"', 'iso-8859-1', 'utf-16', 'nonsense', '']) {
    const headers = { 'content-type': `application/json; charset=${charset}` }
    const { status, body } = await call('POST', '/api/tasks', { user, headers, body: '{"title":"ü"}' })
    t.match([status, body.title], [201, 'ü'], charset)
  }
})
