import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import ICAL from 'ical.js'
import ical from 'node-ical'
import t from 'tap'
import { vtimezone } from '../src/tasks/transfer/vtimezone.ts'
import { createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { eventually } from './helpers/eventually.ts'
import { createKey, startIssuer } from './helpers/issuer.ts'

type Fields = Record<string, any>
const TYPES = { json: 'application/json', csv: 'text/csv', ics: 'text/calendar' } as const
type Format = keyof typeof TYPES
const FORMATS = Object.keys(TYPES) as Format[]

/** The service of most tests. Each makes users of its own. */
const app = await startApp(t)

const exportFile = async ({ call }: TestApp, user: TestUser, format: Format = 'json') =>
  (await call('GET', `/api/tasks/export?format=${format}`, { user })).text
const importFile = (
  { call }: TestApp,
  user: TestUser,
  file: string | Buffer,
  format: Format = 'json',
  query = '',
) =>
  call('POST', `/api/tasks/import?${query}`, {
    user,
    body: file,
    headers: { 'content-type': TYPES[format] },
  })
const tasksOf = async ({ call }: TestApp, user: TestUser) =>
  (await call<Fields[]>('GET', '/api/tasks?sort=created&order=asc', { user })).body
const create = async ({ call }: TestApp, user: TestUser, body: object) => {
  const answer = await call('POST', '/api/tasks', { user, body })
  t.equal(answer.status, 201, answer.body.detail)
  return answer.body as Fields
}
const calendar = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n')

/** A task without what differs between users. */
const portable = ({ id: _, user_id: __, next_task_id: ___, ...task }: Fields) => task
/** What iCalendar can carry of a task. */
const inCalendar = (task: Fields) => ({
  ...portable(task),
  description: task.description || null,
  due_date: task.due_date?.replace(/\.\d{3}Z$/, '.000Z') ?? null,
  updated_at: null,
})

/** Some tasks with everything that a task can have. */
const SAMPLES = [
  { title: 'Plain' },
  { title: 'Day', due_date: '2026-12-01', priority: 'urgent', tags: ['home', 'Über'], completed: true },
  {
    title: 'Instant',
    due_date: '2026-12-01T15:00:00+01:00',
    priority: 'low',
    description: 'Two\nlines; a, b',
  },
  {
    title: 'Weekly',
    due_date: '2026-10-23T15:00:00+02:00',
    recurrence: { rule: 'FREQ=WEEKLY;BYDAY=FR', time_zone: 'Europe/Berlin' },
  },
  {
    title: 'Monthly',
    due_date: '2026-12-31',
    priority: 'medium',
    recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1', time_zone: 'America/New_York', anchor: 'completion' },
  },
  { title: '=HYPERLINK("http://example.com")', description: "'@cmd", tags: ['+1', '-x'], priority: 'high' },
  { title: `${'ä€😀'.repeat(60)};,\\"`, description: `'=${'long '.repeat(150)}` },
]

t.test('an export has a type, a name and every task; HEAD has no body', async (t) => {
  const user = await createUser()
  for (const sample of SAMPLES) await create(app, user, sample)
  await create(app, await createUser(), { title: 'Of somebody else' })
  for (const mount of ['/api', `/api/${user.id}`]) {
    for (const format of FORMATS) {
      const answer = await app.call('GET', `${mount}/tasks/export?format=${format}`, { user })
      t.equal(answer.status, 200)
      t.equal(answer.headers['content-type'], `${TYPES[format]}; charset=utf-8`)
      t.match(
        answer.headers['content-disposition'],
        new RegExp(`^attachment; filename="tasks-\\d{4}-\\d\\d-\\d\\d\\.${format}"$`),
      )
      t.notMatch(answer.text, 'Of somebody else')
      const head = await app.call('HEAD', `${mount}/tasks/export?format=${format}`, { user })
      t.match(head, { status: 200, text: '', headers: { 'content-type': answer.headers['content-type'] } })
      t.equal(head.headers['content-length'], undefined)
    }
  }
  const { body } = await app.call('GET', '/api/tasks/export', { user })
  t.same(body.tasks, await tasksOf(app, user), 'the default is JSON')
  t.match(await app.call('GET', '/api/tasks/export?format=xml', { user }), { status: 400 })
  t.match(await app.call('GET', '/api/tasks/export'), { status: 401 })
  t.match(await app.call('GET', `/api/${(await createUser()).id}/tasks/export`, { user }), { status: 403 })
})

t.test('CSV has a byte order mark, CRLF, columns named as the fields, and no formula', async (t) => {
  const user = await createUser()
  for (const sample of SAMPLES) await create(app, user, sample)
  const file = await exportFile(app, user, 'csv')
  t.match(file, /^\ufeffid,title,description,.*\bcompleted,.*\bdue_date,recurrence_rule,/)
  t.equal(file.split('\r\n').length, SAMPLES.length + 2, 'a line for each task, and no other CRLF')
  const cells = parse(file, { bom: true })
  t.same(
    cells.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell)),
    [],
  )
  t.match(file, '"\'=HYPERLINK(""http://example.com"")"')
})

t.test('iCalendar is folded, and a second library reads the same tasks', async (t) => {
  const user = await createUser()
  for (const sample of SAMPLES) await create(app, user, sample)
  const file = await exportFile(app, user, 'ics')
  const long = file.split('\r\n').filter((line) => Buffer.byteLength(line) > 75)
  t.same(long, [])
  t.notMatch(file.replaceAll('\r\n', ''), /[\r\n]/)
  const todos = Object.values(ical.sync.parseICS(file)).filter((one) => one?.type === 'VTODO') as Fields[]
  const byTitle = Object.fromEntries(todos.map((todo) => [todo.summary, todo]))
  t.equal(todos.length, SAMPLES.length)
  t.match(byTitle.Day, { status: 'COMPLETED', priority: '1', categories: ['home', 'Über'] })
  t.equal(byTitle.Day!.due.dateOnly, true)
  t.equal(byTitle.Instant!.due.toISOString(), '2026-12-01T14:00:00.000Z')
  t.equal(byTitle.Instant!.description, 'Two\nlines; a, b')
  t.equal(byTitle.Weekly!.due.toISOString(), '2026-10-23T13:00:00.000Z')
  t.equal(byTitle.Weekly!.due.tz, 'Europe/Berlin')
  t.match(file, 'DUE;TZID=Europe/Berlin:20261023T150000')
  t.match(file, 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1')
  const after = byTitle.Weekly!.rrule.after(new Date('2026-10-26T00:00:00Z'))
  t.equal(
    after.toISOString(),
    '2026-10-30T14:00:00.000Z',
    'the time on the wall clock stays the same across DST',
  )
})

t.test('other programs compute the right instants from the VTIMEZONE of every zone', async (t) => {
  const regular = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Santiago']
  const others = ['Africa/Casablanca', 'Africa/Cairo', 'Asia/Tehran', 'Asia/Kathmandu', 'America/Nuuk']
  for (const zone of [...regular, ...others]) {
    const text = vtimezone(zone)
    const component = new ICAL.Component(ICAL.parse(text) as unknown[])
    const definition = new ICAL.Timezone(component)
    const clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    const wrong: string[] = []
    // Every half day of ten years that is no time which the clocks show twice.
    for (let time = Date.UTC(2026, 0); time < Date.UTC(2036, 0); time += 43_200_000) {
      const local = clock.format(time).replace(' ', 'T')
      const read = ICAL.Time.fromDateTimeString(local)
      read.zone = definition
      const isTwice = [-1, -0.5, 0.5, 1].some(
        (hours) => clock.format(time + hours * 3_600_000).replace(' ', 'T') === local,
      )
      if (!isTwice && read.toUnixTime() * 1000 !== time) wrong.push(local)
    }
    t.same(wrong, [], zone)
    if (regular.includes(zone)) t.equal(text.match(/RRULE/g)?.length, 2, `${zone}: rules for both changes`)
  }
  t.notMatch(vtimezone('Asia/Kathmandu'), /RDATE|RRULE|DAYLIGHT/)
})

t.test('an export can be imported for another user with the same tasks, in every format', async (t) => {
  const user = await createUser()
  for (const sample of SAMPLES) await create(app, user, sample)
  const tasks = await tasksOf(app, user)
  for (const format of FORMATS) {
    const other = await createUser()
    const answer = await importFile(app, other, await exportFile(app, user, format), format)
    t.match(answer, { status: 200, body: { created: SAMPLES.length, skipped: 0, dry_run: false } }, format)
    const of = format === 'ics' ? inCalendar : portable
    t.same((await tasksOf(app, other)).map(of), tasks.map(of), format)
  }
})

t.test('random tasks are the same after export and import, in every format', async (t) => {
  const app = await startApp(t, { RATE_LIMIT_MAX: '0' })
  const text = fc.string({ unit: 'grapheme', maxLength: 30 })
  const pieces = fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    "'",
    '"',
    ';',
    ',',
    '\t',
    '\r\n',
    '\n',
    '\\',
    'ä',
    '😀',
    'BEGIN:VTODO',
  )
  const odd = fc.array(fc.oneof(pieces, text), { maxLength: 8 }).map((parts) => parts.join(''))
  // A grapheme may have several code points, which the limits count.
  const within = (limit: number, value: string) => [...value].slice(0, limit).join('')
  const due = fc.oneof(
    fc.constant(null),
    fc
      .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    fc.constantFrom('2026-12-01', '2024-02-29', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'),
  )
  const recurrence = fc.record({
    rule: fc.constantFrom(
      'FREQ=DAILY',
      'FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2',
      'FREQ=MONTHLY;COUNT=5;BYDAY=-1FR',
    ),
    time_zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu'),
    anchor: fc.constantFrom('due_date', 'completion'),
  })
  const task = fc
    .record({
      title: odd.map((part) => within(200, `x${part.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}`)),
      description: fc.option(odd.map((part) => within(1000, part))),
      completed: fc.boolean(),
      priority: fc.constantFrom('none', 'low', 'medium', 'high', 'urgent'),
      tags: fc.array(
        odd.map((part) => within(50, `t${part.replaceAll(/[\p{Cc}\p{Zl}\p{Zp},]/gu, ' ')}`)),
        { maxLength: 4 },
      ),
      due_date: due,
      recurrence: fc.option(recurrence),
    })
    .map((one) => ({ ...one, ...(one.due_date === null && { recurrence: null }) }))
  const lineEnds = (one: Fields) => ({
    ...inCalendar(one),
    description:
      one.description
        ?.replace(/\r\n?/g, '\n')
        .replaceAll(/[\p{Cc}]/gu, (c: string) => ('\t\n'.includes(c) ? c : '')) || null,
  })
  const emptyIsNull = (one: Fields) => ({ ...portable(one), description: one.description || null })
  await fc.assert(
    fc.asyncProperty(fc.array(task, { minLength: 1, maxLength: 30 }), async (samples) => {
      const user = await createUser()
      const file = JSON.stringify({ tasks: samples })
      const { status, body } = await importFile(app, user, file)
      t.match(
        { status, body },
        { status: 200, body: { created: samples.length } },
        JSON.stringify(body.errors),
      )
      const tasks = await tasksOf(app, user)
      for (const format of FORMATS) {
        const other = await createUser()
        const of = { json: portable, csv: emptyIsNull, ics: lineEnds }[format]
        const answer = await importFile(app, other, await exportFile(app, user, format), format)
        t.same(answer.body.errors, undefined, format)
        t.same((await tasksOf(app, other)).map(of), tasks.map(of), format)
      }
    }),
    { numRuns: Number(process.env.TRANSFER_RUNS ?? 8) },
  )
})

t.test('importing a file twice creates no second copy, in the same or another format', async (t) => {
  const user = await createUser()
  for (const sample of SAMPLES) await create(app, user, sample)
  const all = SAMPLES.length
  const files = await Promise.all(
    FORMATS.map(async (format) => [format, await exportFile(app, user, format)] as const),
  )
  for (const [format, file] of files)
    t.match(
      (await importFile(app, user, file, format)).body,
      { created: 0, skipped: all },
      `${format}: own tasks`,
    )
  const other = await createUser()
  for (const [index, [format, file]] of files.entries()) {
    const expected = index === 0 ? { created: all, skipped: 0 } : { created: 0, skipped: all }
    t.match((await importFile(app, other, file, format, 'dry_run=true')).body, { ...expected, dry_run: true })
    t.match((await importFile(app, other, file, format)).body, expected, `${format}: of another user`)
  }
  t.equal((await tasksOf(app, other)).length, all)
  t.match(
    (await importFile(app, other, '[{"title":"a"},{"title":"a"}]')).body,
    { created: 2 },
    'no ids: all are new',
  )
  const twice = JSON.stringify([
    { id: 5, created_at: '2026-01-01T00:00:00Z', title: 'a' },
    { id: 5, created_at: '2026-01-01T00:00:00Z', title: 'b' },
  ])
  t.match((await importFile(app, other, twice)).body, { created: 1, skipped: 1 }, 'twice in one file')
  const foreign = calendar('BEGIN:VTODO', 'UID:abc', 'SUMMARY:a', 'END:VTODO')
  t.match((await importFile(app, other, foreign, 'ics')).body, { created: 1 })
  t.match((await importFile(app, other, foreign, 'ics')).body, { skipped: 1 }, 'the UID of another program')
})

t.test(
  'an import restores a task from the trash with its id, and creates a permanently deleted task once',
  async (t) => {
    const user = await createUser()
    const kept = await create(app, user, { title: 'kept' })
    const trashed = await create(app, user, { title: 'trashed' })
    const gone = await create(app, user, { title: 'gone' })
    const file = await exportFile(app, user)
    const cursor = (await app.call('GET', '/api/tasks/changes', { user })).body.cursor
    await app.call('DELETE', `/api/tasks/${trashed.id}`, { user })
    await app.call('DELETE', `/api/tasks/${gone.id}`, { user })
    await app.call('DELETE', `/api/tasks/trash/${gone.id}`, { user })
    t.match((await importFile(app, user, file)).body, { created: 2, skipped: 1 })
    const tasks = await tasksOf(app, user)
    t.same(
      tasks.map(({ title }) => title),
      ['kept', 'trashed', 'gone'],
    )
    t.equal(tasks[0]!.id, kept.id)
    t.equal(tasks[1]!.id, trashed.id)
    t.ok(tasks[1]!.updated_at > trashed.updated_at, 'another ETag')
    t.not(tasks[2]!.id, gone.id)
    t.same((await app.call('GET', '/api/tasks/trash', { user })).body, [])
    t.match((await importFile(app, user, file)).body, { created: 0, skipped: 3 }, 'a second time')
    const { body } = await app.call('GET', `/api/tasks/changes?cursor=${cursor}`, { user })
    t.same(body.deleted, [gone.id])
    t.same(body.tasks.map(({ id }: Fields) => id).sort(), [trashed.id, tasks[2]!.id].sort())
    await app.call('DELETE', `/api/tasks/${tasks[2]!.id}`, { user })
    t.match((await importFile(app, user, file)).body, { created: 1, skipped: 2 })
    t.equal((await tasksOf(app, user))[2]!.id, tasks[2]!.id, 'a copy is restored from the trash, too')
  },
)

t.test(
  'two concurrent imports of one file create its tasks once, also through two copies of the service',
  async (t) => {
    const [one, two] = [app, await startApp(t)]
    const file = JSON.stringify(
      Array.from({ length: 100 }, (_, id) => ({
        id: id + 1,
        created_at: '2026-01-01T00:00:00Z',
        title: `t${id}`,
      })),
    )
    for (let round = 0; round < 3; round += 1) {
      const user = await createUser()
      await one.call('GET', '/api/me', { user })
      const answers = await Promise.all([one, one, two, two].map((app) => importFile(app, user, file)))
      t.same(
        answers.map(({ status }) => status),
        [200, 200, 200, 200],
      )
      t.same(answers.map(({ body }) => body.created).sort(), [0, 0, 0, 100])
      t.equal((await tasksOf(one, user)).length, 100)
    }
  },
)

t.test('an Idempotency-Key repeats the first answer, and is valid for one file', async (t) => {
  const user = await createUser()
  const send = (body: string) =>
    app.call('POST', '/api/tasks/import', {
      user,
      body,
      headers: { 'idempotency-key': 'k', 'content-type': 'text/csv' },
    })
  const first = await send('title\na\nb\n')
  const again = await send('title\na\nb\n')
  t.match(first, { status: 200, body: { created: 2, skipped: 0 } })
  t.match(again, { status: 200, body: first.body, headers: { 'idempotency-replayed': 'true' } })
  t.match(await send('title\nc\n'), { status: 422 })
  t.equal((await tasksOf(app, user)).length, 2)
})

t.test('ids of tasks of other users are ignored, and the owner is the user of the token', async (t) => {
  const [user, other] = [await createUser(), await createUser()]
  const secret = await create(app, other, { title: 'secret' })
  const trashed = await create(app, other, { title: 'trashed' })
  await app.call('DELETE', `/api/tasks/${trashed.id}`, { user: other })
  const file = JSON.stringify({ tasks: [secret, trashed] })
  t.match((await importFile(app, user, file)).body, { created: 2, skipped: 0 })
  const tasks = await tasksOf(app, user)
  t.ok(tasks.every(({ id, user_id }) => user_id === user.id && id !== secret.id && id !== trashed.id))
  t.same(
    (await tasksOf(app, other)).map(({ id }) => id),
    [secret.id],
  )
  t.equal((await app.call('GET', '/api/tasks/trash', { user: other })).body.length, 1)
  const url = `/api/${other.id}/tasks/import`
  t.match(await app.call('POST', url, { user, body: '[]' }), { status: 403 })
  t.match(await app.call('POST', '/api/tasks/import', { body: '[]' }), { status: 401 })
  t.match(await app.call('POST', `/api/${user.id}/tasks/import`, { user, body: '[]' }), { status: 200 })
})

t.test('an imported task is linked to its next occurrence in the same file', async (t) => {
  const user = await createUser()
  const created_at = '2026-01-01T00:00:00.000Z'
  const file = JSON.stringify([
    { id: 7, created_at, title: 'done', completed: true, next_task_id: 8 },
    { id: 8, created_at, title: 'next' },
    { id: 9, created_at, title: 'other', next_task_id: 1 },
  ])
  await importFile(app, user, file)
  const [done, next, other] = await tasksOf(app, user)
  t.equal(done!.next_task_id, next!.id)
  t.equal(other!.next_task_id, null, 'a task that is not in the file')
})

t.test('an import keeps the times of a file, but none in the future', async (t) => {
  const user = await createUser()
  const file = JSON.stringify([
    { title: 'old', created_at: '2020-01-01T00:00:00Z', updated_at: '2021-01-01T00:00:00+01:00' },
    { title: 'future', created_at: '9999-12-31T23:59:59.999Z', updated_at: '9999-12-31T23:59:59.999Z' },
  ])
  await importFile(app, user, file)
  const [old, future] = await tasksOf(app, user)
  t.match(old, { created_at: '2020-01-01T00:00:00.000Z', updated_at: '2020-12-31T23:00:00.000Z' })
  t.ok(future!.created_at < '9999' && future!.updated_at < '9999')
})

t.test('an import reads the CSV files of spreadsheets', async (t) => {
  const rows = (separator: string, end: string) =>
    [
      ['Tags', 'Title', 'Assigned to', 'COMPLETED', 'due_date'],
      ['"a,b"', '"x; ""y"""', 'Bob', 'WAHR', '1.12.2026'],
      ['', 'z', '', '', ''],
      ['', '', '', '', ''],
    ]
      .map((cells) => cells.join(separator) + end)
      .join('')
  const utf16 = (text: string, isBig: boolean) => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
    return isBig ? bytes.swap16() : bytes
  }
  const files: Record<string, string | Buffer> = {
    'comma, LF': rows(',', '\n'),
    'semicolon, CRLF, mark': `\ufeff${rows(';', '\r\n')}`,
    'tab, CR': rows('\t', '\r'),
    'UTF-16 little endian': utf16(rows('\t', '\r\n'), false),
    'UTF-16 big endian': utf16(rows('\t', '\r\n'), true),
  }
  for (const [name, file] of Object.entries(files)) {
    const user = await createUser()
    const answer = await importFile(app, user, file, 'csv')
    t.match(answer, { status: 200, body: { created: 2, ignored_columns: ['Assigned to'] } }, name)
    t.match(
      await tasksOf(app, user),
      [
        { title: 'x; "y"', tags: ['a', 'b'], completed: true, due_date: '2026-12-01' },
        { title: 'z', completed: false, due_date: null },
      ],
      name,
    )
  }
  const user = await createUser()
  const words = ['true', 'TRUE', 'yes', 'ja', '1', 'x', 'false', 'FALSCH', 'no', 'nein', '0', '']
  await importFile(
    app,
    user,
    `title,is_completed\n${words.map((word, place) => `${place},${word}\n`).join('')}`,
    'csv',
  )
  const done = (await tasksOf(app, user)).filter(({ completed }) => completed)
  t.same(
    done.map(({ title }) => title),
    ['0', '1', '2', '3', '4', '5'],
  )
})

t.test('an import reads the calendars of other programs', async (t) => {
  const user = await createUser()
  const file = calendar(
    ...['BEGIN:VTIMEZONE', 'TZID:Berlin Time', 'X-LIC-LOCATION:Europe/Berlin', 'END:VTIMEZONE'],
    ...['BEGIN:VEVENT', 'UID:e', 'SUMMARY:An event', 'BEGIN:VALARM', 'END:VALARM', 'END:VEVENT'],
    ...[
      'BEGIN:VTODO',
      'UID:1',
      'SUMMARY;LANGUAGE="de:x":Own\\, zone',
      'DUE;TZID=Berlin Time:20260701T120000',
    ],
    ...['BEGIN:VALARM', 'SUMMARY:Alarm', 'TRIGGER:-PT5M', 'END:VALARM', 'X-OTHER;A=b:c', 'END:VTODO'],
    ...[
      'BEGIN:VTODO',
      'UID:2',
      'SUMMARY:Path',
      'DUE;TZID=/citadel.org/2026/America/New_York:20260701T120000',
      'PRIORITY:2',
      'END:VTODO',
    ],
    ...[
      'BEGIN:VTODO',
      'UID:3',
      'SUMMARY:Floating',
      'DUE:20260701T120000',
      'PRIORITY:7',
      'STATUS:CANCELLED',
      'END:VTODO',
    ],
    ...[
      'BEGIN:VTODO',
      'UID:4',
      'SUMMARY:Series',
      'DTSTART;VALUE=DATE:20260701',
      'RRULE:FREQ=DAILY',
      'PRIORITY:5',
      'END:VTODO',
    ],
    ...['BEGIN:VTODO', 'UID:4', 'RECURRENCE-ID;VALUE=DATE:20260702', 'SUMMARY:Override', 'END:VTODO'],
    ...[
      'BEGIN:VTODO',
      'UID:5',
      'SUMMARY:Length',
      'DTSTART:20260701T120000Z',
      'DURATION:PT90M',
      'PERCENT-COMPLETE:100',
      'END:VTODO',
    ],
    ...[
      'BEGIN:VTODO',
      'UID:6',
      'SUMMARY:Start',
      'DTSTART:20260701T120000Z',
      'CATEGORIES:a,b',
      'CATEGORIES:c',
      'END:VTODO',
    ],
    // UNTIL is a time without a zone if DTSTART is one (RFC 5545, 3.3.10).
    ...['BEGIN:VTODO', 'UID:8', 'SUMMARY:Until', 'DUE:20260701T090000'],
    ...['RRULE:FREQ=DAILY;UNTIL=20260703T090000;INTERVAL=2', 'END:VTODO'],
    ...['BEGIN:VTODO', 'UID:9', 'SUMMARY:Until in Berlin', 'DUE;TZID=Europe/Berlin:20260701T090000'],
    ...['RRULE:FREQ=DAILY;UNTIL=20260703T090000', 'END:VTODO'],
    ...['BEGIN:VTODO', 'UID:10', 'SUMMARY:Until a day', 'DUE:20260701'],
    ...['RRULE:UNTIL=20260703T090000;FREQ=DAILY', 'END:VTODO'],
    ...['BEGIN:VTODO', 'UID:7', 'SUMMARY:Fol', ' ded', 'DUE;TZID=Europe/Berlin:20261025T023000', 'END:VTODO'],
  )
  const answer = await importFile(app, user, file, 'ics', 'time_zone=Asia/Tokyo')
  t.match(answer, { status: 200, body: { created: 10, ignored: 2 } })
  const byTitle = Object.fromEntries((await tasksOf(app, user)).map((task) => [task.title, task]))
  t.match(byTitle['Own, zone'], { due_date: '2026-07-01T10:00:00.000Z', priority: 'none' })
  t.match(byTitle.Path, { due_date: '2026-07-01T16:00:00.000Z', priority: 'high' })
  t.match(byTitle.Floating, { due_date: '2026-07-01T03:00:00.000Z', priority: 'low', completed: true })
  t.match(byTitle.Series, { due_date: '2026-07-01', priority: 'medium', recurrence: { rule: 'FREQ=DAILY' } })
  t.match(byTitle.Length, { due_date: '2026-07-01T13:30:00.000Z', completed: true })
  t.match(byTitle.Start, { due_date: null, tags: ['a', 'b', 'c'] })
  t.match(byTitle.Folded, { due_date: '2026-10-25T00:30:00.000Z' })
  const rules = ['Until', 'Until in Berlin', 'Until a day'].map((title) => byTitle[title]?.recurrence.rule)
  t.strictSame(rules, [
    'FREQ=DAILY;UNTIL=20260703T000000Z;INTERVAL=2',
    'FREQ=DAILY;UNTIL=20260703T070000Z',
    'UNTIL=20260703;FREQ=DAILY',
  ])
})

t.test('every mistake has its path and line, and nothing is created', async (t) => {
  const user = await createUser()
  const cases: [Format, string, object[]][] = [
    [
      'json',
      '{"tasks":[{"title":"a"},{"title":5},{"due_date":"x","title":"b"}]}',
      [{ path: '/tasks/1/title' }, { path: '/tasks/2/due_date' }],
    ],
    ['json', '[{"title":""},[]]', [{ path: '/0/title' }, { path: '/1', message: 'must be an object' }]],
    [
      'csv',
      'title,completed\r\n"a\nb",maybe\r\n,true\r\nc,true\r\n',
      [
        { path: '/tasks/0/completed', line: 2 },
        { path: '/tasks/0/title', line: 2 },
        { path: '/tasks/1/title', line: 4 },
      ],
    ],
    [
      'csv',
      'title,recurrence_rule,due_date\na,FREQ=HOURLY,2026-01-01\n',
      [{ path: '/tasks/0/recurrence/rule', line: 2 }],
    ],
    ['json', '[{"title":"a","recurrence":{"rule":"FREQ=DAILY"}}]', [{ path: '/0/due_date' }]],
    [
      'csv',
      'due_date,title,recurrence_rule\n2026-01-31,ends,FREQ=DAILY;UNTIL=20260130\n' +
        '2027-01-01,never,FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29\n2026-01-31,right,FREQ=DAILY;UNTIL=20260131\n',
      [
        { path: '/tasks/0/recurrence/rule', line: 2, message: 'ends before the due date' },
        {
          path: '/tasks/1/recurrence/rule',
          line: 3,
          message: /^never happens, or not within \d+ of its periods/,
        },
      ],
    ],
    [
      'ics',
      calendar(
        ...['BEGIN:VTODO', 'SUMMARY:right', 'DUE;VALUE=DATE:20260131', 'RRULE:FREQ=DAILY', 'END:VTODO'],
        ...['BEGIN:VTODO', 'SUMMARY:ends', 'DUE:20260131T000000Z'],
        ...['RRULE:FREQ=DAILY;UNTIL=20260130T235959Z', 'END:VTODO'],
      ),
      [{ path: '/tasks/1/recurrence/rule', line: 8, message: 'ends before the due date' }],
    ],
    [
      'ics',
      calendar(
        'BEGIN:VTODO',
        'END:VTODO',
        'BEGIN:VTODO',
        'SUMMARY:a',
        'DUE;TZID=Mars:20260101T100000',
        'END:VTODO',
      ),
      [
        { path: '/tasks/0/title', line: 3 },
        { path: '/tasks/1/due_date', line: 5 },
      ],
    ],
  ]
  for (const [format, file, errors] of cases)
    for (const dry of ['', 'dry_run=true']) {
      const answer = await importFile(app, user, file, format, dry)
      t.match(answer, { status: 400, body: { code: 'validation_failed', errors } }, file)
      t.equal(answer.body.errors.length, errors.length, JSON.stringify(answer.body.errors))
    }
  const many = await importFile(app, user, `title\n${'"x\ty"\n'.repeat(150)}`, 'csv')
  t.equal(many.body.errors.length, 100)
  t.match(many.body.detail, /150 mistakes/)
  t.same(await tasksOf(app, user), [])
})

t.test('an invalid property in a calendar is a mistake in its task', async (t) => {
  const user = await createUser()
  const todo = (...lines: string[]) =>
    calendar('BEGIN:VTODO', 'SUMMARY:A task', ...lines, 'END:VTODO').replaceAll('\r\n', '\n')
  for (const line of [
    ...['DUE:', 'DUE:2026-12-01', 'DUE:2026-12-01T10:00:00Z', 'DUE:soon'],
    ...['DUE;VALUE=DATE:2026', 'DUE;VALUE=PERIOD:x', 'DURATION:x', 'CREATED:\0', 'LAST-MODIFIED:-'],
  ])
    t.match(
      await importFile(app, user, todo(line, 'DTSTART;VALUE=DATE:20261201'), 'ics'),
      {
        status: 400,
        body: { detail: /^Line 3: tasks\/0\/\w+ (must be|has a DURATION)/, errors: [{ line: 3 }] },
      },
      JSON.stringify(line),
    )
  for (const due of [
    ':20261131',
    ';VALUE=DATE:20261301',
    ':20261201T250000Z',
    ':00000000',
    ':20260230T100000',
  ])
    t.match(
      await importFile(app, user, todo(`DUE${due}`), 'ics'),
      { status: 400, body: { detail: /^Line 3: tasks\/0\/due_date must be a date/ } },
      due,
    )
  const start = 'DTSTART:20261201T100000Z'
  for (const duration of ['P99999999999999D', '-P99999999999999D', 'PT99999999999999999999S', 'P9999999D'])
    t.match(
      await importFile(app, user, todo(start, `DURATION:${duration}`), 'ics'),
      { status: 400, body: { detail: /due_date (must be a date|has a DURATION that is not valid)/ } },
      duration,
    )
  t.same(await tasksOf(app, user), [])
  const good: [lines: string[], due: string][] = [
    [['DUE:20261201'], '2026-12-01'],
    [['RRULE:FREQ=DAILY', 'DUE:20261201'], '2026-12-01'],
    [[start, 'DURATION:P1DT2H'], '2026-12-02T12:00:00.000Z'],
    [['DTSTART;TZID=Europe/Berlin:20261201T100000', 'DURATION:-PT1H'], '2026-12-01T08:00:00.000Z'],
    [['DTSTART:20261130', 'DURATION:P1W'], '2026-12-07'],
    [['DUE:20161231T235960Z'], '2016-12-31T23:59:59.000Z'],
  ]
  for (const [lines] of good)
    t.match(await importFile(app, user, todo(...lines), 'ics'), { status: 200, body: { created: 1 } })
  t.same(
    (await tasksOf(app, user)).map(({ due_date: due }) => due as string),
    good.map(([, due]) => due),
  )
})

t.test('a UID identifies its task, whatever it contains', async (t) => {
  const user = await createUser()
  const uids = ['a', 'a\0', '\0'.repeat(300), 'x'.repeat(300)]
  const file = calendar(...uids.flatMap((uid) => ['BEGIN:VTODO', `UID:${uid}`, 'SUMMARY:x', 'END:VTODO']))
  t.match(await importFile(app, user, file, 'ics'), { status: 200, body: { created: 4, skipped: 0 } })
  t.match(await importFile(app, user, file, 'ics'), { status: 200, body: { created: 0, skipped: 4 } })
})

t.test('a broken, very long or deeply nested file is a 4xx', async (t) => {
  const user = await createUser()
  const largest = 5 * 1024 * 1024
  const size = largest / 16
  const cases: [Format, string | Buffer][] = [
    ...[
      '',
      ' ',
      '{',
      '[',
      '[1',
      '{"tasks":[}',
      '{"tasks":5}',
      '{}',
      'null',
      '"',
      '[{"title":"a"}] x',
      '{"a":{"b":}}',
    ].map((text) => ['json', text] as [Format, string]),
    ...['[', '{"a":', '"', '[[', '{"tasks":['].map(
      (text) => ['json', text.repeat(size / text.length)] as [Format, string],
    ),
    ['json', '['.repeat(largest)],
    ['json', `[${'{},'.repeat(6000)}{}]`],
    ['json', `{${Array.from({ length: 30_000 }, (_, index) => `"k${index}":1`).join()}}`],
    ['json', Buffer.from([0x5b, 0xff, 0x5d])],
    ...['', '\n', 'name\na\n', 'title,title\na,b\n', 'title\n"a\n', 'title\na"b"\n', 'title\n"a"b\n'].map(
      (text) => ['csv', text] as [Format, string],
    ),
    ...['"', 'title\n"', 'a'.repeat(99), ',', 'title\n,,,,'].map(
      (text) => ['csv', text.repeat(size / text.length)] as [Format, string],
    ),
    ['csv', ','.repeat(largest)],
    ['csv', `title\n${'a\n'.repeat(5001)}`],
    ['csv', Buffer.from('title\nM\xfcll\n', 'latin1')],
    ...['', 'x', 'BEGIN:VCARD\nEND:VCARD\n', 'BEGIN:VCALENDAR\n', 'BEGIN:VCALENDAR\nEND:VTODO\n'].map(
      (text) => ['ics', text] as [Format, string],
    ),
    ...['BEGIN:VCALENDAR\n', 'BEGIN:VTODO\n', 'a', ' \n'].map(
      (text) => ['ics', text.repeat(size / text.length)] as [Format, string],
    ),
    ['ics', `BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:${'x'.repeat(largest - 100)}\nEND:VTODO\nEND:VCALENDAR\n`],
  ]
  for (const [format, file] of cases) {
    const { status, body } = await importFile(app, user, file, format)
    t.equal(
      status,
      400,
      `${format} ${file.slice(0, 20).toString().replace(/\s/g, ' ')} ${JSON.stringify(body?.detail)}`,
    )
  }
  const { body } = await importFile(app, user, '{ }')
  t.equal(body.detail, 'The file must have an array of tasks in the field tasks.')
  t.match(await importFile(app, user, ' '.repeat(largest + 1)), { status: 413 })
  t.match(await importFile(app, user, Buffer.alloc(30), 'csv'), { status: 400 })
  const types = ['text/plain', 'application/xml', 'multipart/form-data; boundary=x']
  for (const type of types)
    t.match(
      await app.call('POST', '/api/tasks/import', { user, body: 'x', headers: { 'content-type': type } }),
      { status: 415 },
      type,
    )
  const asExcel = { 'content-type': 'application/vnd.ms-excel' }
  t.match(
    await app.call('POST', '/api/tasks/import?format=csv', { user, body: 'title\na\n', headers: asExcel }),
    { status: 200 },
  )
  const encoded = { 'content-type': 'text/csv', 'content-encoding': 'gzip' }
  t.match(await app.call('POST', '/api/tasks/import', { user, body: 'x', headers: encoded }), { status: 415 })
})

t.test('an unusual file is read or refused with the reason, and no value is lost silently', async (t) => {
  const user = await createUser()
  const todo = (...lines: string[]) => calendar('BEGIN:VTODO', 'SUMMARY:x', ...lines, 'END:VTODO')
  const series = 'DTSTART;VALUE=DATE:20260101'
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')
  const splitCharacter = Buffer.concat(
    ['BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:a\xc3', '\r\n \xa4b\r\nEND:VTODO\r\nEND:VCALENDAR\r\n'].map(
      (part) => Buffer.from(part, 'latin1'),
    ),
  )
  const refused: [Format, string | Buffer, RegExp][] = [
    [
      'csv',
      'title,description\na,b,c\n',
      /^Line 2: tasks\/0 has more cells than the first line has columns\.$/,
    ],
    [
      'csv',
      'title,due_date,recurrence_rule\na,2026-01-01,FREQ=WEEKLY;BYDAY=MO,TU\n',
      /^Line 2: tasks\/0 has more cells/,
    ],
    [
      'csv',
      `title\n${','.repeat(1500)}\n`,
      /^Line 2: The file must not have more than 1000 cells in a line\.$/,
    ],
    ['csv', Buffer.concat([utf16('title\n'), Buffer.from('a')]), /not valid UTF-16/],
    ['csv', Buffer.concat([utf16('title\nx'), Buffer.from([0, 0xd8, 0x79, 0])]), /not valid UTF-16/],
    ['csv', 'title\n"a\nb"\n', /^Line 2: tasks\/0\/title must be one line/],
    ['ics', utf16(todo()), /not valid UTF-8/],
    ['ics', todo('DESCRIPTION:a\0b'), /description must not contain U\+0000/],
    [
      'ics',
      todo(series, 'RRULE:FREQ=DAILY', 'RRULE:FREQ=WEEKLY'),
      /recurrence\/rule must be in the task only once/,
    ],
    ['ics', todo('RRULE:FREQ=DAILY'), /due_date is required for a task with a recurrence/],
    ['ics', todo(series, 'RRULE:FREQ=DAILY;BYHOUR=8'), /has the part BYHOUR, which is not supported/],
    ['ics', todo('DUE;TZID=Custom/Foo:20260101T000000'), /due_date has a time zone \(TZID\) that the IANA/],
    ['ics', todo('DUE;TZID="W. Europe Standard Time":20260101T000000'), /due_date has a time zone \(TZID\)/],
    [
      'ics',
      todo('DTSTART:20260101T000000Z', 'DURATION:P99999999999D'),
      /due_date has a DURATION that is not valid/,
    ],
    ['ics', todo('DTSTART:20260101T000000Z', 'DURATION:P999999W'), /due_date must be a date/],
    ['ics', todo('CREATED:yesterday'), /created_at must be a date \(20261201\) or a time/],
    ['ics', todo('LAST-MODIFIED:0'), /updated_at must be a date/],
    ...[
      'hello',
      '',
      '20260230',
      '20261399',
      '20260101T250000Z',
      '20260101T000000+0100',
      '20260101T000000Z/PT1H',
    ].map((value): [Format, string, RegExp] => [
      'ics',
      todo(`DUE:${value}`),
      /^Line 3: tasks\/0\/due_date must be a date \(20261201\) or a time \(20261201T150000Z\)\.$/,
    ]),
    ['ics', todo(`DUE;X="${'":"'.repeat(20_000)}":20260101T000000Z`), /due_date must be a date/],
  ]
  for (const [format, file, detail] of refused) {
    const answer = await importFile(app, user, file, format)
    t.match(answer, { status: 400, body: { detail } }, `${format} ${file.slice(0, 200).toString()}`)
  }
  t.same(await tasksOf(app, user), [])

  const recurrence = { rule: 'FREQ=DAILY' }
  const read: [Format, string | Buffer, object[]][] = [
    ['csv', 'sep=;\r\ntitle;description\r\na,b;c\r\n', [{ title: 'a,b', description: 'c' }]],
    ['csv', 'title,description,,\r\n"a","b\r\nc ""d""",,\r\n', [{ title: 'a', description: 'b\r\nc "d"' }]],
    ['csv', "title,tags\n=cmd|' /C calc'!A0,@SUM\n", [{ title: "=cmd|' /C calc'!A0", tags: ['@SUM'] }]],
    ['csv', utf16('title\tdue_date\r\nä\t2026-01-01\r\n'), [{ title: 'ä', due_date: '2026-01-01' }]],
    ['ics', splitCharacter, [{ title: 'aäb' }]],
    ['ics', todo().replaceAll('\r', ''), [{ title: 'x' }]],
    ['ics', `\ufeff${todo().toLowerCase()}`, [{ title: 'x' }]],
    ['ics', todo('DUE:20260101'), [{ due_date: '2026-01-01' }]],
    ['ics', todo('due:20260101t100000z'), [{ due_date: '2026-01-01T10:00:00.000Z' }]],
    ['ics', todo('DUE:20261231T235960Z'), [{ due_date: '2026-12-31T23:59:59.000Z' }]],
    ['ics', todo('DTSTART:20260101T000000Z'), [{ due_date: null, recurrence: null }]],
    ['ics', todo(series, 'DURATION:P1W2D'), [{ due_date: '2026-01-10' }]],
    ['ics', todo('DTSTART:20260101T000000Z', 'DURATION:-PT90M'), [{ due_date: '2025-12-31T22:30:00.000Z' }]],
    [
      'ics',
      todo(series, 'RRULE:freq=daily', 'EXDATE;VALUE=DATE:20260102'),
      [{ due_date: '2026-01-01', recurrence }],
    ],
    ['ics', todo('UID:a\0b'), [{ title: 'x' }]],
    ['ics', todo(`UID:${'u'.repeat(50_000)}`), [{ title: 'x' }]],
    ['ics', todo('DESCRIPTION;ALTREP="a;b:c":d\\, e\\nf\\\\n'), [{ description: 'd, e\nf\\n' }]],
    ['ics', calendar('BEGIN:VEVENT', 'SUMMARY:e', 'END:VEVENT'), []],
    ['ics', todo('RECURRENCE-ID:20260101T000000Z'), []],
  ]
  for (const [format, file, tasks] of read) {
    const owner = await createUser()
    const answer = await importFile(app, owner, file, format)
    t.match(answer, { status: 200, body: { created: tasks.length } }, JSON.stringify(answer.body))
    const found = await tasksOf(app, owner)
    t.match(found, tasks, `${format} ${file.slice(0, 200).toString()}`)
    t.equal(found.length, tasks.length)
  }
})

t.test('random text is never a 500', async (t) => {
  const user = await createUser()
  const parts = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    ':',
    '\\',
    ';',
    '\n',
    '\r',
    '\t',
    'title',
    'tasks',
    'BEGIN:',
    'END:',
    'VTODO',
    'VCALENDAR',
    'DUE:',
    'CREATED:',
    'DURATION:',
    'DTSTART:20260101',
    'P9D',
    'RRULE:',
    '2026',
    'T',
    'Z',
    '\u0000',
    '1e999',
  )
  const file = fc.array(fc.oneof(parts, fc.string()), { maxLength: 40 }).map((all) => all.join(''))
  const start = { json: '[{"title":', csv: 'title,tags,id\n', ics: 'BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:' }
  await fc.assert(
    fc.asyncProperty(file, fc.constantFrom(...FORMATS), fc.boolean(), async (text, format, isBegun) => {
      const { status } = await importFile(app, user, (isBegun ? start[format] : '') + text, format)
      t.ok([200, 400].includes(status), `${format} ${JSON.stringify(text)} ${status}`)
    }),
    { numRuns: Number(process.env.TRANSFER_RUNS ?? 40) * 3 },
  )
})

t.test('other requests are served while a large file is read and its tasks are created', async (t) => {
  const description = 'x'.repeat(870)
  const tasks = Array.from({ length: 5000 }, (_, id) => ({ id: id + 1, title: `Task ${id}`, description }))
  const dated = tasks.map((task) => ({ ...task, created_at: '2026-01-01T00:00:00.000Z' }))
  const files = {
    json: JSON.stringify({ tasks: dated }),
    csv: `title,description\n${tasks.map(({ title }) => `${title},${description}\n`).join('')}`,
    ics: calendar(
      ...tasks.flatMap(({ title }) => [
        'BEGIN:VTODO',
        `SUMMARY:${title}`,
        `DESCRIPTION:${description}`,
        'END:VTODO',
      ]),
    ),
  }
  for (const format of FORMATS) {
    const user = await createUser()
    let turns = 0
    let isDone = false
    const count = () => {
      // The body was read when the statement was sent: then the service only waits.
      if (!app.statements.at(-1)?.includes('json_to_recordset')) turns += 1
      if (!isDone) setImmediate(count)
    }
    const cpu = process.cpuUsage()
    await app.call('GET', '/api/tasks/summary', { user })
    setImmediate(count)
    // Creating the tasks is the same for every format.
    const query = format === 'json' ? '' : 'dry_run=true'
    const { status, body } = await importFile(app, user, files[format], format, query)
    isDone = true
    const { user: used, system } = process.cpuUsage(cpu)
    t.comment(`${format}: ${files[format].length} bytes, ${(used + system) / 1000} ms of CPU`)
    t.match({ status, body }, { status: 200, body: { created: 5000 } }, format)
    t.ok(turns > 15, `${format}: ${turns} turns of the event loop`)
  }
})

t.test('imports whose clients disconnect before their token is verified take no turn', async (t) => {
  const key = await createKey('EdDSA')
  const issuer = await startIssuer(t, [key])
  const app = await startApp(t, { BETTER_AUTH_URL: issuer.origin })
  const user = await createUser()
  user.token = await key.sign(issuer.claims({ sub: user.id }))
  const waiting: (() => void)[] = []
  const { answer } = issuer
  issuer.answer = (request, response) => void waiting.push(() => answer(request, response))
  const url = await app.app.listen({ port: 0, host: '127.0.0.1' })
  let arrived = 0
  app.app.server.on('request', () => (arrived += 1))
  for (let left = 1; left <= 3; left += 1) {
    const leaving = new AbortController()
    const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'text/csv' }
    const body = 'title\na\n'
    const sent = fetch(`${url}/api/tasks/import`, { method: 'POST', headers, body, signal: leaving.signal })
    await eventually(() => arrived === left)
    leaving.abort()
    await t.rejects(sent)
    await eventually(() => app.logLines.filter((line) => line.includes('"status":499')).length === left)
  }
  for (const publish of waiting) publish()
  t.match(await importFile(app, user, 'title\na\n', 'csv'), { status: 200, body: { created: 1 } })
})

t.test(
  'an import counts as several requests, by its size or its tasks, and a user can run two at once',
  async (t) => {
    const app = await startApp(t, { RATE_LIMIT_MAX: '10' })
    const user = await createUser()
    const file = `title\n${'a\n'.repeat(101)}`
    const headers = { 'ratelimit-remaining': '7' }
    t.match(await importFile(app, user, file, 'csv'), { status: 200, headers }, '101 tasks: three requests')
    const large = `title\n${' '.repeat(130_000)}\na\n`
    t.match((await importFile(app, user, large, 'csv', 'dry_run=true')).headers, {
      'ratelimit-remaining': '5',
    })
    const many = `title\n${'a\n'.repeat(400)}`
    t.match(await importFile(app, user, many, 'csv'), { status: 429 })
    t.match(await importFile(app, await createUser(), `title\n${'a\n'.repeat(4000)}`, 'csv'), { status: 200 })
    const busy = await createUser()
    const unlimited = await startApp(t)
    await unlimited.call('GET', '/api/me', { user: busy })
    const answers = await Promise.all([1, 2, 3].map(() => importFile(unlimited, busy, many, 'csv')))
    t.same(answers.map(({ status }) => status).sort(), [200, 200, 429])
    t.match(
      await importFile(unlimited, busy, 'title\na\n', 'csv'),
      { status: 200 },
      'a turn ends with its answer',
    )
  },
)
