import { type BenchDatabase, insertTasks, openDatabase } from './database.ts'
import { type Cost, explain } from './explain.ts'
import type { Options } from './options.ts'
import { idOf } from './people.ts'
import { machine, table } from './report.ts'
import { createRecorder, pageStatements, type Statement, wholeStatements } from './statements.ts'
import { readCompleteList, type ListFigures } from './complete-list.ts'

const HUGE = 100_000
const EACH = 100

/** The same statements on 10 000 tasks and on 1 100 000; and the complete list of a user of 100 000. */
export async function measureGrowth({ quick }: Options) {
  const small = await openDatabase()
  const big = await openDatabase()
  try {
    const users = quick ? 1000 : 10_000
    console.log(`seeding ${EACH * 100} tasks, and ${EACH * users + HUGE} …`)
    await seed(small, 100, 0)
    await seed(big, users, HUGE)
    const costs = {
      small: await costsOf(small, 'person-50'),
      usual: await costsOf(big, 'person-50'),
      huge: await costsOf(big, 'person-0'),
    }
    console.log(`\n${tableOfCosts(costs)}\n`)
    const list = await readCompleteList(big, 'person-0', 'person-51')
    console.log(describeList(list))
    const rows = [...costs.small.keys()].map((name) => ({
      name,
      small: costs.small.get(name),
      usual: costs.usual.get(name),
      huge: costs.huge.get(name),
    }))
    return { machine: machine(), tasks: EACH * users + HUGE, statements: rows, completeList: list }
  } finally {
    await small.close()
    await big.close()
  }
}

/** People with 100 tasks each, and one, the first, with many more. */
async function seed({ client }: BenchDatabase, users: number, huge: number) {
  const people = `SELECT md5('person-' || n), n FROM generate_series(0, ${users}) AS n`
  await client.query(`INSERT INTO users (id) SELECT id FROM (${people}) AS u (id, number)`)
  await client.query(insertTasks(people, `CASE WHEN number = 0 THEN ${Math.max(huge, 1)} ELSE ${EACH} END`))
  await client.query('VACUUM ANALYZE')
}

async function costsOf({ client, url }: BenchDatabase, name: string): Promise<Map<string, Cost>> {
  const recorder = createRecorder(url)
  const owner = idOf(name)
  const statements = new Map<string, Statement>([
    ...(await pageStatements(recorder, owner)),
    ...(await wholeStatements(recorder, owner)),
  ])
  await recorder.close()
  const costs = new Map<string, Cost>()
  for (const [label, statement] of statements) costs.set(label, await explain(client, statement))
  return costs
}

function tableOfCosts({ small, usual, huge }: Record<'small' | 'usual' | 'huge', Map<string, Cost>>): string {
  const cell = ({ milliseconds, buffers }: Cost) => `${milliseconds.toFixed(2)} ms, ${buffers}`
  const rows = [...small].map(([name, cost]) => {
    const [one, many] = [usual.get(name)!, huge.get(name)!]
    const ratio = (other: Cost) =>
      `${(other.milliseconds / cost.milliseconds).toFixed(1)} / ${(other.buffers / cost.buffers).toFixed(1)}`
    return [name, cell(cost), cell(one), ratio(one), cell(many), ratio(many)]
  })
  return table([
    ['time, buffers', 'small database', 'big', 'ratio', 'big, user of 100 000', 'ratio'],
    ...rows,
  ])
}

function describeList({ bytes, firstByteMs, totalMs, extraMb, others }: ListFigures): string {
  return `Complete list of ${HUGE} tasks: ${(bytes / 1e6).toFixed(1)} MB, first byte after ${firstByteMs.toFixed(0)} ms, \
all after ${totalMs.toFixed(0)} ms, ${extraMb.toFixed(1)} MB of extra memory; meanwhile others' requests: \
p50 ${others.p50.toFixed(1)}, p99 ${others.p99.toFixed(1)}, max ${others.max.toFixed(1)} ms (${others.count} of them)`
}
