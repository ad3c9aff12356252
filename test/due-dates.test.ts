import t from 'tap'
import { dueBound, isTimeZone, parseDueDate } from '../src/tasks/due-date.ts'
import { createTask, createUser, startApp } from './helpers/app.ts'

t.test('a due date is returned in the form in which it was sent, timestamps in UTC', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const forms = [
    ['2026-12-01', '2026-12-01'],
    ['2028-02-29', '2028-02-29'],
    ['1000-01-01', '1000-01-01'],
    ['9999-12-31', '9999-12-31'],
    ['2026-12-01T15:00:00+01:00', '2026-12-01T14:00:00.000Z'],
    ['2026-12-01T15:00:00Z', '2026-12-01T15:00:00.000Z'],
    ['2026-12-01T00:00:00Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01t15:00:00.123456z', '2026-12-01T15:00:00.123Z'],
    ['2026-12-31T23:30:00-02:00', '2027-01-01T01:30:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2026-03-29T02:30:00+01:00', '2026-03-29T01:30:00.000Z'],
    [null, null],
  ] as const
  for (const [given, returned] of forms) {
    const { id, due_date } = await createTask(app, user, { title: 't', due_date: given })
    t.equal(due_date, returned, String(given))
    t.equal(
      (await app.call('PATCH', `/api/tasks/${id}`, { user, body: { title: 'u' } })).body.due_date,
      returned,
    )
  }
})

t.test('a change of the form of a due date changes updated_at', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const task = await createTask(app, user, { title: 't', due_date: '2026-12-01' })
  const { body } = await app.call('PATCH', `/api/tasks/${task.id}`, {
    user,
    body: { due_date: '2026-12-01T00:00:00Z' },
  })
  t.equal(body.due_date, '2026-12-01T00:00:00.000Z')
  t.ok(body.updated_at > task.updated_at)
})

/** Today in a time zone, plus some days. */
const dayIn = (timeZone: string, shift = 0) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(Date.now() + shift * 86_400_000)

t.test('a day is due until it ends in the time zone of the client', async (t) => {
  const app = await startApp(t)
  // These two zones always show different days.
  const [east, west] = ['Pacific/Kiritimati', 'Pacific/Pago_Pago']
  const user = await createUser()
  const overdue = async (zone: string) => {
    const summary = await app.call('GET', `/api/tasks/summary?time_zone=${zone}`, { user })
    const list = await app.call('GET', `/api/tasks?overdue=true&time_zone=${zone}`, { user })
    t.equal(list.body.length, summary.body.overdue)
    const rest = await app.call('GET', `/api/tasks?overdue=false&time_zone=${zone}`, { user })
    t.equal(rest.body.length, summary.body.total - summary.body.overdue)
    return summary.body.overdue
  }
  const { id } = await createTask(app, user, { title: 't', due_date: dayIn(west) })
  t.equal(await overdue(west), 0, 'today is not over')
  t.equal(await overdue(east), 1, 'the same day is over in the other zone')
  await app.call('PATCH', `/api/tasks/${id}`, { user, body: { due_date: dayIn(east) } })
  t.equal(await overdue(east), 0)
  t.equal(await overdue(west), 0)
  await app.call('PATCH', `/api/tasks/${id}`, { user, body: { due_date: dayIn('UTC', -1) } })
  t.equal(await overdue('UTC'), 1)
  await app.call('PATCH', `/api/tasks/${id}/complete`, { user })
  t.equal(await overdue('UTC'), 0, 'a completed task is never overdue')
})

t.test('a timestamp is due until it passes, in every time zone', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  await createTask(app, user, { title: 'past', due_date: new Date(Date.now() - 60_000).toISOString() })
  await createTask(app, user, { title: 'future', due_date: new Date(Date.now() + 60_000).toISOString() })
  for (const zone of ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    t.equal((await app.call('GET', `/api/tasks/summary?time_zone=${zone}`, { user })).body.overdue, 1, zone)
  }
})

t.test('due_from and due_before are read in the time zone of the client', async (t) => {
  const app = await startApp(t)
  const user = await createUser()
  const dues = [
    '2026-11-30',
    '2026-12-01',
    '2026-12-02',
    '2026-11-30T23:30:00Z',
    '2026-12-01T22:59:59Z',
    '2026-12-01T23:00:00Z',
    null,
  ]
  for (const due_date of dues) await createTask(app, user, { title: String(due_date), due_date })
  const list = async (parameters: string) =>
    (
      await app.call<{ title: string }[]>('GET', `/api/tasks?sort=created&order=asc&${parameters}`, { user })
    ).body.map(({ title }) => title)
  const day = 'due_from=2026-12-01&due_before=2026-12-02'
  t.same(await list(day), ['2026-12-01', '2026-12-01T22:59:59Z', '2026-12-01T23:00:00Z'], 'a day in UTC')
  t.same(
    await list(`${day}&time_zone=Europe/Berlin`),
    ['2026-12-01', '2026-11-30T23:30:00Z', '2026-12-01T22:59:59Z'],
    'a day in Berlin',
  )
  t.same(await list('due_before=2026-12-01T00:00:00Z'), ['2026-11-30', '2026-11-30T23:30:00Z'])
  t.same(await list('due_from=2026-12-01T23:00:00Z&time_zone=Europe/Berlin'), [
    '2026-12-02',
    '2026-12-01T23:00:00Z',
  ])
})

const begins = (day: string, zone: string) => dueBound(parseDueDate(day)!, zone).at
const dayOf = (instant: string, zone: string) => dueBound(parseDueDate(instant)!, zone).day

t.test('a day begins at the first instant at which clocks show it', async (t) => {
  const cases: [day: string, zone: string, instant: string, why: string][] = [
    ['2026-12-01', 'UTC', '2026-12-01T00:00:00.000Z', 'no offset'],
    ['2026-12-01', 'Asia/Kolkata', '2026-11-30T18:30:00.000Z', 'half an hour'],
    ['2026-12-01', 'Pacific/Kiritimati', '2026-11-30T10:00:00.000Z', 'the first zone of all'],
    ['2026-12-01', 'Etc/GMT+12', '2026-12-01T12:00:00.000Z', 'the last zone of all'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', 'clocks change later that day'],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', 'midnight did not exist'],
    ['2024-04-26', 'Africa/Cairo', '2024-04-25T22:00:00.000Z', 'midnight did not exist'],
    ['1919-03-31', 'America/Toronto', '1919-03-31T04:30:00.000Z', 'clocks jumped from 23:30 to 00:30'],
    ['2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z', 'the hour before midnight came twice'],
    ['2025-11-02', 'America/Havana', '2025-11-02T04:00:00.000Z', 'the hour after midnight came twice'],
    ['2010-11-07', 'America/St_Johns', '2010-11-07T02:30:00.000Z', 'at 00:01 clocks went back to 23:01'],
    ['1867-10-18', 'America/Juneau', '1867-10-17T08:57:41.000Z', 'the day came twice'],
    ['1000-01-01', 'America/New_York', '1000-01-01T04:56:02.000Z', 'local mean time, to the second'],
    ['9999-12-31', 'Asia/Tokyo', '9999-12-30T15:00:00.000Z', 'the last day'],
  ]
  for (const [day, zone, instant, why] of cases) t.equal(begins(day, zone), instant, `${zone} ${day}: ${why}`)
})

t.test('a day that a time zone skipped is empty: it begins when the next day begins', async (t) => {
  const skipped: [day: string, next: string, zone: string, instant: string][] = [
    ['2011-12-30', '2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2011-12-30', '2011-12-31', 'Pacific/Fakaofo', '2011-12-30T11:00:00.000Z'],
    ['1993-08-21', '1993-08-22', 'Pacific/Kwajalein', '1993-08-21T12:00:00.000Z'],
    ['1994-12-31', '1995-01-01', 'Pacific/Kiritimati', '1994-12-31T10:00:00.000Z'],
  ]
  for (const [day, next, zone, instant] of skipped)
    t.same([begins(day, zone), begins(next, zone)], [instant, instant], `${zone} ${day}`)

  const app = await startApp(t)
  const user = await createUser()
  const dues = ['2011-12-29', '2011-12-30', '2011-12-31', '2011-12-30T09:59:59Z', '2011-12-30T10:00:00Z']
  for (const due_date of dues) await createTask(app, user, { title: due_date, due_date })
  const path = '/api/tasks?sort=created&order=asc&time_zone=Pacific/Apia'
  const { body } = await app.call('GET', `${path}&due_from=2011-12-30&due_before=2011-12-31`, { user })
  t.same(
    body.map((task: { title: string }) => task.title),
    ['2011-12-30'],
    'no instant lies in the skipped day',
  )
})

t.test('a timestamp is on the day that clocks in the time zone show', async (t) => {
  t.equal(dayOf('2026-12-01T23:30:00Z', 'Asia/Tokyo'), '2026-12-02T00:00:00.000Z')
  t.equal(dayOf('1000-01-01T00:00:00Z', 'America/New_York'), '0999-12-31T00:00:00.000Z')
  t.equal(dayOf('9999-12-31T23:30:00Z', 'Asia/Tokyo'), '10000-01-01T00:00:00.000Z')
  const app = await startApp(t)
  const user = await createUser()
  await createTask(app, user, { title: 't', due_date: '9999-12-31' })
  const before = async (zone: string) => {
    const query = `due_before=9999-12-31T23:30:00Z&time_zone=${zone}`
    return (await app.call('GET', `/api/tasks?${query}`, { user })).body.length
  }
  t.equal(await before('UTC'), 0, 'the last day is not over')
  t.equal(await before('Asia/Tokyo'), 1, 'where the year 10000 has begun it is')
})

t.test(
  'a time zone is looked up once, whatever its letter case, and an unknown one is not kept',
  async (t) => {
    const { DateTimeFormat } = Intl
    const created: unknown[] = []
    Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
      construct(target, [locale, options]: [string, Intl.DateTimeFormatOptions]) {
        created.push(options.timeZone)
        return new target(locale, options)
      },
    })
    t.teardown(() => void (Intl.DateTimeFormat = DateTimeFormat))
    const app = await startApp(t)
    const user = await createUser()
    for (const zone of ['Asia/Tbilisi', 'asia/tbilisi', 'ASIA/TBILISI', 'Asia/Tbilisi']) {
      const query = `time_zone=${zone}&due_from=2026-12-01&due_before=2026-12-02&overdue=true`
      t.equal((await app.call('GET', `/api/tasks?${query}`, { user })).status, 200)
      t.equal((await app.call('GET', `/api/tasks/summary?time_zone=${zone}`, { user })).status, 200)
    }
    t.equal(created.length, 1, 'one formatter for all of them')
    for (const _ of [1, 2])
      t.equal((await app.call('GET', '/api/tasks/summary?time_zone=Asia/Nowhere', { user })).status, 400)
    t.equal(created.length, 3)
  },
)

t.test('time zones are IANA names', async (t) => {
  for (const name of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'europe/berlin'])
    t.ok(isTimeZone(name), name)
  for (const name of [
    '',
    'Nowhere',
    '+01:00',
    'Europe/',
    '/UTC',
    'UTC; DROP',
    'Europe/Berlin\u0000',
    '../etc',
  ])
    t.notOk(isTimeZone(name), name)
})
