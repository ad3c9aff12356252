import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Channel } from '../src/database/channel.ts'
import { classify } from '../src/database/errors.ts'
import { type OwnerInTime, withDeadline } from '../src/database/owner.ts'
import { Lane } from '../src/database/pipeline.ts'
import { eventually } from './helpers/eventually.ts'

/*
 * What a lane sends on which connection, and in what order, on connections that answer when the test says so. Only these
 * tests use no real database: a database answers some of the statements before one can look.
 */

interface Sent {
  owner: string
  isRead: boolean
  channel: FakeChannel
  limitMs: number
  succeed: () => void
  fail: (code: string) => void
}

class FakeChannel implements Channel {
  cancels = 0
  open = () => Promise.resolve()
  close = () => Promise.resolve()
  destroy = () => {}
  cancel = () => void (this.cancels += 1)
}

const DEPTH = 8
const inTime = (owner: string) => withDeadline(owner, 60_000)

for (const { code, failures, isServed } of [
  { code: '57014', failures: 3, isServed: true },
  { code: '57P01', failures: 3, isServed: true },
  { code: '57014', failures: 1000, isServed: false },
  { code: '28P01', failures: 1, isServed: false },
])
  t.test(`opening fails with ${code}, ${failures} times`, async (t) => {
    let tries = 0
    const createChannel = () =>
      Object.assign(new FakeChannel(), {
        async open() {
          tries += 1
          if (tries <= failures) throw Object.assign(new Error(code), { code, severity: 'FATAL' })
        },
      })
    const lane = new Lane({ size: 1, depth: 1, perOwner: 1, createChannel })
    t.teardown(() => lane.close())
    const answer = lane.run(inTime('owner'), { isRead: false, send: () => Promise.resolve('answer') })
    let outcome: unknown
    answer.then(
      (text) => (outcome = text),
      (error: Error) => (outcome = classify(error)),
    )
    await eventually(() => outcome !== undefined)
    t.equal(outcome, isServed ? 'answer' : 'refused')
    t.ok(tries <= 4, `${tries} tries`)
  })

/** A lane whose connections are open. */
async function openLane(t: Test, size: number) {
  const channels: FakeChannel[] = []
  const createChannel = () => channels[channels.push(new FakeChannel()) - 1]!
  const lane = new Lane({ size, depth: DEPTH, perOwner: size, createChannel })
  t.teardown(() => lane.close())
  /** Sent and not answered. */
  let sent: Sent[] = []
  const run = (owner: string | OwnerInTime, isRead: boolean, isLarge = false) =>
    lane.run(typeof owner === 'string' ? inTime(owner) : owner, {
      isRead,
      isLarge,
      mayDrop: isRead,
      send: (channel: FakeChannel, limitMs: number) =>
        new Promise<string>((resolve, reject) => {
          const id = typeof owner === 'string' ? owner : owner.id
          const job = { owner: id, isRead, channel, limitMs, succeed: () => {}, fail: (_code: string) => {} }
          const end = () => (sent = sent.filter((other) => other !== job))
          job.succeed = () => (end(), resolve(id))
          job.fail = (code) => (end(), reject(Object.assign(new Error(code), { code, severity: 'ERROR' })))
          sent.push(job)
        }),
    })
  const read = (owner: string | OwnerInTime) => run(owner, true)
  const readMany = (owner: string) => run(owner, true, true)
  const write = (owner: string | OwnerInTime) => run(owner, false)
  const on = (channel: FakeChannel) => sent.filter((job) => job.channel === channel)
  const openAll = Array.from({ length: size * DEPTH }, (_, number) => read(`opener ${number}`))
  await eventually(() => channels.length === size && sent.length === size * DEPTH)
  for (const { succeed } of [...sent]) succeed()
  await Promise.all(openAll)
  return { lane, channels, sent: () => sent, on, read, readMany, write }
}

const many = <T>(count: number, make: (number: number) => T) =>
  Array.from({ length: count }, (_, number) => make(number))

for (const [size, forReads] of [
  [2, 1],
  [3, 1],
  [5, 1],
  [10, 3],
  [21, 3],
] as const)
  t.test(`writes that do not end leave ${forReads} of ${size} connections to reads`, async (t) => {
    const { channels, sent, on, read, write } = await openLane(t, size)
    const writes = many(size * DEPTH, (number) => write(`writer ${number}`))
    await turn()
    const withWrites = channels.filter((channel) => on(channel).length > 0)
    t.equal(withWrites.length, size - forReads)
    t.equal(sent().length, DEPTH * withWrites.length, 'the other writes wait')

    for (let round = 0; round < 20; round += 1) {
      const reads = many(DEPTH, (number) => read(`reader ${number}`))
      await turn()
      const reading = sent().filter(({ isRead }) => isRead)
      t.equal(reading.length, DEPTH, 'every read is sent at once')
      t.notOk(
        reading.some(({ channel }) => withWrites.includes(channel)),
        'no read is sent behind a write',
      )
      for (const { succeed } of reading) succeed()
      await Promise.all(reads)
    }
    while (sent().length > 0) {
      for (const { succeed } of sent()) succeed()
      await turn()
    }
    t.equal((await Promise.all(writes)).length, size * DEPTH)
  })

t.test('while commits are slow, each write waits for as few other commits as possible', async (t) => {
  const { channels, sent, on, read, write } = await openLane(t, 5)
  const reads = many(2, (number) => read(`reader ${number}`))
  const writesOn = () => channels.map((channel) => on(channel).filter(({ isRead }) => !isRead).length)
  const answerWrites = () => {
    for (const { isRead, succeed } of sent()) if (!isRead) succeed()
  }
  const quick = many(DEPTH, (number) => write(`quick ${number}`))
  await turn()
  t.same(writesOn().toSorted(), [0, 0, 0, 0, DEPTH], 'quick writes of one turn share a connection')
  answerWrites()
  await Promise.all(quick)

  for (let number = 0; number < 8; number += 1) {
    const slow = write(`slow ${number}`)
    await sleep(20)
    answerWrites()
    await slow
  }
  const slow: Promise<string>[] = []
  for (const each of [1, 2, 3]) {
    slow.push(...many(4, (number) => write(`writer ${each} ${number}`)))
    t.same(writesOn().toSorted(), [0, each, each, each, each])
    await turn()
  }
  answerWrites()
  await Promise.all(slow)

  for (let round = 0; round < 4; round += 1) {
    const together = many(4 * DEPTH, (number) => write(`together ${number}`))
    await turn()
    answerWrites()
    await Promise.all(together)
  }
  const again = many(DEPTH, (number) => write(`again ${number}`))
  t.same(writesOn().toSorted(), [0, 0, 0, 0, DEPTH], 'and share one again when writes are quick')
  for (const { succeed } of sent()) succeed()
  await Promise.all([...reads, ...again])
})

t.test('reads that do not end leave room for writes', async (t) => {
  const { sent, read, write } = await openLane(t, 5)
  const reads = many(200, (number) => read(`reader ${number}`))
  await turn()
  t.equal(sent().length, 5 * DEPTH)
  const written = write('writer')
  // Reads and writes take turns where a place becomes free. The oldest reads are on the two connections for reads only.
  let answered = 0
  for (; sent().every(({ isRead }) => isRead) && answered < 100; answered += 1) {
    sent()[0]!.succeed()
    await turn()
  }
  t.ok(answered <= 3 * DEPTH, `${answered} reads were answered before`)
  sent()
    .find(({ isRead }) => !isRead)!
    .succeed()
  t.equal(await written, 'writer')
  while (sent().length > 0) {
    for (const { succeed } of sent()) succeed()
    await turn()
  }
  await Promise.all(reads)
})

t.test('an owner has one write running at a time, in the order in which they came', async (t) => {
  const { sent, write } = await openLane(t, 5)
  const answered: number[] = []
  const writes = many(10, (number) => write('owner').then(() => answered.push(number)))
  for (let number = 0; number < 10; number += 1) {
    await turn()
    t.equal(sent().length, 1)
    sent()[0]!.succeed()
  }
  await Promise.all(writes)
  t.same(answered, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

for (const { size, atOnce } of [
  { size: 2, atOnce: 1 },
  { size: 5, atOnce: 1 },
  { size: 10, atOnce: 2 },
])
  t.test(
    `of owners whose rows are locked, ${atOnce} statements run at once on ${size} connections`,
    async (t) => {
      const { channels, sent, on, write } = await openLane(t, size)
      const stuck = many(8, (number) => [write(`stuck ${number}`), write(`stuck ${number}`)]).flat()
      await turn()
      t.equal(sent().length, 8, 'one of each')
      for (const job of sent()) job.fail('55P03')
      // Now it is known whose rows are locked. The second statements of these owners need not find it out again.
      await turn()
      t.equal(sent().length, atOnce)
      for (let round = 0; round < 20; round += 1) {
        const stranger = write(`stranger ${round}`)
        const late = write(`stuck ${round % 8}`).catch(() => {})
        await turn()
        t.ok(
          sent().filter(({ owner }) => owner.startsWith('stuck')).length <= atOnce,
          'the limit is not exceeded',
        )
        for (const channel of channels)
          t.notOk(
            on(channel)
              .slice(0, -1)
              .some(({ owner }) => owner.startsWith('stuck')),
            'nothing is sent behind them',
          )
        // With one connection for writes, a stranger waits for the statement on it, and for one of each other owner.
        let givenUp = 0
        while (givenUp < 100 && !sent().some(({ owner }) => owner.startsWith('stranger'))) {
          for (const job of sent()) job.fail('55P03')
          givenUp += 1
          await turn()
        }
        t.ok(givenUp <= (size === 2 ? 9 : 0), `after ${givenUp} attempts of others`)
        sent()
          .find(({ owner }) => owner.startsWith('stranger'))!
          .succeed()
        await stranger
        void late
      }
      let isOver = false
      void Promise.all(stuck).then(() => (isOver = true))
      await eventually(() => {
        for (const { succeed } of sent()) succeed()
        return isOver
      })
    },
  )

t.test(
  'a statement that waits for a lock is repeated until it gets it, and reads of the same owner continue',
  async (t) => {
    const { sent, read, write } = await openLane(t, 3)
    const written = write('owner')
    for (let tries = 0; tries < 6; tries += 1) {
      await eventually(() => sent().length === 1)
      t.match(sent()[0], { owner: 'owner', isRead: false })
      const reads = [read('owner'), read('owner')]
      await turn()
      t.equal(sent().length, 3, 'both reads are sent')
      const [lock, ...others] = sent()
      for (const { succeed } of others) succeed()
      await Promise.all(reads)
      lock!.fail('55P03')
    }
    await eventually(() => sent().length === 1)
    sent()[0]!.succeed()
    t.equal(await written, 'owner')
  },
)

t.test('all slow statements that delay others are stopped at the same time', async (t) => {
  const { channels, sent, on, read } = await openLane(t, 5)
  const jobs = many(4 * DEPTH, (number) => read(`reader ${number}`))
  await turn()
  // One connection answers, so the server is not merely busy.
  const free = channels.find((channel) => on(channel).length > 0)!
  for (const { succeed } of on(free)) succeed()
  await eventually(() => channels.some(({ cancels }) => cancels > 0))
  const busy = channels.filter((channel) => on(channel).length > 1)
  t.ok(busy.length > 1)
  t.ok(busy.every(({ cancels }) => cancels === 1))
  for (const channel of busy) on(channel)[0]!.fail('57014')
  await turn()
  let isOver = false
  void Promise.all(jobs).then(() => (isOver = true))
  await eventually(() => {
    for (const { succeed } of sent()) succeed()
    return isOver
  })
  t.ok(isOver, 'and repeated')
})

t.test('an owner has one read with a large answer running at a time, whatever others read', async (t) => {
  const { sent, read, readMany } = await openLane(t, 5)
  const large = many(100, () => readMany('fat'))
  const others = [...many(3, () => readMany('another')), ...many(3, () => read('third'))]
  await turn()
  for (let left = 100; left > 0; left -= 1) {
    t.equal(sent().filter(({ owner }) => owner === 'fat').length, 1)
    for (const { succeed } of sent()) succeed()
    await turn()
  }
  t.same(await Promise.all([...large, ...others]), [
    ...Array(100).fill('fat'),
    ...Array(3).fill('another'),
    ...Array(3).fill('third'),
  ])
})

t.test('statements of one request share its deadline, repetitions included', async (t) => {
  const { sent, read, write } = await openLane(t, 3)
  const owner = withDeadline({ id: 'owner' }, 60_000)
  t.equal(withDeadline(owner, 1000).endsAt, owner.endsAt, 'a later limit changes nothing')
  for (let round = 0; round < 3; round += 1) {
    await sleep(20)
    const left = owner.endsAt - performance.now()
    const written = (round === 2 ? write : read)(owner)
    await turn()
    t.ok(sent()[0]!.limitMs <= Math.ceil(left), 'the statement gets the time that is left')
    sent()[0]!.fail('40001')
    await eventually(() => sent().length === 1)
    t.ok(sent()[0]!.limitMs <= Math.ceil(left) - 40, 'and its repetition less')
    sent()[0]!.succeed()
    t.equal(await written, 'owner')
  }
  const late = { id: 'owner', endsAt: performance.now() - 1 }
  const outcomes = Promise.allSettled([read(late), write(late)])
  await turn()
  t.equal(sent().length, 0, 'nothing is sent when the time is over')
  for (const outcome of await outcomes)
    t.match(outcome, { status: 'rejected', reason: { fault: 'cancelled' } })
})

t.test('waiting reads of a disconnected client are not sent, but writes are', async (t) => {
  const { lane, sent, read, write } = await openLane(t, 2)
  const client = { destroyed: false }
  const leaver = { ...inTime('leaver'), client }
  const outcomes: string[] = []
  const note = (what: string) => [() => outcomes.push(`${what} sent`), () => outcomes.push(`${what} dropped`)]
  const ended = [
    ...many(5, () => read(leaver).then(...note('read'))),
    ...many(2, () => write(leaver).then(...note('write'))),
  ]
  await turn()
  // On two connections, an owner has two statements running at once; the others wait.
  t.equal(sent().length, 2)
  client.destroyed = true
  await eventually(() => outcomes.length === 3)
  t.same(outcomes, Array(3).fill('read dropped'))
  while (sent().length > 0) {
    for (const { succeed } of sent()) succeed()
    await turn()
  }
  await Promise.all(ended)
  const kept = ['read sent', 'read sent', 'write sent', 'write sent']
  t.same(outcomes.slice(3).toSorted(), kept)
  t.equal(lane.inFlight, 0)
})

t.test('hundreds of jobs that end together are rejected a few in each turn of the event loop', async (t) => {
  const { lane, sent, read } = await openLane(t, 2)
  const client = { destroyed: false }
  let [rejected, inTurn, most] = [0, 0, 0]
  const note = () => {
    rejected += 1
    inTurn += 1
    most = Math.max(most, inTurn)
    if (inTurn === 1) setImmediate(() => (inTurn = 0))
  }
  const reads = many(300, () => read({ ...inTime('leaver'), client }).catch(note))
  await turn()
  const waiting = 300 - sent().length
  client.destroyed = true
  await eventually(() => rejected === waiting)
  t.ok(most > 0 && most <= 32, `${most} in one turn`)
  for (const { succeed } of sent()) succeed()
  await Promise.all(reads)
  t.equal(lane.inFlight, 0)
})
