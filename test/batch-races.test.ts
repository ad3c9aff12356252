import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { createServiceRole } from '../src/database/service-role.ts'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { databaseUrl, query } from './helpers/database.ts'

/* Batches beside other writes, through two copies of the service on one database: with the pipeline and without. */

const batch = ({ call }: TestApp, user: TestUser, operations: object[]) =>
  call('POST', '/api/tasks/batch', { user, body: { operations } })

const startCopies = async (t: Test, variables: Record<string, string> = {}) =>
  [
    await startApp(t, { DATABASE_POOL_MAX: '12', ...variables }),
    await startApp(t, { DATABASE_POOL_MAX: '12', DATABASE_PIPELINE: 'off', ...variables }),
  ] as const

const createTasks = async (app: TestApp, user: TestUser, count: number): Promise<number[]> => {
  const { body } = await batch(app, user, Array(count).fill({ op: 'create', title: 'x' }))
  return body.results.map(({ task }: any) => task.id)
}

/** The ids of the tasks, and of those in the trash. */
const idsOf = async ({ call }: TestApp, user: TestUser) => {
  const read = async (url: string): Promise<number[]> =>
    (await call('GET', url, { user })).body.map(({ id }: { id: number }) => id).toSorted()
  return { tasks: await read('/api/tasks'), trash: await read('/api/tasks/trash?limit=200') }
}

/** The URL of a role whose transactions PostgreSQL does not free from a deadlock before they time out. */
async function roleWithoutDeadlockDetection(t: Test) {
  const name = `patient_${randomUUID().replaceAll('-', '')}`
  const url = await createServiceRole(databaseUrl(), name)
  t.teardown(() => query(databaseUrl(), `DROP OWNED BY ${name}; DROP ROLE ${name}`))
  await query(databaseUrl(), `ALTER ROLE ${name} SET deadlock_timeout = '1min'`)
  return url
}

t.test('two batches with the same tasks in opposite order never wait for each other', async (t) => {
  const DATABASE_URL = await roleWithoutDeadlockDetection(t)
  const copies = await startCopies(t, { DATABASE_URL })
  const user = await createUser()
  const ids = await createTasks(copies[0], user, 20)
  const toggles = ids.map((id) => ({ op: 'complete', id }))
  const [few, rest] = [ids.slice(0, 5), ids.slice(5)]
  for (let round = 0; round < 15; round += 1) {
    const answers = await Promise.all([
      batch(copies[0], user, toggles),
      batch(copies[1], user, toggles.toReversed()),
      batch(copies[0], user, toggles.slice(0, 5).toReversed()),
      batch(copies[1], user, toggles.slice(0, 5)),
      // The same for tasks that move: those without a number of their own are in the way of all others.
      batch(
        copies[round % 2]!,
        user,
        ids.flatMap((id) => [
          { op: 'delete', id },
          { op: 'restore', id },
        ]),
      ),
      batch(
        copies[(round + 1) % 2]!,
        user,
        ids.toReversed().flatMap((id) => [
          { op: 'delete', id },
          { op: 'restore', id },
        ]),
      ),
    ])
    t.same(
      answers.map(({ status }) => status),
      Array(6).fill(200),
    )
    for (const { body } of answers.slice(0, 4)) {
      const statesOf = (group: number[]) =>
        new Set(
          body.results
            .filter(({ task }: any) => group.includes(task.id))
            .map(({ task }: any) => task.completed),
        )
      t.ok(statesOf(few).size <= 1 && statesOf(rest).size <= 1, 'no batch sees a part of another one')
    }
  }
  const { body } = await copies[0].call('GET', '/api/tasks', { user })
  t.same(
    body.map(({ completed }: any) => completed),
    Array(20).fill(false),
    'an even number of flips',
  )
})

t.test('a batch and single calls on the same tasks lose no flip', async (t) => {
  const copies = await startCopies(t)
  const user = await createUser()
  const [one, two] = (await createTasks(copies[0], user, 2)) as [number, number]
  for (let round = 0; round < 10; round += 1) {
    const batches = [0, 1, 2].map((index) =>
      batch(copies[index % 2]!, user, [
        { op: 'complete', id: index % 2 === 0 ? one : two },
        { op: 'complete', id: index % 2 === 0 ? two : one },
      ]),
    )
    const singles = [0, 1, 2, 3, 4, 5].map((index) =>
      copies[index % 2]!.call('PATCH', `/api/tasks/${index < 3 ? one : two}/complete`, { user }),
    )
    const answers = await Promise.all([...batches, ...singles])
    t.ok(answers.every(({ status }) => status === 200))
    for (const id of [one, two]) {
      const changes = answers.flatMap(({ body }) => body.results?.map(({ task }: any) => task) ?? [body])
      const times = changes.filter((task) => task.id === id).map(({ updated_at }) => updated_at)
      t.equal(new Set(times).size, 6, 'each of the six flips is a separate change')
      t.equal((await copies[0].call('GET', `/api/tasks/${id}`, { user })).body.completed, false)
    }
  }
})

t.test(
  'of batches that delete the same tasks at once, one succeeds and the others change nothing',
  async (t) => {
    const copies = await startCopies(t)
    const user = await createUser()
    for (let round = 0; round < 5; round += 1) {
      const ids = await createTasks(copies[0], user, 6)
      const operations = ids.map((id) => ({ op: 'delete', id }))
      const answers = await Promise.all(
        [0, 1, 2, 3].map((index) =>
          batch(copies[index % 2]!, user, [
            { op: 'create', title: `copy ${round}.${index}` },
            ...(index < 2 ? operations : operations.toReversed()),
          ]),
        ),
      )
      t.same(answers.map(({ status }) => status).toSorted(), [200, 404, 404, 404])
      const { body } = await copies[0].call('GET', `/api/tasks?search=${round}.`, { user })
      t.equal(body.length, 1, 'the task of the one that succeeded')
    }
    t.equal((await idsOf(copies[0], user)).trash.length, 30)
  },
)

t.test('deleting and restoring in batches and single calls never loses or doubles a task', async (t) => {
  const copies = await startCopies(t)
  const user = await createUser()
  const ids = (await createTasks(copies[0], user, 8)).toSorted()
  for (let round = 0; round < 10; round += 1) {
    const answers = await Promise.all([
      batch(
        copies[0],
        user,
        ids.map((id) => ({ op: 'delete', id })),
      ),
      batch(
        copies[1],
        user,
        ids.toReversed().map((id) => ({ op: 'restore', id })),
      ),
      copies[0].call('DELETE', `/api/tasks/${ids[round % 8]!}`, { user }),
      copies[1].call('POST', `/api/tasks/${ids[(round + 3) % 8]!}/restore`, { user }),
    ])
    t.ok(answers.every(({ status }) => [200, 204, 404].includes(status)))
    const { tasks, trash } = await idsOf(copies[0], user)
    t.same([...tasks, ...trash].toSorted(), ids, 'each task is in one of the two places')
  }
})

t.test(
  'a batch during the deletion of its user or of completed tasks causes no fault and is never half done',
  async (t) => {
    const copies = await startCopies(t)
    for (let round = 0; round < 10; round += 1) {
      const user = await createUser()
      const ids = await createTasks(copies[0], user, 10)
      const answers = await Promise.all([
        batch(copies[0], user, [
          ...ids.map((id) => ({ op: 'complete', id })),
          { op: 'create', title: 'last' },
        ]),
        copies[1].call('DELETE', round % 2 === 0 ? '/api/me' : '/api/tasks?status=completed', { user }),
        batch(
          copies[1],
          user,
          ids.toReversed().map((id) => ({ op: 'update', id, title: 'other' })),
        ),
      ])
      t.ok(
        answers.every(({ status }) => [200, 204, 404].includes(status)),
        answers.map(({ status }) => status).join(),
      )
      const { tasks, trash } = await idsOf(copies[0], user)
      t.ok(
        [0, 1, 10, 11].includes(tasks.length + trash.length),
        `${tasks.length} and ${trash.length} in the trash`,
      )
    }
  },
)

t.test(
  'a batch whose backend is killed takes effect completely or not at all, and never twice',
  async (t) => {
    const name = `batch ${randomUUID()}`
    const DATABASE_URL = new URL(process.env.TEST_SERVICE_DATABASE_URL!)
    DATABASE_URL.searchParams.set('application_name', name)
    const copies = await startCopies(t, { DATABASE_URL: DATABASE_URL.href })
    const counts = { done: 0, unknown: 0 }
    for (let round = 0; round < 12; round += 1) {
      const app = copies[round % 2]!
      const user = await createUser()
      const { id } = await createTask(app, user)
      let isOver = false
      const killing = (async () => {
        for (let tries = 0; tries < 200 && !isOver; tries += 1) {
          const killed = await query(
            databaseUrl(),
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1
           AND state <> 'idle' AND query LIKE '%changed(task)%'`,
            [name],
          )
          if (killed.length > 0) break
        }
      })()
      const { status } = await batch(app, user, [
        ...Array(49).fill({ op: 'create', title: 'x' }),
        ...Array(49).fill({ op: 'update', id, title: 'y' }),
        { op: 'complete', id },
      ])
      isOver = true
      await killing
      t.ok(status === 200 || status === 503, String(status))
      counts[status === 200 ? 'done' : 'unknown'] += 1
      const { body } = await app.call('GET', '/api/tasks', { user })
      if (status === 200) t.equal(body.length, 50)
      else t.ok([1, 50].includes(body.length), `${body.length} tasks`)
      t.equal(body.filter(({ completed }: any) => completed).length, body.length === 50 ? 1 : 0)
    }
    t.comment(counts)
    t.ok(counts.unknown > 0, 'some were killed')
  },
)
