import { setTimeout as sleep } from 'node:timers/promises'
import { createTaskClient, type Task, type TaskChanges } from 'TaskApiClient'
import { type LocalTask, memoryStorage } from 'TaskApiClient/sync'
import t, { type Test } from 'tap'
import { createUser, type TestUser } from '../../../test/helpers/app.ts'
import { refusal, startService } from './service.ts'
import {
  createChannels,
  createDevice,
  createLock,
  type Device,
  type Network,
  randomOf,
} from './sync-devices.ts'

const ROUNDS = Number(process.env.SYNC_ROUNDS ?? 5)
const FIRST_SEED = Number(process.env.SYNC_SEED ?? Date.now() % 1_000_000)
const STEPS = 60

/** Loses requests and answers, is slow, and answers for a service that is overloaded or broken. */
function createNetwork(random: () => number): { use: Network; heal: () => void } {
  let isFaulty = true
  const use: Network = async (request) => {
    const dice = isFaulty ? random() : 1
    if (dice < 0.1) throw new TypeError('The request was lost.')
    if (dice < 0.15) return refusal(503, {}, 'database_unavailable')
    if (dice < 0.18) return refusal(500, {}, 'internal_error')
    if (dice < 0.2) return refusal(429, {}, 'rate_limited')
    if (dice < 0.22) return new Response('<h1>Sign in to the Wi-Fi</h1>', { status: dice < 0.21 ? 200 : 404 })
    if (dice < 0.4) await sleep(random() * 10)
    const answer = await fetch(request)
    if (dice > 0.4 && dice < 0.52) {
      await answer.body?.cancel()
      throw new TypeError('The answer was lost.')
    }
    return answer
  }
  return { use, heal: () => (isFaulty = false) }
}

/** What each page did to each task, by the number in its description, which nobody changes. */
interface Expected {
  isRemoved: boolean
  /** It was removed while changes of it were not sent: they are removed with it. */
  isUncertain: boolean
  /** The tags of each page: only this page adds and removes them. */
  tags: Map<number, Set<string>>
  /** Only the first page changes it. */
  priority: string
}

class History {
  readonly expected = new Map<string, Expected>()
  readonly removed: LocalTask[][]
  readonly random: () => number
  readonly pages: Device[]
  constructor(random: () => number, pages: Device[]) {
    this.random = random
    this.pages = pages
    this.removed = pages.map(() => [])
  }
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)]
  }

  create(page: number) {
    const name = `${this.expected.size}`
    this.expected.set(name, { isRemoved: false, isUncertain: false, tags: new Map(), priority: 'none' })
    this.pages[page]!.sync.create({ title: ` Task ${name}`, description: name })
  }

  update(page: number, task: LocalTask) {
    const expected = this.expected.get(task.description!)!
    const changes: TaskChanges = {}
    const dice = this.random()
    if (dice < 0.3) changes.title = `By ${page}: ${Math.floor(this.random() * 3)}`
    if (dice > 0.2 && dice < 0.5) changes.completed = !task.completed
    if (dice > 0.4 && page === 0) expected.priority = changes.priority = this.pick(['low', 'high', 'urgent'])!
    if (dice > 0.6) {
      const own = expected.tags.get(page) ?? new Set()
      expected.tags.set(page, own)
      const tag = `p${page}-${Math.floor(this.random() * 3)}`
      if (!own.delete(tag)) own.add(tag)
      changes.tags = task.tags.filter((each) => each !== tag)
      if (own.has(tag)) changes.tags.push(tag)
    }
    this.pages[page]!.sync.update(task.key, changes)
  }

  act(page: number) {
    const { sync } = this.pages[page]!
    const task = this.pick(sync.tasks())
    const dice = this.random()
    if (!task || dice < 0.2) return this.create(page)
    if (dice < 0.75) return this.update(page, task)
    if (dice < 0.85) {
      const expected = this.expected.get(task.description!)!
      expected.isRemoved = true
      expected.isUncertain ||= task.id === undefined || task.conflict || task.pending
      return void this.removed[page]!.push(sync.remove(task.key)!)
    }
    const removed = this.removed[page]!.pop()
    if (removed) sync.restore(removed)
    this.decide(page)
  }

  /** Resolves one conflict. */
  decide(page: number) {
    const { sync } = this.pages[page]!
    const conflict = this.pick(sync.conflicts())
    if (!conflict) return
    const choice = conflict.kind === 'deleted' || this.random() < 0.5 ? 'mine' : 'theirs'
    sync.resolve(conflict, choice)
  }

  /** The page shows what its user did, at once, and after a reload. */
  checkView(t: Test, page: number, what: string) {
    for (const { description, tags, priority } of this.pages[page]!.sync.tasks()) {
      const expected = this.expected.get(description!)!
      if (expected.isUncertain) continue
      const own = [...(expected.tags.get(page) ?? [])]
      const shown = tags.filter((tag) => tag.startsWith(`p${page}-`))
      if (shown.sort().join() !== own.sort().join()) t.same(shown, own, `${what}: tags of ${description}`)
      if (page === 0 && priority !== expected.priority)
        t.equal(priority, expected.priority, `${what}: priority of ${description}`)
    }
  }
}

const plain = ({ id, title, description, completed, priority, tags, updated_at }: Task | LocalTask) =>
  JSON.stringify({ id, title, description, completed, priority, tags, updated_at })

async function playRound(t: Test, baseUrl: string, user: TestUser, seed: number) {
  const random = randomOf(seed)
  const network = createNetwork(random)
  const common = { baseUrl, user, network: network.use, random }
  const windows = { storage: memoryStorage(), lock: createLock(), channel: createChannels() }
  const pages = [
    createDevice({ ...common, ...windows }),
    createDevice({ ...common, ...windows }),
    createDevice(common),
  ]
  const history = new History(random, pages)
  await Promise.all(pages.map((page) => page.start()))
  for (let step = 0; step < STEPS; step += 1) {
    const page = Math.floor(random() * pages.length)
    history.act(page)
    await pages[page]!.sync.saved()
    history.checkView(t, page, `step ${step}`)
    if (random() < 0.1) {
      await pages[page]!.reload()
      history.checkView(t, page, `step ${step}, after a reload`)
    }
    if (random() < 0.3) await sleep(random() * 15)
  }
  network.heal()
  await settle(history)
  await compare(t, baseUrl, user, history)
  await Promise.all(pages.map((page) => page.stop()))
}

async function settle({ pages }: History) {
  const isOpen = ({ sync }: Device) => sync.status().pending + sync.conflicts().length > 0
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    for (const { sync } of pages) {
      for (const conflict of sync.conflicts()) sync.resolve(conflict, 'mine')
      await sync.flush()
    }
    if (!pages.some(isOpen)) break
  }
  for (const { sync } of pages) await sync.flush()
  // The last messages between windows.
  await sleep(5)
}

async function compare(t: Test, baseUrl: string, user: TestUser, { pages, expected }: History) {
  const client = createTaskClient({ baseUrl, token: () => user.token })
  const list = await client.list({ sort: 'created' })
  const texts = list.map(plain).sort()
  for (const [page, { sync }] of pages.entries()) {
    t.match(sync.status(), { pending: 0, conflicts: 0, refused: 0 }, `page ${page}`)
    t.same(sync.tasks().map(plain).sort(), texts, `the copy of page ${page} is the list`)
  }
  const trash = []
  for await (const { tasks } of client.trashPages({ limit: 100 })) trash.push(...tasks)
  const all = [...list, ...trash].map(({ description }) => description)
  for (const [name, { isRemoved, isUncertain, tags, priority }] of expected) {
    const count = all.filter((description) => description === name).length
    // What was removed before it was sent may never have existed.
    if (count !== 1) t.ok(isRemoved && count === 0, `task ${name} is there ${count} times`)
    const task = list.find(({ description }) => description === name)
    if (!task || isUncertain) continue
    t.same([...task.tags].sort(), [...tags.values()].flatMap((own) => [...own]).sort(), `tags of ${name}`)
    t.equal(task.priority, priority, `priority of ${name}`)
  }
}

t.test(
  'after random writes on an unreliable network, every copy equals the list, and nothing is lost or duplicated',
  async (t) => {
    const { baseUrl } = await startService()
    for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS && t.passing(); seed += 1)
      await t.test(`SYNC_SEED=${seed}`, async (t) => playRound(t, baseUrl, await createUser(), seed))
  },
)
