import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readEvents } from '../src/sync-events.js'
import { merge } from '../src/sync-fields.js'
import { compact, type Op } from '../src/sync-queue.js'
import { FakeService, open, pageOf } from './fake-service.ts'
import { refusal } from './refusal.ts'
import { createChannels, createLock, until } from './sync-devices.ts'
import { memoryStorage } from 'TaskApiClient/sync'

const DAY = 24 * 3600_000
const unauthorized = () => refusal(401, {}, 'token_expired')

const openStreams = ({ streams }: FakeService, count: number) =>
  until(() => streams.length === count, `${count} streams were opened`)

/** The delays of all timers that are set until the end of the test. Those of a minute and more wait for `run`. */
function longTimers(t: Test) {
  const { setTimeout: original, clearTimeout: originalClear } = globalThis
  t.teardown(() => Object.assign(globalThis, { setTimeout: original, clearTimeout: originalClear }))
  const timers: { delay: number; run: () => void }[] = []
  const later = (run: () => void, delay = 0) => {
    if (delay < 60_000) return original(run, delay)
    const timer = { delay, run }
    timers.push(timer)
    return timer
  }
  const clear = (timer: unknown) => {
    const index = timers.indexOf(timer as (typeof timers)[number])
    if (index < 0) originalClear(timer as NodeJS.Timeout)
    else timers.splice(index, 1)
  }
  Object.assign(globalThis, { setTimeout: later, clearTimeout: clear })
  return timers
}

t.test('the stream of events', async (t) => {
  t.test(
    'the stream counts as lost after a minute without a byte, and each comment restarts this time',
    async (t) => {
      const timers = longTimers(t)
      const service = new FakeService()
      const answer = await service.network(new Request('http://service.example/api/alice/tasks/events'))
      const { ended } = readEvents(answer.body!, {
        silenceMs: 60_000,
        onChange: () => t.fail('no event came'),
      })
      let isOver = false
      void ended.then(() => (isOver = true))
      for (let comments = 0; comments < 3; comments += 1) {
        const [timer] = timers
        service.streams[0]!.send(': comment\n\n')
        await until(() => timers[0] !== timer, 'the comment begins a new minute')
        t.same(
          timers.map(({ delay }) => delay),
          [60_000],
        )
      }
      t.equal(isOver, false)
      timers[0]!.run()
      await ended
      t.equal(timers.length, 0, 'no timer is left')
    },
  )

  t.test(
    'the stream is opened again with the last id when it is lost, and the changes are read',
    async (t) => {
      const service = new FakeService()
      const page = await open(t, service, { timings: { silence: 40, retry: 1, maxRetry: 5 } })
      await openStreams(service, 1)
      t.equal(service.streams[0]!.lastId, null)
      service.streams[0]!.send('event: chan')
      service.streams[0]!.send('ged\nid: 7\ndata: {}\n\n')
      service.add({ title: 'From elsewhere' })
      await openStreams(service, 2)
      t.equal(service.streams[1]!.lastId, '7')
      await until(() => page.sync.tasks()[0]?.title === 'From elsewhere', 'the page shows the task')
    },
  )

  t.test('the stream is opened again after the token was refused once', async (t) => {
    const service = new FakeService()
    let refused = 0
    // The client asks for a new token and gets the same one, so it does not repeat the request itself.
    service.before = (_request, call) =>
      call === 'GET /events' && refused++ === 0 ? unauthorized() : undefined
    const page = await open(t, service)
    await openStreams(service, 1)
    t.match(page.sync.status(), { signedOut: false })
  })

  t.test('the stream stays closed while nobody is signed in', async (t) => {
    const service = new FakeService()
    service.before = unauthorized
    const page = await open(t, service, { timings: { retry: 1, maxRetry: 2 } })
    await until(() => page.sync.status().signedOut, 'nobody is signed in')
    page.sync.create({ title: 'Milk' })
    await page.sync.saved()
    await until(() => service.sent.includes('GET /events'), 'the stream was asked for')
    const { length } = service.sent
    page.sync.create({ title: 'Tea' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    t.ok(service.sent.length <= length + 1, `${service.sent.join()}`)
    service.before = () => undefined
    await page.sync.flush()
    await openStreams(service, 1)
    t.same(service.titles, ['Milk', 'Tea'])
  })
})

t.test('the wait after a refusal', async (t) => {
  const inTwoMinutes = () => new Date(Date.now() + 120_000).toUTCString()
  const cases: [string, () => Response, (ms: number) => boolean][] = [
    ['503, seconds', () => refusal(503, { 'retry-after': '120' }), (ms) => ms === 120_000],
    ['429, seconds', () => refusal(429, { 'retry-after': '120' }, 'rate_limited'), (ms) => ms === 120_000],
    [
      '503, a date',
      () => refusal(503, { 'retry-after': inTwoMinutes() }),
      (ms) => ms > 100_000 && ms <= 121_000,
    ],
    [
      '503, more than a timer can hold',
      () => refusal(503, { 'retry-after': '9999999999' }),
      (ms) => ms === 3600_000,
    ],
    [
      '503, a date that does not fit the clock of the device',
      () => refusal(503, { 'retry-after': 'Fri, 31 Dec 2999 23:59:59 GMT' }),
      (ms) => ms === 3600_000,
    ],
  ]
  for (const [name, answer, isRight] of cases)
    t.test(`the wait is as long as Retry-After says: ${name}`, async (t) => {
      const timers = longTimers(t)
      const service = new FakeService()
      const page = await open(t, service, { timings: { walk: 10, silence: 50_000 } })
      await page.sync.flush()
      const isWrite = (call: string) => call.startsWith('POST')
      service.before = (_request, call) => (isWrite(call) ? answer() : undefined)
      page.sync.create({ title: 'Milk' })
      await until(() => timers.some(({ delay }) => isRight(delay)), `timers of ${JSON.stringify(timers)} ms`)
      t.match(page.sync.status(), { pending: 1, problem: { code: String } })
      const { length } = service.writes
      // Another write and an event do not shorten it.
      page.sync.create({ title: 'Tea' })
      service.streams[0]!.send('event: changed\nid: 1\n\n')
      await page.sync.saved()
      await new Promise((resolve) => setTimeout(resolve, 5))
      t.equal(service.writes.length, length)
      service.before = () => undefined
      timers.find(({ delay }) => isRight(delay))!.run()
      await until(() => page.sync.status().pending === 0, 'the writes are sent')
      t.same(service.titles, ['Milk', 'Tea'])
      await page.stop()
    })
})

t.test('writes', async (t) => {
  t.test('writes to a task that is not created yet keep their order', async (t) => {
    const service = new FakeService()
    const page = await open(t, service)
    await page.sync.flush()
    // The creation arrives, and its answer is lost. What follows cannot become a part of it.
    let isLost = true
    let release = () => {}
    const waiting = new Promise<undefined>((resolve) => (release = () => resolve(undefined)))
    service.before = (_request, call) => (call === 'POST ' && isLost ? waiting : undefined)
    service.after = (call) => call === 'POST ' && isLost && !(isLost = false)
    const { key } = page.sync.create({ title: ' Milk ' })
    await until(() => service.writes.length === 1, 'the creation is under way')
    page.sync.update(key, { title: 'Tea' })
    page.sync.complete(key, true)
    page.sync.update(key, { title: 'Oat milk' })
    const removed = page.sync.remove(key)!
    release()
    await until(() => page.sync.status().pending === 0, 'everything is sent')
    t.same(service.writes, ['POST ', 'POST ', 'PATCH /1', 'DELETE /1'])
    t.match([...service.tasks.values()], [{ title: 'Oat milk', completed: true, isDeleted: true }])
    t.same([page.sync.conflicts(), page.sync.refused(), page.sync.tasks()], [[], [], []])
    page.sync.restore(removed)
    await page.sync.flush()
    t.match(page.sync.tasks(), [{ key, id: 1, title: 'Oat milk', completed: true }])
  })

  t.test('writes just after the storage was read are sent', async (t) => {
    for (let ticks = 0; ticks < 12; ticks += 1) {
      const service = new FakeService()
      const stored = memoryStorage()
      let reads = 0
      const later = async (count: number) => {
        for (let tick = 0; tick < count; tick += 1) await Promise.resolve()
        page.sync.create({ title: 'Milk' })
      }
      const read = async () => {
        const entries = await stored.read()
        // The window that leads reads a second time.
        if ((reads += 1) === 2) void later(ticks)
        return entries
      }
      const page = pageOf(service, { storage: { ...stored, read }, lock: createLock() })
      await page.start()
      await until(() => reads === 2, 'the window leads')
      await page.sync.flush()
      t.same([service.titles, page.sync.tasks().length], [['Milk'], 1], `${ticks} ticks later`)
      await page.stop()
    }
  })

  t.test('restoring a task finds the created one, also after a reload', async (t) => {
    const service = new FakeService()
    const page = await open(t, service)
    await page.sync.flush()
    let release = () => {}
    const waiting = new Promise<undefined>((resolve) => (release = () => resolve(undefined)))
    service.before = (_request, call) => (call === 'POST ' ? waiting : undefined)
    const { key } = page.sync.create({ title: 'Milk' })
    await until(() => service.writes.length === 1, 'the creation is under way')
    const removed = page.sync.remove(key)!
    t.equal(removed.id, undefined)
    release()
    await page.sync.flush()
    await page.reload()
    page.sync.restore(removed)
    await page.sync.flush()
    t.match([...service.tasks.values()], [{ id: 1, title: 'Milk', isDeleted: false }])
    t.match(page.sync.tasks(), [{ key, id: 1 }])
  })

  /** A page that created a task and could not read the changes since. */
  async function openUnread(t: Test, service: FakeService) {
    let canRead = false
    service.before = (_request, call) =>
      call === 'GET /changes' && !canRead ? new TypeError('The network is away.') : undefined
    const page = await open(t, service)
    const { key } = page.sync.create({ title: 'Milk' })
    await until(() => service.titles.length > 0 && !page.sync.status().pending, 'the task is created')
    const read = () => {
      canRead = true
      return page.sync.flush()
    }
    return { sync: page.sync, key, read }
  }

  t.test('a new task that another device deletes before the first reading is not shown', async (t) => {
    const service = new FakeService()
    const { sync, read } = await openUnread(t, service)
    service.change(1, { isDeleted: true })
    await read()
    t.same(sync.tasks(), [])
  })

  t.test(
    'removing a task before the first reading and restoring it afterwards creates no second one',
    async (t) => {
      const service = new FakeService()
      const { sync, key, read } = await openUnread(t, service)
      const removed = sync.remove(key)!
      await until(() => service.titles.length === 0, 'the task is deleted')
      await read()
      sync.restore({ ...removed, id: undefined })
      await sync.flush()
      t.same(service.titles, ['Milk'])
      t.equal(service.tasks.size, 1)
    },
  )

  t.test('merged changes of tags have the same effect as one after the other', (t) => {
    const names = ['a', 'b', 'c']
    const sets = Array.from({ length: 8 }, (_, bits) => names.filter((_name, index) => bits & (1 << index)))
    const update = (at: number, before: string[], tags: string[]): Op => {
      return { id: `${at}`, key: '1', at, kind: 'update', fields: { tags }, before: { tags: before } }
    }
    const applied = ({ before = {}, fields = {} }: Op, tags: string[]) =>
      (merge(before, fields, { tags }).changes.tags ?? tags) as string[]
    let wrong = 0
    for (const before of sets)
      for (const first of sets)
        for (const base of sets) {
          const one = update(1, before, first)
          const seen = applied(one, base)
          for (const last of sets) {
            const [both, ...others] = compact([one, update(2, seen, last)], true)
            const tags = applied(both!, [...base, 'new'])
            if (others.length > 0 || tags.sort().join() !== [...last, 'new'].sort().join()) wrong += 1
          }
        }
    t.equal(wrong, 0)
    t.end()
  })

  t.test('writes after a lost answer do not undo what another device did in the meantime', async (t) => {
    const service = new FakeService()
    const { sync } = await open(t, service)
    const { key } = sync.create({ title: 'Milk', tags: ['first'] })
    let lost = 0
    service.after = (call) => {
      if (!call.startsWith('POST') || lost++ > 0) return false
      sync.update(key, { title: 'Mine', tags: ['first', 'mine'] })
      service.change(1, { title: 'Theirs', tags: ['first', 'theirs'] })
      return true
    }
    await until(() => sync.conflicts().length > 0, 'the titles are in conflict')
    t.match(sync.conflicts(), [{ kind: 'changed', fields: ['title'], theirs: { title: 'Theirs' } }])
    t.same([...service.tasks.get(1)!.tags].sort(), ['first', 'mine', 'theirs'])
    sync.resolve(sync.conflicts()[0]!, 'theirs')
    lost = 0
    service.after = (call) => {
      if (!call.startsWith('PATCH') || lost++ > 0) return false
      sync.update(key, { tags: ['first', 'second', 'third'] })
      service.change(1, { tags: [...service.tasks.get(1)!.tags, 'new'] })
      return true
    }
    sync.update(key, { tags: ['first', 'second'] })
    await until(() => sync.status().pending === 0, 'all is sent')
    t.same([...service.tasks.get(1)!.tags].sort(), ['first', 'new', 'second', 'third'])
    t.same(sync.conflicts(), [])
  })

  t.test('a new task is shown once while the answer to its creation is missing', async (t) => {
    const service = new FakeService()
    const page = await open(t, service)
    await page.sync.flush()
    let posts = 0
    service.before = (_request, call) =>
      call === 'POST ' && (posts += 1) > 1 ? refusal(500, {}, 'internal_error') : undefined
    service.after = (call) => call === 'POST ' && posts === 1
    page.sync.create({ title: 'Milk' })
    await until(() => posts > 3, 'the creation was tried again')
    t.equal(page.sync.tasks().length, 1)
    service.before = () => undefined
    await page.sync.flush()
    t.match([page.sync.tasks(), service.titles], [{ length: 1 }, ['Milk']])
  })

  t.test(
    'writes continue after the token has expired between two of them, each once and in order',
    async (t) => {
      const service = new FakeService()
      const page = await open(t, service)
      await page.sync.flush()
      service.before = (_request, call) =>
        call === 'POST ' && service.tasks.size === 1 ? unauthorized() : undefined
      for (const title of ['1', '2', '3']) page.sync.create({ title })
      await until(() => page.sync.status().signedOut, 'the token was refused')
      t.match(page.sync.status(), { pending: 2, problem: { status: 401 } })
      await page.reload()
      await page.sync.flush()
      t.match(page.sync.status(), { pending: 2, signedOut: true })
      service.before = () => undefined
      await page.sync.flush()
      t.same(
        [...service.tasks.values()].map(({ title }) => title),
        ['1', '2', '3'],
      )
      t.equal(page.sync.status().pending, 0)
    },
  )

  t.test('writes wait until the same user signs in again', async (t) => {
    const service = new FakeService()
    const storage = memoryStorage()
    const page = await open(t, service, { storage, network: () => Promise.reject(new TypeError('offline')) })
    page.sync.create({ title: 'Milk' })
    await page.stop()
    const again = await open(t, service, { storage })
    await again.sync.flush()
    t.same(service.titles, ['Milk'])
  })

  /** A page whose creation arrived. Its answer is lost, and the page is offline until `goOn`. */
  async function withLostAnswer(t: Test, ahead = 0) {
    const service = new FakeService()
    let offset = ahead
    const page = await open(t, service, { now: () => Date.now() + offset })
    await page.sync.flush()
    service.after = (call) => call === 'POST '
    service.before = () => (service.tasks.size > 0 ? new TypeError('offline') : undefined)
    const { key } = page.sync.create({ title: 'Milk' })
    await until(() => page.sync.status().problem, 'the answer was lost')
    const goOn = async (later: number) => {
      offset = ahead + later
      service.after = () => false
      service.before = () => undefined
      await until(() => page.sync.get(key)?.id, 'the task has its id')
      t.same(service.titles, ['Milk'])
      t.equal(page.sync.tasks().length, 1)
    }
    return { service, goOn }
  }

  t.test('the creation of a task takes effect once, although the clock was set back', async (t) => {
    const { goOn } = await withLostAnswer(t)
    await goOn(-3 * DAY)
    const { service, goOn: goOnLate } = await withLostAnswer(t)
    service.keys.clear()
    await goOnLate(-3 * DAY)
  })

  t.test(
    'the creation of a task keeps its key for more than a day, because the service may still know it',
    async (t) => {
      // The clock of the device is two days ahead, so the task is not found by its time.
      const { goOn } = await withLostAnswer(t, 2 * DAY)
      await goOn(2 * DAY)
    },
  )

  t.test('writes survive a cursor that expires between them', async (t) => {
    const service = new FakeService()
    for (const title of ['Stays', 'Goes', 'Goes too']) service.add({ title })
    const page = await open(t, service)
    await page.sync.flush()
    await page.stop()
    page.sync.update(page.sync.byId(1)!.key, { title: 'Changed' })
    page.sync.update(page.sync.byId(2)!.key, { title: 'Mine' })
    page.sync.create({ title: 'New' })
    service.tasks.delete(2)
    service.tasks.delete(3)
    let expired = 0
    service.before = (request, call) =>
      call === 'GET /changes' && request.url.includes('cursor') && expired++ === 0
        ? refusal(410, {}, 'cursor_expired')
        : undefined
    await page.sync.start()
    await page.sync.flush()
    await page.sync.flush()
    t.ok(expired > 0)
    t.match(page.sync.conflicts(), [{ kind: 'deleted', mine: { title: 'Mine' } }])
    t.same(service.titles, ['Changed', 'New'])
    t.same(
      page.sync
        .tasks()
        .map(({ title }) => title)
        .sort(),
      ['Changed', 'Mine', 'New'],
    )
  })

  t.test('writes do not wait for a walk that must start again and again', async (t) => {
    const service = new FakeService()
    service.before = (_request, call) =>
      call === 'GET /changes' ? refusal(410, {}, 'cursor_expired') : undefined
    const page = await open(t, service, { timings: { retry: 1000 } })
    page.sync.create({ title: 'Milk' })
    await page.sync.flush()
    t.same(service.titles, ['Milk'])
    t.ok(service.sent.length < 20, service.sent.join())
    t.match(page.sync.status(), { problem: { code: 'unexpected_answer' } })
  })
})

t.test('two windows', async (t) => {
  t.test('without locks, two windows show a task once, whichever of them stored it', async (t) => {
    const service = new FakeService()
    const shared = { storage: memoryStorage(), lock: null }
    const one = await open(t, service, shared)
    const two = await open(t, service, shared)
    await Promise.all([one.sync.flush(), two.sync.flush()])
    const { key } = one.sync.create({ title: 'Milk' })
    await one.sync.flush()
    await two.sync.flush()
    t.match(two.sync.tasks(), [{ title: 'Milk' }])
    two.sync.update(two.sync.byId(1)!.key, { title: 'Tea' })
    await two.sync.flush()
    await Promise.all([one.stop(), two.stop()])
    const next = await open(t, service, shared)
    await next.sync.flush()
    t.match(next.sync.tasks(), [{ key, id: 1, title: 'Tea' }])
    t.equal(next.sync.tasks().length, 1)
    t.equal([...(await shared.storage.read()).keys()].filter((name) => name.startsWith('task:')).length, 1)
  })

  t.test('if two windows remove the same task, one restoration undoes both', async (t) => {
    const service = new FakeService()
    service.add({ title: 'Milk' })
    const shared = { storage: memoryStorage(), lock: createLock(), channel: createChannels() }
    const one = await open(t, service, shared)
    const two = await open(t, service, shared)
    await Promise.all([one.sync.flush(), two.sync.flush()])
    service.before = (_request, call) =>
      call.startsWith('DELETE') ? new TypeError('The network is away.') : undefined
    const { key } = one.sync.tasks()[0]!
    const removed = one.sync.remove(key)!
    two.sync.remove(key)
    await Promise.all([one.sync.flush(), two.sync.flush()])
    t.same([one.sync.tasks(), two.sync.tasks()], [[], []])
    service.before = () => undefined
    t.match(one.sync.restore(removed), { title: 'Milk' })
    await one.sync.flush()
    await two.sync.flush()
    t.match([one.sync.tasks(), two.sync.tasks()], [[{ title: 'Milk' }], [{ title: 'Milk' }]])
    t.same(service.titles, ['Milk'])
  })

  t.test('a change, a decision about it and a later change of another window keep their order', async (t) => {
    const service = new FakeService()
    service.add({ title: 'Milk' })
    const shared = { storage: memoryStorage(), lock: createLock(), channel: createChannels() }
    // The clocks of windows differ a little, as messages take a little time.
    const one = await open(t, service, { ...shared, now: () => Date.now() + 1000 })
    const two = await open(t, service, shared)
    await Promise.all([one.sync.flush(), two.sync.flush()])
    service.change(1, { isDeleted: true })
    const { key } = one.sync.tasks()[0]!
    one.sync.update(key, { title: 'First' })
    await until(() => two.sync.conflicts().length > 0, 'the task was deleted')
    service.before = (_request, call) => (call.endsWith('/restore') ? sleep(50, undefined) : undefined)
    two.sync.update(key, { title: 'Second' })
    one.sync.resolve(one.sync.conflicts()[0]!, 'mine')
    await Promise.all([one.sync.saved(), two.sync.saved()])
    await two.sync.flush()
    await until(() => two.sync.status().pending === 0, 'all is sent')
    t.same(service.titles, ['Second'])
  })

  t.test('two windows sign out together', async (t) => {
    const service = new FakeService()
    const shared = { storage: memoryStorage(), lock: createLock(), channel: createChannels() }
    const one = await open(t, service, shared)
    const two = await open(t, service, shared)
    two.sync.create({ title: 'Milk' })
    await two.sync.flush()
    await one.sync.clear()
    await until(() => two.sync.tasks().length === 0, 'the other window shows nothing')
    await two.stop()
    t.same([...(await shared.storage.read())], [])
  })
})
