import 'fake-indexeddb/auto'
import t, { type Test } from 'tap'
import { indexedDbStorage, memoryStorage, type SyncStorage } from 'TaskApiClient/sync'
import { FakeService, open, pageOf } from './fake-service.ts'
import { createChannels, createLock, type DeviceOptions, until } from './sync-devices.ts'

/** A storage that fails while `faults` says so. */
function failing(storage: SyncStorage = memoryStorage()) {
  const faults = { read: false, write: false, clear: false }
  const check = (isFaulty: boolean, name: string) => {
    if (isFaulty) throw new DOMException('The storage does not work.', name)
  }
  const wrapped: SyncStorage = {
    name: storage.name,
    async read() {
      check(faults.read, 'UnknownError')
      return storage.read()
    },
    async write(entries) {
      check(faults.write, 'QuotaExceededError')
      await storage.write(entries)
    },
    async clear() {
      check(faults.clear, 'UnknownError')
      await storage.clear()
    },
  }
  return { storage: wrapped, faults }
}

/** Two windows of one storage, which can fail in the second one. */
async function openTwo(t: Test, service: FakeService) {
  const shared = { lock: createLock(), channel: createChannels() }
  const storage = memoryStorage()
  const one = await open(t, service, { ...shared, storage })
  const broken = failing(storage)
  const two = await open(t, service, { ...shared, storage: broken.storage })
  return { storage, one, two, broken }
}
const offline = () => Promise.reject(new TypeError('offline'))
const problem = { code: 'storage_failed', detail: /closed/ }

t.test('a storage that cannot be written', async (t) => {
  t.test(
    'writes are sent although the storage fails, the user is told, and the storage gets everything later',
    async (t) => {
      const service = new FakeService()
      const { storage, faults } = failing()
      const page = await open(t, service, { storage })
      await page.sync.flush()
      faults.write = true
      page.sync.create({ title: 'Milk' })
      await t.rejects(page.sync.saved(), { name: 'QuotaExceededError' })
      t.match(page.sync.status(), { problem })
      await page.sync.flush()
      t.same(service.titles, ['Milk'])
      t.match(page.sync.status(), { pending: 0, problem })
      faults.write = false
      // Nobody does anything: it is tried again after a while.
      await until(() => page.sync.status().problem === undefined, 'the storage has everything')
      await page.reload()
      t.match(page.sync.tasks(), [{ title: 'Milk', id: 1, pending: false }])
    },
  )

  t.test('unsent writes survive a storage that fails for a time, in their order', async (t) => {
    const service = new FakeService()
    const { storage, faults } = failing()
    let isOnline = false
    const network = (request: Request) => (isOnline ? service.network(request) : offline())
    const page = await open(t, service, { storage, network })
    const { key } = page.sync.create({ title: 'Milk' })
    await page.sync.saved()
    faults.write = true
    page.sync.update(key, { title: 'Tea' })
    page.sync.create({ title: 'Bread' })
    await t.rejects(page.sync.saved())
    page.sync.complete(key, true)
    faults.write = false
    await page.sync.saved()
    await page.reload()
    isOnline = true
    await page.sync.flush()
    t.match([...service.tasks.values()], [{ title: 'Tea', completed: true }, { title: 'Bread' }])
  })

  t.test('the writes of a second window are sent although the storage fails', async (t) => {
    const service = new FakeService()
    const { storage, one, two, broken } = await openTwo(t, service)
    await two.sync.flush()
    broken.faults.write = true
    const { key } = two.sync.create({ title: 'Milk' })
    await until(() => two.sync.get(key)?.id, 'the task has its id')
    broken.faults.write = false
    two.sync.create({ title: 'Tea' })
    await two.sync.saved()
    await until(() => two.sync.status().pending === 0, 'both are sent')
    await one.sync.flush()
    await two.sync.flush()
    const ops = [...(await storage.read()).keys()].filter((name) => name.startsWith('op:'))
    t.same(ops, [], 'a write that was sent is not stored afterwards')
    t.same(service.titles, ['Milk', 'Tea'])
  })

  t.test('a value that cannot be stored does not block the storage', async (t) => {
    const service = new FakeService()
    const page = await open(t, service, { network: offline })
    const date = new Date('2026-12-01T10:00:00Z')
    const odd = { title: 'Milk', description: () => {}, due_date: date } as unknown as { title: string }
    page.sync.create(odd)
    await page.sync.saved()
    await page.reload()
    t.match(page.sync.tasks(), [{ title: 'Milk', description: null, due_date: '2026-12-01T10:00:00.000Z' }])
  })
})

t.test('a storage that cannot be read', async (t) => {
  /** A storage with a copy, a task that has the key of this device, and a write that was not sent. */
  async function used(t: Test) {
    const service = new FakeService()
    service.add({ title: 'Deleted meanwhile' })
    const parts = failing()
    let isOnline = true
    const network = (request: Request) => (isOnline ? service.network(request) : offline())
    const before = await open(t, service, { ...parts, network })
    const { key } = before.sync.create({ title: 'Milk' })
    await before.sync.flush()
    isOnline = false
    before.sync.update(key, { title: 'Oat milk' })
    await before.stop()
    service.change(1, { isDeleted: true })
    return { service, key, ...parts }
  }

  t.test(
    'an unreadable storage is not written, and its unsent writes are sent when it can be read',
    async (t) => {
      const { service, key, storage, faults } = await used(t)
      const stored = await storage.read()
      faults.read = true
      const page = await open(t, service, { storage })
      t.match(page.sync.status(), { problem })
      await page.sync.flush()
      t.match(page.sync.tasks(), [{ title: 'Milk' }], 'it works in memory')
      page.sync.create({ title: 'Tea' })
      await page.sync.flush()
      await t.rejects(page.sync.saved())
      t.same(await memoryOf(storage, faults), stored, 'nothing was written')
      await until(() => page.sync.status().problem === undefined, 'it can be read')
      await until(() => service.titles[0] === 'Oat milk', 'the write is sent')
      await page.sync.flush()
      t.match(
        page.sync
          .tasks()
          .map(({ title }) => title)
          .sort(),
        ['Oat milk', 'Tea'],
      )
      t.equal(page.sync.tasks().length, 2)
      t.match(page.sync.byId(2), { key, title: 'Oat milk' })
      await page.reload()
      t.equal(page.sync.tasks().length, 2)
      t.match(page.sync.byId(2), { key })
    },
  )

  const memoryOf = async (storage: SyncStorage, faults: { read: boolean }) => {
    faults.read = false
    return storage.read()
  }

  t.test(
    'if the storage is unreadable when a window takes over, the window keeps showing its tasks',
    async (t) => {
      const service = new FakeService()
      const { one, two, broken } = await openTwo(t, service)
      one.sync.create({ title: 'Milk' })
      await one.sync.flush()
      await two.sync.flush()
      broken.faults.read = true
      await one.stop()
      await two.sync.flush()
      t.match(two.sync.tasks(), [{ title: 'Milk' }])
      two.sync.create({ title: 'Tea' })
      await two.sync.flush()
      t.same(service.titles, ['Milk', 'Tea'])
      t.match(two.sync.status(), { problem })
      broken.faults.read = false
      await until(() => two.sync.status().problem === undefined, 'it can be read')
      await two.reload()
      t.equal(two.sync.tasks().length, 2)
    },
  )

  t.test('the storage is read before a write if the copy was not started', async (t) => {
    const { service, storage, faults } = await used(t)
    const stored = await storage.read()
    faults.read = true
    const page = pageOf(service, { storage })
    page.sync.create({ title: 'Tea' })
    await t.rejects(page.sync.saved())
    t.same(await memoryOf(storage, faults), stored)
  })
})

t.test('the storage of another user is not shown, sent, written or emptied', async (t) => {
  const service = new FakeService()
  const storage = memoryStorage()
  const alice = await open(t, service, { storage })
  alice.sync.create({ title: 'Private' })
  await alice.sync.flush()
  await alice.stop()
  const offlineAlice = await open(t, service, { storage, network: offline })
  offlineAlice.sync.create({ title: 'Secret' })
  await offlineAlice.stop()
  const stored = await storage.read()

  const other = new FakeService()
  other.userId = 'bob'
  const user = { id: 'bob', token: 'token' } as DeviceOptions['user']
  const bob = pageOf(other, { storage, user })
  t.teardown(() => bob.stop())
  bob.sync.create({ title: "Bob's" })
  await bob.start()
  t.same(
    bob.sync.tasks().map(({ title }) => title),
    ["Bob's"],
  )
  t.match(bob.sync.status(), { problem: { code: 'storage_failed', detail: /another user/ } })
  await bob.sync.flush()
  t.same(other.titles, ["Bob's"])
  await bob.sync.clear()
  t.same(bob.sync.tasks(), [])
  t.same(await storage.read(), stored)

  const again = await open(t, service, { storage })
  await again.sync.flush()
  t.same(service.titles, ['Private', 'Secret'])
})

t.test('a sign-out that cannot empty the storage reports it, and empties the memory', async (t) => {
  const service = new FakeService()
  const shared = { lock: createLock(), channel: createChannels() }
  const { storage, faults } = failing()
  const one = await open(t, service, { ...shared, storage })
  const two = await open(t, service, { ...shared, storage })
  one.sync.create({ title: 'Milk' })
  await one.sync.flush()
  await two.sync.flush()
  faults.clear = true
  await t.rejects(one.sync.clear(), { name: 'UnknownError' })
  t.same(one.sync.tasks(), [])
  await until(() => two.sync.tasks().length === 0, 'the other window shows nothing')
  await until(() => two.sync.status().problem, 'the other window says it, too')
})

t.test('indexedDbStorage', async (t) => {
  let names = 0
  const newName = () => `tasks-${(names += 1)}`
  const done = <Result>(request: IDBRequest<Result>) =>
    new Promise<Result>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error!)
    })

  t.test('entries can be stored and deleted, and the storage can be emptied', async (t) => {
    const name = newName()
    const storage = indexedDbStorage({ name })
    t.same(await storage.read(), new Map())
    await storage.write(
      new Map<string, unknown>([
        ['a', { deep: [1] }],
        ['b', 2],
      ]),
    )
    await storage.write(new Map([['b', undefined]]))
    storage.close!()
    const again = indexedDbStorage({ name })
    t.same(await again.read(), new Map([['a', { deep: [1] }]]))
    await again.clear()
    t.same(await again.read(), new Map())
  })

  t.test('a write stores all entries or none', async (t) => {
    const storage = indexedDbStorage({ name: newName() })
    await storage.write(new Map([['a', 1]]))
    await t.rejects(
      storage.write(
        new Map<string, unknown>([
          ['a', 2],
          ['b', () => {}],
        ]),
      ),
      { name: 'DataCloneError' },
    )
    t.same(await storage.read(), new Map([['a', 1]]))
    await storage.write(new Map([['a', 3]]))
    t.same(await storage.read(), new Map([['a', 3]]))
  })

  t.test('two windows share the storage, and the second takes over', async (t) => {
    const service = new FakeService()
    const name = newName()
    const shared = { lock: createLock(), channel: createChannels() }
    const one = await open(t, service, { ...shared, storage: indexedDbStorage({ name }) })
    const two = await open(t, service, { ...shared, storage: indexedDbStorage({ name }) })
    await one.sync.flush()
    const { key } = two.sync.create({ title: 'Milk' })
    await two.sync.flush()
    t.same(two.sent, [])
    await one.stop()
    two.sync.update(key, { title: 'Tea' })
    await two.sync.flush()
    t.same(service.titles, ['Tea'])
    t.match(await indexedDbStorage({ name }).read(), new Map([[`task:${key}`, { task: { title: 'Tea' } }]]))
  })

  t.test(
    'the storage closes a database that another window deletes, and everything is written again',
    async (t) => {
      const service = new FakeService()
      const name = newName()
      service.add({ title: 'Old' })
      const storage = indexedDbStorage({ name })
      const page = await open(t, service, { storage })
      await page.sync.flush()
      await done(indexedDB.deleteDatabase(name))
      page.sync.create({ title: 'New' })
      await page.sync.flush()
      t.same(page.sync.status().problem, undefined)
      await page.stop()
      // The stored copy is complete, not only what changed after the deletion.
      const next = await open(t, service, { storage: indexedDbStorage({ name }), network: offline })
      t.same(
        next.sync
          .tasks()
          .map(({ title }) => title)
          .sort(),
        ['New', 'Old'],
      )
    },
  )

  t.test('the storage opens a connection again that was closed without an event', async (t) => {
    const { prototype } = IDBDatabase
    const { transaction } = prototype
    t.teardown(() => (prototype.transaction = transaction))
    const service = new FakeService()
    const page = await open(t, service, { storage: indexedDbStorage({ name: newName() }) })
    await page.sync.flush()
    let failures = 1
    prototype.transaction = function (...args) {
      if (failures-- > 0) throw new DOMException('The connection is closed.', 'InvalidStateError')
      return transaction.apply(this, args)
    }
    page.sync.create({ title: 'Milk' })
    await page.sync.saved()
    t.same(page.sync.status().problem, undefined)
    failures = 1
    await page.stop()
    await page.start()
    t.same(page.sync.status().problem, undefined)
    t.match(page.sync.tasks(), [{ title: 'Milk' }])
  })

  t.test(
    'a newer database, or one that another window blocks, does not stop the page, and the user is told',
    async (t) => {
      const newer = newName()
      ;(await done(indexedDB.open(newer, 2))).close()
      const held = newName()
      const holder = await done(indexedDB.open(held, 1))
      holder.onversionchange = () => {}
      const deletion = indexedDB.deleteDatabase(held)
      for (const name of [newer, held]) {
        const service = new FakeService()
        service.add({ title: 'Milk' })
        const page = await open(t, service, { storage: indexedDbStorage({ name, openTimeout: 20 }) })
        t.match(page.sync.status(), { problem })
        await page.sync.flush()
        t.match(page.sync.tasks(), [{ title: 'Milk' }])
        page.sync.create({ title: 'Tea' })
        await page.sync.flush()
        t.same(service.titles, ['Milk', 'Tea'])
        if (name === newer) await page.stop()
        else {
          holder.close()
          await done(deletion)
          await until(() => !page.sync.status().problem, 'the database opens')
          await page.stop()
          const stored = await indexedDbStorage({ name }).read()
          t.equal([...stored.keys()].filter((each) => each.startsWith('task:')).length, 2)
          // No connection of an attempt that came too late is left.
          await done(indexedDB.deleteDatabase(held))
        }
      }
    },
  )

  t.test('the storage can be closed while it fails to open', async (t) => {
    const name = newName()
    ;(await done(indexedDB.open(name, 2))).close()
    const storage = indexedDbStorage({ name })
    const reading = storage.read()
    storage.close!()
    await t.rejects(reading, { name: 'VersionError' })
  })
})
