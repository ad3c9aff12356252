import pg from 'pg'
import { type BenchDatabase, insertTasks, openDatabase } from './database.ts'
import { type Cost, explain } from './explain.ts'
import type { Options } from './options.ts'
import { spread } from './pairs.ts'
import { idOf } from './people.ts'
import { machine, table } from './report.ts'
import {
  createRecorder,
  pageStatements,
  type Recorder,
  type Statement,
  wholeStatements,
} from './statements.ts'
import { readCompleteList, type ListFigures } from './complete-list.ts'

const HUGE = 100_000
const EACH = 100

/** Cost of one statement in the small database, and in the big one for a usual user and for the huge one. */
interface Row {
  name: string
  small: Cost
  usual: Cost
  huge: Cost
}
type List = (recorder: Recorder, owner: { id: string }) => Promise<Map<string, Statement>>

/** Measures the same statements with 10 000 and with 1 100 000 tasks, and the complete list of 100 000 tasks. */
export async function measureGrowth({ quick }: Options) {
  const small = await openDatabase()
  const big = await openDatabase()
  try {
    const users = quick ? 1000 : 10_000
    console.log(`seeding two databases, with ${EACH * 100} and ${EACH * users + HUGE} tasks …`)
    await seed(small, 100, 0)
    await seed(big, users, HUGE)
    const measure = (list: List) =>
      measureCosts([small, 'person-50'], [big, 'person-50'], [big, 'person-0'], list)
    const pages = await measure(pageStatements)
    console.log(`\n${tableOfCosts(pages)}\n\n${tableOfWorst(pages)}\n`)
    const whole = await measure(wholeStatements)
    console.log(`${tableOfCosts(whole)}\n`)
    const list = await readCompleteList(big, 'person-0', 'person-51')
    console.log(`${describeList(list)}\n`)
    for (const { client } of [small, big]) await client.query(CHANGE)
    const changed = await measure(wholeStatements)
    console.log(`After a change of every twentieth task, without a vacuum:\n\n${tableOfCosts(changed)}`)
    return { machine: machine(), tasks: EACH * users + HUGE, pages, whole, changed, completeList: list }
  } finally {
    await small.close()
    await big.close()
  }
}

/** Changes rows all over the table. After that, index-only scans must read almost every page of the table. */
const CHANGE = `UPDATE tasks SET completed = NOT completed, updated_at = now() WHERE id % 20 = 0`

/** Creates users with 100 tasks each. The first one has many more. */
async function seed({ client }: BenchDatabase, users: number, huge: number) {
  const people = `SELECT md5('person-' || n), n FROM generate_series(0, ${users}) AS n`
  await client.query(`INSERT INTO users (id) SELECT id FROM (${people}) AS u (id, number)`)
  await client.query(insertTasks(people, `CASE WHEN number = 0 THEN ${Math.max(huge, 1)} ELSE ${EACH} END`))
  await client.query('VACUUM ANALYZE')
}

type Target = [BenchDatabase, name: string]

async function measureCosts(small: Target, usual: Target, huge: Target, list: List): Promise<Row[]> {
  const targets = [small, usual, huge]
  const lists = await Promise.all(targets.map((target) => statementsOf(target, list)))
  const clients = await Promise.all(targets.map(connectAs))
  const rows: Row[] = []
  try {
    for (const name of lists[0]!.keys()) {
      const costs = await explain(
        clients.map((client, index) => ({ client, statement: lists[index]!.get(name)! })),
      )
      rows.push({ name, small: costs[0]!, usual: costs[1]!, huge: costs[2]! })
    }
  } finally {
    // The database is dropped next: a client that is still connected would end the process.
    for (const client of clients) await client.end()
  }
  return rows
}

async function statementsOf([{ serviceUrl }, name]: Target, list: List) {
  const recorder = createRecorder(serviceUrl)
  return list(recorder, { id: idOf(name) }).finally(() => recorder.close())
}

/** Connects as the service, on behalf of one user, so that row-level security is part of every plan. */
async function connectAs([{ serviceUrl }, name]: Target) {
  const client = new pg.Client(serviceUrl)
  await client.connect()
  await client.query(`SELECT set_config('app.user_id', $1, false)`, [idOf(name)])
  return client
}

const buffersRatio = (cost: Cost, { small }: Row) => cost.buffers / small.buffers

function tableOfCosts(rows: Row[]): string {
  const cell = ({ milliseconds, buffers }: Cost) => `${milliseconds.toFixed(2)} ms, ${buffers}`
  const cells = (cost: Cost, row: Row) => [
    cell(cost),
    `${cost.ratio.toFixed(2)} / ${buffersRatio(cost, row).toFixed(2)}`,
  ]
  return table([
    ['time, buffers', 'small database', 'big', 'ratio', 'big, user of 100 000', 'ratio'],
    ...rows.map((row) => [row.name, cell(row.small), ...cells(row.usual, row), ...cells(row.huge, row)]),
  ])
}

/** For each sort and order: the median and the highest ratio, and the most expensive page of the huge user. */
function tableOfWorst(pages: Row[]): string {
  const groups = new Set(pages.map(({ name }) => name.split(' ', 2).join(' ')))
  const rows = [...groups].map((name) => {
    const members = pages.filter((row) => row.name.startsWith(name))
    const ratio = (of: (row: Row) => number) => {
      const { median, max } = spread(members.map(of))
      return `${median.toFixed(2)} (${max.toFixed(2)})`
    }
    const dearest = Math.max(...members.map(({ huge }) => huge.milliseconds))
    const most = Math.max(...members.map(({ huge }) => huge.buffers))
    const of = (size: 'usual' | 'huge') => [
      ratio((row) => row[size].ratio),
      ratio((row) => buffersRatio(row[size], row)),
    ]
    return [name, ...of('usual'), ...of('huge'), `${dearest.toFixed(2)} ms, ${most}`]
  })
  return table([
    ['pages', 'time', 'buffers', 'time, huge user', 'buffers, huge user', 'most expensive, huge user'],
    ...rows,
  ])
}

function describeList({ bytes, firstByteMs, totalMs, extraMb, others }: ListFigures): string {
  return `Complete list of ${HUGE} tasks: ${(bytes / 1e6).toFixed(1)} MB, first byte after ${firstByteMs.toFixed(0)} ms, \
complete after ${totalMs.toFixed(0)} ms, ${extraMb.toFixed(1)} MB of extra memory. ${others.count} requests of another user \
at the same time: p50 ${others.p50.toFixed(1)}, p99 ${others.p99.toFixed(1)}, max ${others.max.toFixed(1)} ms`
}
