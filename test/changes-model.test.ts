import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import pg from 'pg'
import t from 'tap'
import { createTaskRepository } from '../src/tasks/repository.ts'
import { createTrashRepository } from '../src/tasks/trash/repository.ts'
import { createTask, createUser, startApp, type TestApp, type TestUser } from './helpers/app.ts'
import { createReader } from './helpers/changes.ts'
import { databaseUrl, query, transaction } from './helpers/database.ts'

/*
 * CHANGES_HISTORIES=5000 npm test -- test/changes-model.test.ts: as many as you like.
 * CHANGES_SEED=… repeats a run.
 */
const HISTORIES = Number(process.env.CHANGES_HISTORIES ?? 300)
const SEED = Number(process.env.CHANGES_SEED ?? Date.now() % 2 ** 31)

/** Open transactions of a history: each commits, or is rolled back, whenever the history says so. */
const OPEN = 3

type Step =
  | { do: 'create' | 'update' | 'toggle' | 'delete' | 'restore' | 'forget' | 'clear'; which: number }
  | { do: 'late-create' | 'late-update' | 'late-delete' | 'late-restore'; which: number; by: number }
  | { do: 'batch'; operations: { op: Operation; which: number }[] }
  | { do: 'commit'; by: number }
  | { do: 'rollback'; by: number }
  | { do: 'read'; limit: number }

const OPERATIONS = ['create', 'update', 'complete', 'delete', 'restore'] as const
type Operation = (typeof OPERATIONS)[number]

const which = fc.nat(5)
const by = fc.nat(OPEN - 1)
const operations = fc.array(fc.record({ op: fc.constantFrom(...OPERATIONS), which }), {
  minLength: 1,
  maxLength: 4,
})
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constantFrom('create', 'update', 'toggle', 'delete', 'restore'), which }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('forget', 'clear'), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('batch'), operations }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('late-create', 'late-update', 'late-delete', 'late-restore'),
        which,
        by,
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('commit', 'commit', 'rollback'), by }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('read'), limit: fc.integer({ min: 1, max: 3 }) }) },
  ),
  { minLength: 5, maxLength: 40 },
)

const COLUMNS = 'id, user_id, title, description, completed, due_at, due_all_day, created_at, updated_at'
const MOVE = {
  'late-delete': `WITH gone AS (DELETE FROM tasks WHERE id = $1 RETURNING ${COLUMNS})
    INSERT INTO deleted_tasks (${COLUMNS}) SELECT ${COLUMNS} FROM gone`,
  'late-restore': `WITH back AS (DELETE FROM deleted_tasks WHERE id = $1 RETURNING ${COLUMNS})
    INSERT INTO tasks (${COLUMNS}) SELECT ${COLUMNS} FROM back`,
}

/** Runs a history of one user, with a reader that reads in between, and compares the reader's copy with the list. */
async function run(app: TestApp, lates: pg.Client[], history: Step[]) {
  const user = await createUser()
  const reader = createReader(app.app, user.token)
  const tasks = createTaskRepository(app.database.prisma)
  const trash = createTrashRepository(app.database.prisma, 30)
  await reader.page(1)
  const known: number[] = []
  /** Which open transaction has locked a task. Other steps must not change the task, because they would wait forever. */
  const locked = new Map<number, number>()
  const open = new Set<number>()
  const end = async (index: number, how: string) => {
    await lates[index]!.query(how)
    open.delete(index)
    for (const [id, owner] of locked) if (owner === index) locked.delete(id)
  }
  for (const step of history) {
    if (step.do === 'read') {
      await reader.page(step.limit)
      continue
    }
    if (step.do === 'commit' || step.do === 'rollback') {
      if (open.has(step.by)) await end(step.by, step.do)
      continue
    }
    if (step.do === 'create') {
      known.push((JSON.parse(await tasks.create(user, { title: 'x' })) as { id: number }).id)
      continue
    }
    if (step.do === 'batch') {
      await sendBatch(app, user, step.operations, known, locked)
      continue
    }
    if ('by' in step) {
      const late = lates[step.by]!
      const id = known[step.which % known.length]
      const isFree = id !== undefined && (locked.get(id) ?? step.by) === step.by
      if (step.do !== 'late-create' && !isFree) continue
      if (!open.has(step.by)) await late.query('BEGIN')
      open.add(step.by)
      if (step.do === 'late-create') {
        const { rows } = await late.query<{ id: string }>(
          "INSERT INTO tasks (user_id, title) VALUES ($1, 'late') RETURNING id",
          [user.id],
        )
        known.push(Number(rows[0]!.id))
        locked.set(Number(rows[0]!.id), step.by)
        continue
      }
      locked.set(id!, step.by)
      if (step.do === 'late-update')
        await late.query(`UPDATE tasks SET title = title || '.' WHERE id = $1`, [id])
      else await late.query(MOVE[step.do], [id])
      continue
    }
    if (step.do === 'clear') {
      if (locked.size === 0) await trash.deleteCompleted(user)
      continue
    }
    const id = known[step.which % known.length]
    if (id === undefined || locked.has(id)) continue
    const single = {
      update: () => tasks.update(user, BigInt(id), { title: `t${Math.random()}` }),
      toggle: () => tasks.toggle(user, BigInt(id)),
      delete: () => trash.delete(user, BigInt(id)),
      restore: () => trash.restore(user, BigInt(id)),
      forget: () => query(databaseUrl(), 'DELETE FROM deleted_tasks WHERE id = $1', [id]),
    }
    await single[step.do]()
  }
  for (const index of open) await end(index, index % 2 === 0 ? 'commit' : 'rollback')
  // The end of the walk that the reader is in, and the walk after it.
  await reader.walk(() => 2)
  await reader.walk(() => 3)
  await compare(app, user, reader)
}

/** One batch. It fails as a whole if one of its tasks is not there, which is a history of its own. */
async function sendBatch(
  app: TestApp,
  user: TestUser,
  operations: readonly { op: Operation; which: number }[],
  known: number[],
  locked: ReadonlyMap<number, number>,
) {
  const body = operations.flatMap<object>(({ op, which }) => {
    if (op === 'create') return [{ op, title: 'of a batch' }]
    const id = known[which % known.length]
    if (id === undefined || locked.has(id)) return []
    return [
      {
        op,
        id,
        ...(op === 'update' && { title: `b${which}` }),
        ...(op === 'complete' && { completed: true }),
      },
    ]
  })
  if (body.length === 0) return
  const { status, body: answer } = await app.call('POST', '/api/tasks/batch', {
    user,
    body: { operations: body },
  })
  if (status === 404) return
  if (status !== 200) throw new Error(`the batch got a ${status}`)
  const { results } = answer as { results: { status: number; task?: { id: number } }[] }
  for (const { status, task } of results) if (status === 201) known.push(task!.id)
}

async function compare(app: TestApp, user: TestUser, reader: ReturnType<typeof createReader>) {
  const answer = await app.app.inject({
    url: '/api/tasks',
    headers: { authorization: `Bearer ${user.token}` },
  })
  const list = (JSON.parse(answer.payload) as { id: number }[]).sort((one, other) => one.id - other.id)
  const [copy, truth] = [JSON.stringify(reader.tasks), JSON.stringify(list)]
  if (copy !== truth) throw new Error(`the copy differs:\n${copy}\n${truth}`)
}

t.test(
  `after random changes, a reader of the feed has the same tasks as the list (seed ${SEED})`,
  async (t) => {
    const app = await startApp(t, { RATE_LIMIT_MAX: '0' })
    // Somebody else's transaction, which is open all the time.
    const long = await transaction(t, databaseUrl())
    const { id } = await createTask(app, await createUser())
    await long.query('UPDATE tasks SET title = title WHERE id = $1', [id])
    const workers = Array.from({ length: 4 }, async (_, index) => {
      const lates = Array.from({ length: OPEN }, () => new pg.Client(databaseUrl()))
      await Promise.all(lates.map((late) => late.connect()))
      try {
        await fc.assert(
          fc.asyncProperty(steps, (history) => run(app, lates, history)),
          { seed: SEED + index, numRuns: Math.ceil(HISTORIES / 4) },
        )
      } finally {
        await Promise.all(lates.map((late) => late.end()))
      }
    })
    await Promise.all(workers)
    t.pass(`${HISTORIES} histories`)
  },
)

t.test(
  `with many concurrent writers, a reader that never stops walking has the same tasks as the list (seed ${SEED})`,
  async (t) => {
    const copies = [
      await startApp(t, { DATABASE_POOL_MAX: '10', RATE_LIMIT_MAX: '0' }),
      await startApp(t, { DATABASE_POOL_MAX: '10', RATE_LIMIT_MAX: '0' }),
    ]
    const user = await createUser()
    const reader = createReader(copies[0]!.app, user.token)
    let [isWriting, reads] = [true, 0]
    const ids: number[] = []
    const pick = () => ids[Math.floor(Math.random() * ids.length)] ?? 1
    const write = async (index: number) => {
      const { call } = copies[index % 2]!
      for (let count = 0; count < 60; count += 1) {
        const dice = Math.random()
        if (dice < 0.35) ids.push((await createTask(copies[index % 2]!, user, { title: 'x' })).id)
        else if (dice < 0.6)
          await call('PATCH', `/api/tasks/${pick()}`, { user, body: { title: String(dice) } })
        else if (dice < 0.7) await call('PATCH', `/api/tasks/${pick()}/complete`, { user })
        else if (dice < 0.85) await call('DELETE', `/api/tasks/${pick()}`, { user })
        else if (dice < 0.93) await call('POST', `/api/tasks/${pick()}/restore`, { user })
        else if (dice < 0.98)
          await sendBatch(
            copies[index % 2]!,
            user,
            OPERATIONS.map((op) => ({ op, which: index })),
            ids,
            new Map(),
          )
        else await call('DELETE', '/api/tasks?status=completed', { user })
      }
    }
    /** Each commits, or is rolled back, after the reader has read a page. */
    const late = async () => {
      for (let count = 0; count < 15; count += 1) {
        const other = await transaction(t, databaseUrl())
        await other.query("INSERT INTO tasks (user_id, title) VALUES ($1, 'late')", [user.id])
        for (let wait = reads; reads === wait && isWriting;) await sleep(5)
        await other.query(count % 5 === 0 ? 'ROLLBACK' : 'COMMIT')
      }
    }
    await createTask(copies[0]!, user)
    const reading = async () => {
      for (; isWriting; reads += 1) await reader.page(1 + Math.floor(Math.random() * 5))
    }
    const writing = Promise.all([...Array.from({ length: 8 }, (_, index) => write(index)), late()])
    await Promise.all([writing.finally(() => (isWriting = false)), reading()])
    await reader.walk()
    await reader.walk()
    await compare(copies[1]!, user, reader)
    t.ok(reader.tasks.length > 0)
  },
)
