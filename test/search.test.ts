import fc from 'fast-check'
import pg from 'pg'
import t from 'tap'
import { Prisma } from '../src/generated/prisma/client.ts'
import {
  type Answer,
  createTask,
  createUser,
  nextPage,
  startApp,
  type TestApp,
  type TestUser,
} from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'

type Listed = { id: number; title: string }

const { sql } = Prisma
const HOSTILE = ["'; DROP TABLE tasks; --", "' OR '1'='1", '$1', '{{x}}', 'a & b | !c', '(a*)+', '"quoted"']

const pathOf = (search: string, more = '') => `/api/tasks?search=${encodeURIComponent(search)}${more}`

async function titles({ call }: TestApp, user: TestUser, search: string, more = '') {
  const { status, body } = await call<Listed[]>('GET', pathOf(search, more), { user })
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body.map(({ title }) => title)
}

/** Starts an app and creates a user with tasks of these titles. */
async function startWith(t: Parameters<typeof startApp>[0], ...texts: (string | object)[]) {
  const app = await startApp(t)
  const user = await createUser()
  for (const task of texts) await createTask(app, user, typeof task === 'string' ? { title: task } : task)
  return { app, user, find: (search: string, more?: string) => titles(app, user, search, more) }
}

/** Tasks with many equal dates and titles, some with accents. */
async function fill(app: TestApp, user: TestUser, count: number) {
  await app.call('GET', '/api/me', { user })
  await query(
    databaseUrl(),
    `INSERT INTO tasks (user_id, title, description, completed, due_at, due_all_day, created_at, updated_at)
     SELECT $1, (ARRAY['Café', 'cafe', 'tea', 'CAFÉ au lait'])[n % 4 + 1], (ARRAY['crème', NULL, 'milk'])[n % 3 + 1],
       n % 5 = 0, CASE WHEN n % 3 > 0 THEN timestamptz '2026-01-01Z' + n % 7 * interval '1 day' END, n % 3 = 1,
       timestamptz '2026-01-01Z' + n / 4 * interval '1 ms', timestamptz '2026-02-01Z' + n / 4 * interval '1 ms'
     FROM generate_series(1, $2::int) AS n`,
    [user.id, count],
  )
}

t.test('search finds tasks with every word in the title or the description, in any order', async (t) => {
  const { find } = await startWith(
    t,
    { title: 'Water the plants', description: 'The fern needs little.' },
    { title: 'Buy milk', description: 'and water' },
    'Call Fernando',
  )
  const cases: [string, string[]][] = [
    ['water', ['Buy milk', 'Water the plants']],
    ['water fern', ['Water the plants']],
    ['fern', ['Call Fernando', 'Water the plants']],
    ['  little \t\u00a0\u3000 PLANTS ', ['Water the plants']],
    ['ater', ['Buy milk', 'Water the plants']],
    ['water fernando', []],
    ['plantsthe', []],
    ['water water water', ['Buy milk', 'Water the plants']],
    ['', ['Call Fernando', 'Buy milk', 'Water the plants']],
    [' \t ', ['Call Fernando', 'Buy milk', 'Water the plants']],
  ]
  for (const [search, expected] of cases) t.same(await find(search), expected, JSON.stringify(search))
})

t.test('case, accents and typographic variants make no difference, in either direction', async (t) => {
  const app = await startApp(t)
  const same: string[][] = [
    ['Crème brûlée', 'creme brulee', 'CRÈME BRÛLÉE', 'Cre\u0300me bru\u0302le\u0301e'],
    ['Straße', 'strasse', 'STRASSE', 'STRAẞE', 'ſtraſſe'],
    ['ΟΔΟΣ', 'οδος', 'οδοσ', 'Οδός'],
    ['Ёлка', 'елка', 'ЁЛКА', 'Е\u0308лка'],
    ['Istanbul', 'İstanbul', 'ıstanbul', 'ISTANBUL', 'i\u0307stanbul'],
    ['Łódź', 'lodz', 'ŁÓDŹ'],
    ['Smørrebrød', 'smorrebrod'],
    ['Ægir', 'aegir', 'Œuvre aegir'],
    ['Đà Nẵng', 'da nang'],
    ['Phở', 'PHO'],
    ['ＡＢＣ１２３', 'abc123'],
    ['ﬁnance', 'finance', 'FINANCE'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['한국어', '한국어'.normalize('NFD')],
    ['がっこう', 'がっこう'.normalize('NFD')],
    ['ｶﾞｯｺｳ', 'ガッコウ'],
    ['soft\u00adware', 'software'],
    ['I ❤ tea', 'i ❤\ufe0f tea'],
    ['left\u200eto\u200fright', 'lefttoright'],
    ["Mum's", 'Mum’s', 'Mum‘s', 'Mum\u02bcs', 'Mum´s', 'Mum`s', 'Mum′s', 'Mum＇s', 'Mum‛s', 'MUM\u02b9S'],
    ["o'zbek м'ята ha'i", 'oʻzbek мʼята haʻi', 'oʽzbek м’ята ha‘i'],
    [
      'say "hi"',
      'say “hi”',
      'say „hi“',
      'say «hi»',
      'say ＂hi＂',
      'say 〝hi〟',
      'say 「hi」',
      'say ｢hi｣',
      "say ''hi''",
      'say ‘‘hi’’',
    ],
    ['5\'10"', '5′10″', '5’10”', "5'10''"],
    ["it's ‹so›", "it’s 'so'"],
    ['10-15', '10–15', '10—15', '10‐15', '10‑15', '10‒15', '10―15', '10−15', '10－15', '10﹣15', '10--15'],
    ['well—known', 'well--known', 'well---known', 'well-known', 'well⸺known'],
    ['wait...', 'wait…', 'wait⋯', 'wait‥.'],
    ['10~12', '10～12', '10〜12', '10∼12', '10˜12'],
    ['col·lega', 'col•lega', 'coŀlega', 'col‧lega', 'col∙lega', 'col⋅lega', 'col・lega', 'col･lega'],
    ['1/2 cup', '½ cup', '1⁄2 cup', '1∕2 cup'],
    ['2x4', '2×4'],
    ['แม่', 'เเม่'],
    ['no 5', 'nº 5', 'n° 5', '№ 5'],
    ['8:30', '8∶30', '8：30'],
    ['ok.是,否', 'ok。是、否', 'ok．是，否', 'ok｡是､否'],
    ['\u0639\u0644\u064a', '\u0639\u0644\u0649', '\u0639\u0644\u06cc'],
    ['\u0643\u062a\u0627\u0628', '\u06a9\u062a\u0627\u0628', '\u0643\u062a\u0640\u0640\u0627\u0628'],
    ['\u0645\u062f\u0631\u0633\u0629', '\u0645\u062f\u0631\u0633\u0647', '\u0645\u062f\u0631\u0633\u06c1'],
    ['\u0623\u062d\u0645\u062f', '\u0627\u062d\u0645\u062f', '\u0671\u062d\u0645\u062f'],
    ['\u0622\u062e\u0631', '\u0627\u062e\u0631', '\u0625\u062e\u0631'],
    ['2026', '\u0662\u0660\u0662\u0666', '\u06f2\u06f0\u06f2\u06f6', '२०२६', '২০২৬', '๒๐๒๖', '２０２６'],
    ['a\u060c b\u061b c\u061f 5\u066a', 'a, b; c? 5%'],
    ['\u05e6\u05d4"\u05dc', '\u05e6\u05d4\u05f4\u05dc', "\u05e6\u05d4''\u05dc", '\u05e6\u05d4”\u05dc'],
    ["\u05d2'\u05d9\u05e4", '\u05d2\u05f3\u05d9\u05e4', '\u05d2’\u05d9\u05e4'],
    [
      '\u05ea\u05dc-\u05d0\u05d1\u05d9\u05d1',
      '\u05ea\u05dc\u05be\u05d0\u05d1\u05d9\u05d1',
      '\u05ea\u05dc–\u05d0\u05d1\u05d9\u05d1',
    ],
    ['\u05f2\u05b4\u05d3\u05d9\u05e9', '\u05d9\u05d9\u05d3\u05d9\u05e9'],
  ]
  for (const forms of same) {
    const user = await createUser()
    for (const title of forms) await createTask(app, user, { title })
    await createTask(app, user, { title: 'Something else' })
    const whole = forms.slice(0, forms[0] === 'Ægir' ? 2 : undefined)
    for (const form of whole) t.equal((await titles(app, user, form)).length, forms.length, form)
  }
})

t.test('every word of a text finds it, whatever the text, its form and the order of its words', async (t) => {
  const app = await startApp(t)
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 })
  const forms = fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD')
  const property = async (words: string[], form: string, odd: string) => {
    const user = await createUser()
    const title = words.join(' ')
    const search = [...words].reverse().join('  ').normalize(form)
    // A title takes no control characters.
    const { id } = await createTask(app, user, { title, description: odd })
    // Only letters that all versions of Unicode know: the server and Node have one each.
    const lower = search.replace(/[\u0041-\u04ff]/g, (letter) => letter.toLowerCase())
    for (const text of [search, lower, odd]) {
      fc.pre([...text].length <= 100)
      const { body } = await app.call<Listed[]>('GET', pathOf(text), { user })
      t.same(
        body.map((task) => task.id),
        [id],
        JSON.stringify([title, odd, text]),
      )
    }
  }
  const odd = fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !text.includes('\0'))
  const words = fc.array(word, { minLength: 1, maxLength: 4 })
  await fc.assert(fc.asyncProperty(words, forms, odd, property), { numRuns: 60 })
})

t.test('letters of scripts without case or accents match only themselves', async (t) => {
  const texts = ['東京で会議', '한국', 'か', 'が', 'パパ', 'हिन्दी', 'ไทย', '👨‍👩‍👧 party 🎉']
  const { find } = await startWith(t, ...texts)
  t.same(await find('会議'), ['東京で会議'])
  t.same(await find('京会'), [])
  t.same(await find('하'), [], 'one syllable is not in another')
  t.same(await find('か'), ['か'], 'nor one kana')
  t.same(await find('ハハ'), [])
  t.same(await find('हिन्दी'), ['हिन्दी'])
  t.same(await find('หทย'), [])
  t.same(await find('🎉'), ['👨‍👩‍👧 party 🎉'])
  t.same(await find('👩'), ['👨‍👩‍👧 party 🎉'])
  t.same(await find('🎊'), [])
})

t.test('no character is a wildcard', async (t) => {
  const { app, user, find } = await startWith(t, '100 % sure', 'snake_case', 'C:\\temp', 'plain', ...HOSTILE)
  t.same(await find('%'), ['100 % sure'])
  t.same(await find('％'), ['100 % sure'])
  t.same(await find('e_c'), ['snake_case'])
  t.same(await find('_'), ['snake_case'])
  t.same(await find('\\'), ['C:\\temp'])
  t.same(await find(':\\t'), ['C:\\temp'])
  t.same(await find('\\%'), [])
  for (const text of HOSTILE) t.same(await find(text), [text], text)
  for (const text of [
    '.*',
    'pl*in',
    '?',
    '[a-z]',
    '^plain$',
    'pl%n',
    'pla_n',
    '\\x70',
    'plain:*',
    '%%',
    '$2',
  ])
    t.same(await find(text), [], text)
  t.equal((await app.call('GET', '/api/tasks', { user })).body.length, 4 + HOSTILE.length)
})

t.test('a word that folds to nothing matches every task', async (t) => {
  const { find } = await startWith(t, 'one', 'two', 'three four')
  const all = ['three four', 'two', 'one']
  for (const word of [
    '\u0301',
    '\u200b',
    '\ufeff',
    '\u00ad\u2060',
    '\u200e',
    '\ufe0f',
    '\u0640',
    '\u064b',
    '¨',
    '¯',
  ])
    t.same(await find(word), all, JSON.stringify(word))
  t.same(await find('one \u0301\u0308'), ['one'])
  t.same(await find('¨ \u200b two'), ['two'])
})

t.test('words are separated only by characters that fold to white space', async (t) => {
  const { find } = await startWith(t, 'red wine', 'wine (red)', 'redwine')
  const isSpace = (character: string) => /\p{White_Space}/u.test(character)
  const characters = Array.from({ length: 0x3001 }, (_, code) => String.fromCodePoint(code)).filter(isSpace)
  const nameOf = (character: string) => `U+${character.codePointAt(0)!.toString(16)}`
  t.equal(characters.length, 25)
  for (const space of characters)
    t.same(await find(`red${space}wine`), ['redwine', 'wine (red)', 'red wine'], nameOf(space))
  for (const invisible of ['\ufeff', '\u200b', '\u2060', '\u200c', '\u00ad'])
    t.same(await find(`red${invisible}wine`), ['redwine'], nameOf(invisible))
})

t.test('a plain sign finds a typographic one, and vice versa', async (t) => {
  const { find } = await startWith(t, 'Mum’s “party” 10–15', `Dad's "walk" 20-25`)
  t.same(await find(`mum's "party" 10-15`), ['Mum’s “party” 10–15'])
  t.same(await find('DAD’S «walk» 20—25'), [`Dad's "walk" 20-25`])
  t.same(await find('’s'), [`Dad's "walk" 20-25`, 'Mum’s “party” 10–15'])
  t.same(await find('−'), [`Dad's "walk" 20-25`, 'Mum’s “party” 10–15'])
  t.same(await find('mums'), [], 'an apostrophe is a character like others')
  t.same(await find('10 15'), ['Mum’s “party” 10–15'])
  t.same(await find('1015'), [])
})

t.test('digits of all scripts match each other', async (t) => {
  const zeros = [
    ...[0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20],
    ...[0x1040, 0x17e0, 0x1810, 0xff10, 0x1d7ce],
  ]
  const digitsFrom = (zero: number) => String.fromCodePoint(...Array.from({ length: 10 }, (_, n) => zero + n))
  const folded = await query<{ digits: string }>(
    databaseUrl(),
    'SELECT fold_text(digits) AS digits FROM unnest($1::text[]) AS digits',
    [zeros.map(digitsFrom)],
  )
  t.same(
    folded.map(({ digits }) => digits),
    zeros.map(() => '0123456789'),
  )
})

t.test(
  'every character can be folded, all its forms fold to the same text, and only white space folds to white space',
  async (t) => {
    // Up to the last letters and emoji that keyboards know, and the invisible tags.
    const [odd] = await query<Record<string, string[]>>(
      databaseUrl(),
      `WITH characters AS (
       SELECT chr(code) AS c, fold_text(chr(code)) AS folded
       FROM (SELECT generate_series(1, x'd7ff'::int) UNION ALL SELECT generate_series(x'f900'::int, x'1fbff'::int)
         UNION ALL SELECT generate_series(x'e0000'::int, x'e01ef'::int)) AS codes (code)
     )
     SELECT array_agg(c) FILTER (WHERE folded ~ '^\\s+$') AS spaces,
       array_agg(c) FILTER (WHERE fold_text(folded) <> folded) AS "folded twice",
       array_agg(c) FILTER (WHERE strpos(fold_text('x' || c || 'x'), folded) = 0) AS "between letters",
       array_agg(c) FILTER (WHERE fold_text(normalize(c, NFKD)) <> folded) AS "decomposed"
     FROM characters`,
    )
    const { spaces, ...others } = odd!
    t.ok(
      spaces!.every((character) => /\p{White_Space}/u.test(character)),
      JSON.stringify(spaces),
    )
    t.equal(spaces!.length, 25)
    t.same(others, { 'folded twice': null, 'between letters': null, decomposed: null })
  },
)

t.test('q is another name for search, and must not differ from it', async (t) => {
  const { app, user } = await startWith(t, 'tea', 'milk')
  const list = (parameters: string) => app.call<Listed[]>('GET', `/api/tasks?${parameters}`, { user })
  for (const parameters of [
    'q=tea',
    'q=tea&search=',
    'q=tea&search=tea',
    'q=%20tea&search=tea%20',
    'search=tea&q=',
  ]) {
    const { body } = await list(parameters)
    t.same(
      body.map(({ title }) => title),
      ['tea'],
      parameters,
    )
  }
  t.match(await list('search=tea&q=milk'), { status: 400, body: { errors: [{ path: '/q' }] } })
})

t.test('a search that is too long or contains U+0000 is a 400 that says why', async (t) => {
  const { app, user, find } = await startWith(t, 'x')
  for (const name of ['search', 'q']) {
    const cases: [string, RegExp][] = [
      ['y'.repeat(101), /at most 100 characters/],
      [Array.from({ length: 100 }, (_, n) => n).join(' '), /at most 100 characters/],
      ['a\u0000b', /U\+0000/],
    ]
    for (const [text, message] of cases) {
      const answer = await app.call('GET', `/api/tasks?${name}=${encodeURIComponent(text)}`, { user })
      t.match(answer, {
        status: 400,
        body: { code: 'validation_failed', errors: [{ path: `/${name}`, message }] },
      })
    }
    t.equal((await app.call('GET', `/api/tasks?${name}=a&${name}=b`, { user })).status, 400, 'given twice')
  }
  t.same(await find(` ${'x'.repeat(100)} `), [], 'white space around does not count')
  t.same(await find('🎉'.repeat(100)), [], 'characters count, not bytes')
  t.same(await find(Array.from({ length: 50 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join(' ')), [])
  t.equal((await app.call('GET', '/api/tasks?search=%ED%A0%80%FF', { user })).status, 400, 'not UTF-8')
})

t.test('a changed task is found by its new text', async (t) => {
  const { app, user, find } = await startWith(t)
  const { id } = await createTask(app, user, { title: 'Köln', description: 'Dom' })
  await app.call('PATCH', `/api/tasks/${id}`, { user, body: { title: 'Zürich' } })
  t.same(await find('koln'), [])
  t.same(await find('zurich dom'), ['Zürich'])
  await app.call('PATCH', `/api/tasks/${id}`, { user, body: { description: null } })
  t.same(await find('dom'), [])
  t.same(await find('ZÜRICH'), ['Zürich'])
  const { body } = await app.call('GET', `/api/tasks/${id}`, { user })
  t.notOk('search_text' in body, 'the column of the search is not in the answer')
})

t.test("another user's tasks are never found, nor counted", async (t) => {
  const { app } = await startWith(t, 'secret')
  const [alice, mallory] = [await createUser(), await createUser()]
  await createTask(app, alice, { title: 'secret plan', description: 'secret' })
  const page = await app.call('GET', pathOf('secret', '&limit=1&count=true'), { user: alice })
  t.equal(page.headers['x-total-count'], '1')
  for (const search of ['secret', 's', '\u0301', "' OR true --", alice.id]) {
    const { body, headers } = await app.call('GET', pathOf(search, '&count=true&limit=200'), {
      user: mallory,
    })
    t.same(body, [], search)
    t.equal(headers['x-total-count'], '0')
  }
  t.equal((await app.call('GET', `/api/${alice.id}/tasks?search=secret`, { user: mallory })).status, 403)
})

t.test('a search applies to every list: pages, filters, orders, offset and count agree', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 60)
  const list = async (parameters: string) =>
    (await app.call<Listed[]>('GET', `/api/tasks?${parameters}`, { user })).body.map(({ id }) => id)
  const found = new Set(await list('search=cafe'))
  t.equal(found.size, 45)
  for (const filter of [
    '',
    '&status=pending',
    '&overdue=true',
    '&due_from=2026-01-03',
    '&due_before=2026-01-04',
  ]) {
    for (const sort of ['created', 'updated', 'title', 'due_date']) {
      for (const order of ['asc', 'desc']) {
        const parameters = `sort=${sort}&order=${order}${filter}`
        const expected = (await list(parameters)).filter((id) => found.has(id))
        t.ok(expected.length > 5, parameters)
        const search = `${parameters}&search=CAFÉ`
        t.same(await list(search), expected, search)
        t.same(await list(`${search}&limit=7&offset=3`), expected.slice(3, 10), `${search} by offset`)
        const pages: number[] = []
        for (let next: string | undefined = `/api/tasks?${search}&limit=7&count=true`; next !== undefined;) {
          const { body, headers }: Answer<Listed[]> = await app.call<Listed[]>('GET', next, { user })
          pages.push(...body.map(({ id }) => id))
          t.equal(headers['x-total-count'], String(expected.length))
          next = nextPage({ headers }, next)
        }
        t.same(pages, expected, `${search} by cursor`)
      }
    }
  }
})

t.test('without limit, a search that finds thousands of tasks is complete', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 3000)
  const { body } = await app.call<Listed[]>('GET', '/api/tasks?search=cafe&sort=title', { user })
  t.equal(new Set(body.map(({ id }) => id)).size, 2250)
  t.equal(body.length, 2250)
})

t.test('a cursor belongs to its own search', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await fill(app, user, 30)
  const next = async (parameters: string) => {
    const { headers } = await app.call('GET', `/api/tasks?limit=5&${parameters}`, { user })
    return /cursor=([\w-]+)/.exec(headers.link!)![1]!
  }
  const use = (parameters: string, cursor: string) =>
    app.call('GET', `/api/tasks?limit=5&${parameters}&cursor=${cursor}`, { user })
  const cursor = await next('search=cafe%20creme')
  for (const same of ['search=cafe%20%20creme%20', 'q=cafe%20creme', 'search=cafe%20creme&q='])
    t.equal((await use(same, cursor)).status, 200, same)
  const invalid = { status: 400, body: { errors: [{ path: '/cursor' }] } }
  for (const other of ['search=cafe', 'search=cafecreme', 'search=', 'q=milk', 'status=all'])
    t.match(await use(other, cursor), invalid, other)
  t.match(await use('search=cafe', await next('')), invalid, 'the cursor of a list without a search')
})

t.test('the statement of a search is never prepared: its plan depends on its words', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '3' })
  const user = await createUser()
  await createTask(app, user, { title: 'tea' })
  const find = (search: string, more?: string) => titles(app, user, search, more)
  await find('tea', '&count=true&limit=5')
  await find('')
  const texts = await app.database.prisma.$queryJson(
    'nobody',
    Prisma.sql`SELECT statement FROM pg_prepared_statements`,
    { isPrepared: false },
  )
  t.ok(texts.some((text) => text.includes('FROM tasks')))
  t.notOk(texts.some((text) => text.includes('fold_text')))
})

t.test('slow searches delay no other request', async (t) => {
  for (const connections of ['5', '10']) {
    const { database, call } = await startApp(t, { DATABASE_POOL_MAX: connections })
    const user = await createUser()
    await createTask({ call }, user)
    const lock = new pg.Client(databaseUrl())
    await lock.connect()
    await lock.query('SELECT pg_advisory_lock(42)')
    const wait = () =>
      database.prisma.$queryJson(user.id, sql`SELECT pg_advisory_xact_lock(42)`, { isHeavy: true })
    const searches = Array.from({ length: 6 }, wait)
    const lists = Array.from({ length: 50 }, () => call('GET', '/api/tasks', { user }))
    for (const { status } of await Promise.all(lists)) t.equal(status, 200)
    await lock.end()
    t.equal((await Promise.all(searches)).length, 6, `with ${connections} connections`)
  }
})

t.test('lists and searches can share one connection', async (t) => {
  const app = await startApp(t, { DATABASE_POOL_MAX: '2', DATABASE_PREPARED: 'off' })
  const user = await createUser()
  await createTask(app, user, { title: 'Tee für zwei' })
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) => app.call('GET', n % 2 ? '/api/tasks' : pathOf('FUR'), { user })),
  )
  for (const { status, body } of answers) t.match({ status, body }, { status: 200, body: [{}] })
})
