import { type Task } from 'TaskApiClient'
import { type Conflict, memoryStorage } from 'TaskApiClient/sync'
import t from 'tap'
import { createUser } from '../../../test/helpers/app.ts'
import { refusal, startService } from './service.ts'
import {
  createChannels,
  createDevice,
  createLock,
  type DeviceOptions,
  type Network,
  until,
} from './sync-devices.ts'

const DAY = 24 * 3600_000

const service = async () => {
  const { baseUrl, createClient } = await startService()
  const begin = async () => {
    const { client, user } = await createClient()
    const device = async (options: Partial<DeviceOptions> = {}) => {
      const page = createDevice({ baseUrl, user, ...options })
      t.teardown(() => page.stop())
      await page.start()
      return page
    }
    return { client, user, device }
  }
  return begin
}

/** The network that a test breaks: the first request that fits meets the fault. */
function breakable() {
  const faults: { method: string; fault: 'no answer' | 'not sent' | Response }[] = []
  const network: Network = async (request) => {
    const index = faults.findIndex(({ method }) => method === request.method)
    const [found] = index < 0 ? [] : faults.splice(index, 1)
    if (found?.fault instanceof Response) return found.fault
    if (found?.fault === 'not sent') throw new TypeError('not sent')
    const answer = await fetch(request)
    if (!found) return answer
    await answer.arrayBuffer()
    throw new TypeError('no answer')
  }
  return { network, faults }
}
const methods = (sent: Request[]) => sent.map(({ method }) => method).filter((method) => method !== 'GET')

t.test('a synchronized copy', async (t) => {
  const begin = await service()

  t.test('writes are shown at once, and other devices get them through the stream', async (t) => {
    const { client, device } = await begin()
    const [one, two] = [await device(), await device()]
    let calls = 0
    one.sync.subscribe(() => (calls += 1))
    const { key } = one.sync.create({
      title: ' Milk ',
      tags: ['shop', 'Shop'],
      due_date: '2026-12-01T15:00:00+01:00',
    })
    t.match(one.sync.get(key), {
      title: 'Milk',
      tags: ['shop'],
      due_date: '2026-12-01T14:00:00.000Z',
      pending: true,
    })
    t.equal(calls, 1)
    t.equal(one.sync.tasks(), one.sync.tasks())
    t.equal(one.sync.status(), one.sync.status())
    await until(() => two.sync.tasks()[0]?.title === 'Milk', 'the other device shows the task')
    await one.sync.flush()
    const task = one.sync.get(key)!
    t.match(task, { key, id: Number, pending: false })
    t.equal(one.sync.byId(task.id!), task)
    one.sync.complete(key, true)
    one.sync.update(key, { priority: 'high' })
    await one.sync.flush()
    t.match(await client.get(task.id!), { completed: true, priority: 'high' })
    const removed = one.sync.remove(key)!
    await one.sync.flush()
    t.same(await client.list(), [])
    one.sync.restore(removed)
    await one.sync.flush()
    t.match(await client.list(), [{ id: task.id, completed: true }])
    t.throws(() => one.sync.update('none', {}), { message: 'There is no task with the key "none".' })
  })

  t.test('writes wait for the network, are merged, and survive a reload', async (t) => {
    const { client, device } = await begin()
    let isOnline = false
    const page = await device({
      network: (request) => (isOnline ? fetch(request) : Promise.reject(new TypeError('offline'))),
    })
    const { key } = page.sync.create({ title: 'Milk' })
    page.sync.update(key, { title: 'Tea' })
    const other = page.sync.create({ title: 'Never' })
    page.sync.remove(other.key)
    await page.sync.flush()
    t.match(page.sync.status(), { online: false, pending: 1, problem: { code: 'network_error' } })
    await page.reload()
    t.match(page.sync.tasks(), [{ key, title: 'Tea', pending: true }])
    isOnline = true
    page.sent.length = 0
    await until(() => page.sync.status().pending === 0, 'the queue is sent')
    t.same(methods(page.sent), ['POST'])
    t.match(await client.list(), [{ title: 'Tea' }])
    t.match(page.sync.tasks(), [{ key, pending: false }])
  })

  t.test('a write whose answer is lost takes effect once', async (t) => {
    const { client, device } = await begin()
    const { network, faults } = breakable()
    const page = await device({ network })
    faults.push({ method: 'POST', fault: 'no answer' })
    const { key } = page.sync.create({ title: 'Milk' })
    await until(() => page.sync.get(key)?.id, 'the task has its id')
    t.equal((await client.list()).length, 1)
    faults.push({ method: 'PATCH', fault: 'no answer' })
    page.sync.update(key, { title: 'Tea' })
    await page.sync.flush()
    page.sync.update(key, { title: 'Oat milk' })
    await until(() => page.sync.status().pending === 0, 'the changes are confirmed')
    t.same(page.sync.conflicts(), [])
    t.match(await client.list(), [{ title: 'Oat milk' }])
    faults.push({ method: 'DELETE', fault: 'no answer' })
    page.sync.remove(key)
    await until(() => page.sync.status().pending === 0, 'the deletion is confirmed')
    t.same(await client.list(), [])
  })

  t.test(
    'a task whose creation got no answer is found, even after the service has forgotten its key',
    async (t) => {
      const { client, device } = await begin()
      const { network, faults } = breakable()
      let later = 0
      const page = await device({ network, now: () => Date.now() + later })
      for (const fault of ['no answer', 'not sent'] as const) {
        later = 0
        faults.push({ method: 'POST', fault })
        const { key } = page.sync.create({ title: fault })
        later = 2 * DAY
        await until(() => page.sync.get(key)?.id, 'the task has its id')
      }
      t.same(
        (await client.list({ sort: 'title' })).map(({ title }) => title),
        ['no answer', 'not sent'],
      )
    },
  )

  t.test('changes of different fields are merged, and so are tags', async (t) => {
    const { client, device } = await begin()
    const { id } = await client.create({ title: 'Milk', tags: ['a', 'b'] })
    const page = await device()
    await page.sync.flush()
    const { key } = page.sync.byId(id)!
    await page.stop()
    page.sync.update(key, { title: 'Tea', tags: ['b', 'mine'] })
    await client.update(id, { description: 'Theirs', tags: ['a', 'b', 'theirs'] })
    await page.sync.start()
    await page.sync.flush()
    t.match(await client.get(id), { title: 'Tea', description: 'Theirs', tags: ['b', 'theirs', 'mine'] })
    t.same(page.sync.conflicts(), [])
  })

  t.test('a recurrence is compared by its value and merged as a whole', async (t) => {
    const { client, device } = await begin()
    const daily = { rule: 'FREQ=DAILY', time_zone: 'UTC', anchor: 'due_date' } as const
    const page = await device()
    const { key } = page.sync.create({
      title: 'Water',
      due_date: '2999-12-01',
      recurrence: { rule: 'rrule:freq=daily' },
    })
    t.same(page.sync.get(key)!.recurrence, daily, 'shown as the service returns it')
    await page.sync.flush()
    const id = page.sync.get(key)!.id!
    t.same((await client.get(id)).recurrence, daily)

    await page.stop()
    page.sync.update(key, { recurrence: { ...daily } })
    t.equal(page.sync.get(key)!.pending, false, 'an equal value is no change')
    page.sync.update(key, { title: 'Water the plants' })
    await client.update(id, { recurrence: { ...daily, time_zone: 'Europe/Berlin' } })
    await page.sync.start()
    await page.sync.flush()
    t.match(page.sync.get(key), { title: 'Water the plants', recurrence: { time_zone: 'Europe/Berlin' } })

    await page.stop()
    // Without a time zone it is one in UTC, so it differs from the one in Berlin.
    page.sync.update(key, { recurrence: { rule: 'FREQ=DAILY' } })
    await page.sync.start()
    await page.sync.flush()
    t.same((await client.get(id)).recurrence, daily)

    await page.stop()
    page.sync.update(key, { recurrence: { rule: 'FREQ=WEEKLY' } })
    await client.update(id, { recurrence: { rule: 'FREQ=WEEKLY', time_zone: 'Asia/Tokyo' } })
    await page.sync.start()
    await page.sync.flush()
    const [conflict] = page.sync.conflicts()
    t.match(conflict, {
      fields: ['recurrence'],
      base: { recurrence: daily },
      mine: { recurrence: { rule: 'FREQ=WEEKLY', time_zone: 'UTC' } },
      theirs: { recurrence: { rule: 'FREQ=WEEKLY', time_zone: 'Asia/Tokyo' } },
    })
    page.sync.resolve(conflict!, { recurrence: null })
    await page.sync.flush()
    t.equal((await client.get(id)).recurrence, null)
    t.match(page.sync.get(key), { recurrence: null, conflict: false, pending: false })
  })

  t.test('a conflict is kept until the user decides, and everything else continues', async (t) => {
    const { client, device } = await begin()
    const { network } = breakable()
    const page = await device({ network })
    for (const [choice, title] of [
      ['mine', 'Mine'],
      ['theirs', 'Theirs'],
      [{ title: 'Both' }, 'Both'],
    ] as const) {
      const { id } = await client.create({ title: 'Base' })
      await page.sync.flush()
      const { key } = page.sync.byId(id)!
      await page.stop()
      page.sync.update(key, { title: 'Mine', priority: 'high' })
      await client.update(id, { title: 'Theirs' })
      await page.sync.start()
      await page.sync.flush()
      const [conflict] = page.sync.conflicts()
      t.match(conflict, {
        kind: 'changed',
        fields: ['title'],
        base: { title: 'Base' },
        mine: { title: 'Mine' },
        theirs: { title: 'Theirs' },
      })
      t.match(page.sync.get(key), { title: 'Mine', conflict: true })
      t.match(await client.get(id), { title: 'Theirs', priority: 'high' })
      await page.reload()
      t.match(page.sync.conflicts(), [{ id: conflict!.id }])
      page.sync.resolve(conflict!, choice)
      await page.sync.flush()
      t.match(page.sync.get(key), { title, conflict: false, pending: false })
      t.match(await client.get(id), { title })
    }
  })

  t.test('onConflict can decide a conflict', async (t) => {
    const { client, device } = await begin()
    const asked: Conflict[] = []
    const page = await device({ onConflict: (conflict) => (asked.push(conflict), { title: 'Decided' }) })
    const { id } = await client.create({ title: 'Base' })
    await page.sync.flush()
    await page.stop()
    page.sync.update(page.sync.byId(id)!.key, { title: 'Mine' })
    await client.update(id, { title: 'Theirs' })
    await page.sync.start()
    await until(() => page.sync.byId(id)?.title === 'Decided' && !page.sync.status().pending, 'it is decided')
    t.equal(asked.length, 1)
    t.match(await client.get(id), { title: 'Decided' })
  })

  t.test('a change and a deletion are a conflict, whichever device deleted the task', async (t) => {
    const { client, device } = await begin()
    const page = await device()
    const act = async (
      mine: (key: string) => unknown,
      theirs: (id: number) => Promise<unknown>,
      choice: 'mine' | 'theirs',
    ) => {
      const { id } = await client.create({ title: 'Base' })
      await page.sync.flush()
      await page.stop()
      mine(page.sync.byId(id)!.key)
      await theirs(id)
      await page.sync.start()
      await page.sync.flush()
      const [conflict] = page.sync.conflicts()
      page.sync.resolve(conflict!, choice)
      await page.sync.flush()
      t.match(page.sync.status(), { pending: 0, conflicts: 0 })
      const now: Task | undefined = await client.get(id).catch(() => undefined)
      t.equal(page.sync.byId(id)?.title, now?.title)
      return [conflict!.kind, now?.title]
    }
    const change = (key: string) => page.sync.update(key, { title: 'Mine' })
    const remove = (key: string) => page.sync.remove(key)
    t.same(await act(change, (id) => client.delete(id), 'mine'), ['deleted', 'Mine'])
    t.same(await act(change, (id) => client.delete(id), 'theirs'), ['deleted', undefined])
    t.same(await act(remove, (id) => client.update(id, { title: 'Theirs' }), 'mine'), ['removed', undefined])
    t.same(await act(remove, (id) => client.update(id, { title: 'Theirs' }), 'theirs'), ['removed', 'Theirs'])
  })

  t.test('a refused write is kept for the user, and the queue continues', async (t) => {
    const { client, device } = await begin()
    const page = await device()
    const [long, other] = [page.sync.create({ title: 'x'.repeat(201) }), page.sync.create({ title: 'Other' })]
    await page.sync.flush()
    t.match(page.sync.get(other.key), { pending: false })
    t.match(page.sync.refused(), [
      { key: long.key, kind: 'create', reason: { status: 400, errors: [{ path: '/title' }] } },
    ])
    page.sync.update(long.key, { title: 'Short' })
    page.sync.update(other.key, { title: '' })
    await page.sync.flush()
    t.match(page.sync.refused(), [{ key: other.key, kind: 'update' }])
    page.sync.discard(page.sync.refused()[0]!)
    await page.sync.flush()
    t.same(
      (await client.list({ sort: 'title' })).map(({ title }) => title),
      ['Other', 'Short'],
    )
    t.match(page.sync.get(other.key), { title: 'Other', refused: false })
  })

  t.test('an expired cursor makes the copy start again and keeps the queue', async (t) => {
    const { client, device } = await begin()
    const { network, faults } = breakable()
    const page = await device({ network })
    const [stays, goes] = [await client.create({ title: 'Stays' }), await client.create({ title: 'Goes' })]
    await page.sync.flush()
    await page.stop()
    page.sync.update(page.sync.byId(stays.id)!.key, { title: 'Changed' })
    page.sync.create({ title: 'New' })
    await client.delete(goes.id)
    // The first GET is a walk or the stream. Both get it, so that the walk certainly does.
    const expired = () => refusal(410, {}, 'cursor_expired')
    faults.push({ method: 'GET', fault: expired() }, { method: 'GET', fault: expired() })
    await page.sync.start()
    await page.sync.flush()
    await page.sync.flush()
    t.same(
      page.sync
        .tasks()
        .map(({ title }) => title)
        .sort(),
      ['Changed', 'New'],
    )
    t.same((await client.list()).map(({ title }) => title).sort(), ['Changed', 'New'])
  })

  t.test(
    'without a token, or with that of another user, nothing is sent until flush or start is called',
    async (t) => {
      const { user, device } = await begin()
      const { token } = user
      const page = await device({ user })
      await page.sync.flush()
      for (const [strange, code] of [
        ['', 'token_missing'],
        [(await createUser()).token, 'wrong_user'],
      ]) {
        await page.reload()
        user.token = strange!
        page.sync.create({ title: 'Private' })
        await page.sync.flush()
        t.match(page.sync.status(), { signedOut: true, problem: { code } })
        user.token = token
      }
      await page.reload()
      await page.sync.flush()
      t.match(page.sync.status(), { signedOut: false, pending: 0 })
      t.equal(page.sync.tasks().length, 2)
      await page.sync.clear()
      t.same([...(await page.storage.read())], [])
      t.same(page.sync.tasks(), [])
    },
  )

  t.test('of two windows, one sends, and the other takes over when it closes', async (t) => {
    const { client, device } = await begin()
    const shared = { storage: memoryStorage(), lock: createLock(), channel: createChannels() }
    const [one, two] = [await device(shared), await device(shared)]
    await one.sync.flush()
    const { key } = two.sync.create({ title: 'Milk' })
    await two.sync.flush()
    t.match(two.sync.get(key), { id: Number, pending: false })
    t.same(two.sent, [])
    await until(() => one.sync.get(key)?.id, 'the first window shows the task')
    await one.stop()
    two.sync.update(key, { title: 'Tea' })
    await two.sync.flush()
    t.same(methods(two.sent), ['PATCH'])
    t.match(await client.list(), [{ title: 'Tea' }])
  })
})
