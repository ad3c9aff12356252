import { createConfig } from '../src/config/config.ts'
import { createDatabase } from '../src/database/client.ts'
import { positionBehind, type Sort } from '../src/tasks/cursor.ts'
import { createTaskRepository, type TaskRepository } from '../src/tasks/repository.ts'
import type { Task } from '../src/tasks/schemas.ts'
import { SECRET } from './people.ts'

type Selection = Parameters<TaskRepository['list']>[1]

/** A statement as the service sends it. */
export interface Statement {
  text: string
  values: unknown[]
}

/** The service's own repository, and the last statement that it sent. */
export function createRecorder(url: string) {
  const { database } = createConfig({ DATABASE_URL: url, BETTER_AUTH_SECRET: SECRET })
  const sent: Statement[] = []
  const { prisma, close } = createDatabase(database, ({ query, values = [] }) =>
    sent.push({ text: query, values }),
  )
  const tasks = createTaskRepository(prisma)
  const record = async (call: (repository: typeof tasks) => Promise<unknown>) => {
    await call(tasks)
    return sent.at(-1)!
  }
  return { tasks, record, close }
}

export type Recorder = ReturnType<typeof createRecorder>

const SORTS: Sort[] = ['created', 'updated', 'title', 'due_date']
const STATUSES = { all: undefined, pending: false, completed: true }
const PAGE = 21

/** Every page statement by a name: each sort, order and status, the first page, the middle one and the deepest. */
export async function pageStatements(recorder: Recorder, owner: string): Promise<Map<string, Statement>> {
  const statements = new Map<string, Statement>()
  for (const sort of SORTS) {
    for (const order of ['asc', 'desc'] as const) {
      for (const [status, completed] of Object.entries(STATUSES)) {
        const selection: Selection = { sort, order, completed }
        for (const [place, after] of Object.entries(await positions(recorder, owner, selection))) {
          const page = (tasks: TaskRepository) => tasks.list(owner, { ...selection, after }, PAGE)
          statements.set(`${sort} ${order} ${status} ${place}`, await recorder.record(page))
        }
      }
    }
  }
  return statements
}

/** Behind which tasks the first page begins, the one in the middle, and the last. */
async function positions({ tasks }: Recorder, owner: string, selection: Selection) {
  const count = await tasks.count(owner, selection)
  const at = async (offset: number) => {
    const [json] = await tasks.list(owner, selection, 1, Math.max(0, offset))
    return positionBehind(JSON.parse(json!) as Task, selection.sort)
  }
  return { first: undefined, middle: await at(Math.floor(count / 2)), deepest: await at(count - PAGE - 1) }
}

/** The statements that look at all of a user's tasks. */
export async function wholeStatements({ record }: Recorder, owner: string): Promise<Map<string, Statement>> {
  const now = new Date().toISOString()
  const bound = { at: now, day: `${now.slice(0, 10)}T00:00:00.000Z` }
  const longAgo = { at: '1999-01-01T00:00:00.000Z', day: '1999-01-01T00:00:00.000Z' }
  const none: Selection = { sort: 'title', order: 'asc', dueBefore: longAgo }
  return new Map([
    ['page by title that no task is on', await record((tasks) => tasks.list(owner, none, PAGE))],
    ['summary', await record((tasks) => tasks.summarize(owner, bound))],
    ['count=true', await record((tasks) => tasks.count(owner, { sort: 'created', order: 'desc' }))],
    [
      'count=true pending',
      await record((tasks) => tasks.count(owner, { sort: 'created', order: 'desc', completed: false })),
    ],
  ])
}
