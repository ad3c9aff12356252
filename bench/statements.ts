import { createConfig } from '../src/config/config.ts'
import { createDatabase } from '../src/database/client.ts'
import { createChangeFeed } from '../src/tasks/changes/repository.ts'
import { readChanges } from '../src/tasks/changes/statements.ts'
import { filtersOf, resolve } from '../src/tasks/filters.ts'
import type { Owner } from '../src/database/owner.ts'
import { createTaskRepository, type TaskRepository } from '../src/tasks/repository.ts'
import type { ListQuery } from '../src/tasks/query-schemas.ts'
import type { Task } from '../src/tasks/schemas.ts'
import { positionOf, SORTS } from '../src/tasks/sorts.ts'
import { SECRET } from './people.ts'

type Selection = Parameters<TaskRepository['list']>[1]

/** A statement as the service sends it. */
export interface Statement {
  text: string
  values: unknown[]
}

/** Records the statements that the repository of the service sends. */
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
  return { tasks, feed: createChangeFeed(prisma), record, close }
}

export type Recorder = ReturnType<typeof createRecorder>

const STATUSES = ['all', 'pending', 'completed'] as const
const PAGE = 21

/** Converts a query to a selection, as the service does. */
function select(sent: ListQuery): Selection {
  const query = resolve(sent)
  return { ...filtersOf(query), sort: query.sort, order: query.order }
}

/** The statements of pages by name: for each sort, order and status, the first, the middle and the last page. */
export async function pageStatements(recorder: Recorder, owner: Owner): Promise<Map<string, Statement>> {
  const statements = new Map<string, Statement>()
  for (const sort of SORTS) {
    for (const order of ['asc', 'desc'] as const) {
      for (const status of STATUSES) {
        const selection = select({ sort, order, status })
        for (const [place, after] of Object.entries(await positions(recorder, owner, selection))) {
          const page = (tasks: TaskRepository) => tasks.list(owner, { ...selection, after }, PAGE)
          statements.set(`${sort} ${order} ${status} ${place}`, await recorder.record(page))
        }
      }
    }
  }
  return statements
}

/** The tasks after which the first page, the middle one and the last one begin. */
async function positions({ tasks }: Recorder, owner: Owner, selection: Selection) {
  const count = await tasks.count(owner, selection)
  const at = async (offset: number) => {
    const [json] = await tasks.list(owner, selection, 1, Math.max(0, offset))
    return positionOf(JSON.parse(json!) as Task, selection.sort)
  }
  return { first: undefined, middle: await at(Math.floor(count / 2)), deepest: await at(count - PAGE - 1) }
}

const FROM_THE_BEGINNING = { identity: '', from: undefined, to: undefined, xid: 0n, id: 0n }

/** Pages of the change feed. All tasks were written by one transaction, in the order of their ids. */
async function feedStatements({ tasks, feed }: Recorder, owner: Owner): Promise<[string, Statement][]> {
  const { changes, now } = await feed.read(owner, FROM_THE_BEGINNING, 1)
  const selection = select({ sort: 'created_at', order: 'asc' })
  const count = await tasks.count(owner, selection)
  const after = async (offset: number) => {
    const [json] = await tasks.list(owner, selection, 1, offset)
    return { ...FROM_THE_BEGINNING, xid: changes[0]!.xid, id: BigInt((JSON.parse(json!) as Task).id) }
  }
  const walks = {
    'first page of the change feed': FROM_THE_BEGINNING,
    'middle page of the change feed': await after(Math.floor(count / 2)),
    'last page of the change feed': await after(count - PAGE - 1),
    'change feed, nothing new': { ...FROM_THE_BEGINNING, from: now, xid: now.xmin },
  }
  return Object.entries(walks).map(([name, walk]) => [name, readChanges(owner.id, walk, PAGE)])
}

/** Pages by filters, pages of the change feed, and the statements that read all tasks of a user. */
export async function wholeStatements(recorder: Recorder, owner: Owner): Promise<Map<string, Statement>> {
  const { record } = recorder
  const now = new Date().toISOString()
  const bound = { at: now, day: `${now.slice(0, 10)}T00:00:00.000Z` }
  const none = select({ sort: 'title', due_before: '1999-01-01' })
  return new Map([
    ['page by title that no task is on', await record((tasks) => tasks.list(owner, none, PAGE))],
    ['page of a common tag', await record((tasks) => tasks.list(owner, select({ tags: 'HOME' }), PAGE))],
    ['page of high priority', await record((tasks) => tasks.list(owner, select({ priority: 'high' }), PAGE))],
    [
      'page of a tag that no task has',
      await record((tasks) => tasks.list(owner, select({ tags: 'no' }), PAGE)),
    ],
    ...(await feedStatements(recorder, owner)),
    ['list of tags', await record((tasks) => tasks.listTags(owner))],
    ['summary', await record((tasks) => tasks.summarize(owner, bound))],
    ['count=true', await record((tasks) => tasks.count(owner, select({})))],
    ['count=true pending', await record((tasks) => tasks.count(owner, select({ status: 'pending' })))],
  ])
}
