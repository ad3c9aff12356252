/**
 * `npm run db:seed` adds a few demo users and their tasks.
 * `npm run db:seed -- --users 10000 --tasks 100` adds bulk data, to see how the service works with a lot of it.
 * Users who already have tasks are not changed: a second run adds nothing, and continues an interrupted one.
 */
import { constants } from 'node:os'
import { join } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import pg from 'pg'
import { findUrlMistake, normaliseDatabaseUrl } from '../src/config/database-url.ts'
import { loadEnvFile } from '../src/config/env-file.ts'
import { applyMigrations, withLocalDatabase } from '../src/local/start.ts'
import { bulkUser } from './seed-bulk.ts'
import { demoUsers } from './seed-demo.ts'
import { createProgress, writeUsers } from './seed-write.ts'

const USAGE = `Usage: npm run db:seed [-- --users N [--tasks M]] [--yes]
  --users N   number of users to create (1 to 1000000) instead of the four demo users
  --tasks M   number of tasks of each user (0 to 100000, at most 100000000 in all; default 100)
  --yes       needed with NODE_ENV=production`
const MAX_TASKS = 100_000_000
const BATCH_SIZE = 10_000

const projectFolder = join(import.meta.dirname, '..')
try {
  loadEnvFile('.env', process.env)
  await run(readArguments())
} catch (error) {
  const { message, code } = error as Error & { code?: string }
  console.error(message || code)
  process.exitCode = 1
}

function readArguments() {
  const text = { type: 'string' } as const
  const options = { users: text, tasks: text, yes: { type: 'boolean' }, help: { type: 'boolean' } } as const
  const { users, tasks = '100', yes = false, help = false } = parseOrExplain(options)
  if (users === undefined) return { bulk: undefined, yes, help }
  const bulk = { users: count('users', users, 1, 1_000_000), tasks: count('tasks', tasks, 0, 100_000) }
  if (bulk.users * bulk.tasks > MAX_TASKS)
    throw new Error(`--users times --tasks must be at most ${MAX_TASKS}.`)
  return { bulk, yes, help }
}

function parseOrExplain<const Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    const { values } = parseArgs({ options })
    if ('tasks' in values && !('users' in values)) throw new Error('--tasks needs --users.')
    return values
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error })
  }
}

function count(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (value >= minimum && value <= maximum) return value
  throw new Error(`--${name} must be a whole number from ${minimum} to ${maximum}.`)
}

async function run({ bulk, yes, help }: ReturnType<typeof readArguments>) {
  if (help) return console.log(USAGE)
  const client = await connect(yes)
  try {
    await (bulk ? seedBulk(client, bulk.users, bulk.tasks) : seedDemo(client))
  } finally {
    await client.end()
  }
}

async function seedDemo(client: pg.Client) {
  for (const user of demoUsers(new Date())) {
    const added = await writeUsers(client, [user])
    console.log(added > 0 ? `${user.id}: ${added} tasks added` : `${user.id} has tasks already: left alone`)
  }
  console.log('A token for one of them: npm run token -- --user alice')
}

async function seedBulk(client: pg.Client, users: number, tasks: number) {
  const advance = createProgress(users, process.stdout)
  const now = new Date()
  const batch = Math.min(users, Math.max(1, Math.floor(BATCH_SIZE / Math.max(tasks, 1))))
  let added = 0
  for (let first = 1; first <= users; first += batch) {
    const length = Math.min(batch, users - first + 1)
    added += await writeUsers(
      client,
      Array.from({ length }, (_, offset) => bulkUser(first + offset, tasks, now)),
    )
    advance(first + length - 1)
  }
  // Fresh statistics: without them the first queries would be planned as if the tables were empty.
  await client.query('ANALYZE users, tasks')
  console.log(
    `${added} tasks added, ${users * tasks - added} were left out because their users have tasks already`,
  )
}

async function connect(yes: boolean): Promise<pg.Client> {
  const production = process.env.NODE_ENV === 'production'
  if (production && !yes) throw new Error('NODE_ENV is production: add --yes to create demo data there.')
  const given = process.env.DIRECT_URL || process.env.DATABASE_URL
  if (production && !given)
    throw new Error('DATABASE_URL must be set: in production no PostgreSQL is started.')
  const mistake = given && findUrlMistake(process.env.DIRECT_URL ? 'DIRECT_URL' : 'DATABASE_URL', given)
  if (mistake) throw new Error(mistake)
  // A signal by itself would skip 'exit', which stops the embedded PostgreSQL.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  const { variables } = await withLocalDatabase({ ...process.env, DATABASE_URL: given }, projectFolder)
  const client = new pg.Client(normaliseDatabaseUrl(variables.DATABASE_URL!))
  await client.connect()
  if (await hasTables(client)) return client
  if (!given) {
    await applyMigrations(projectFolder, variables)
    return client
  }
  await client.end()
  throw new Error('This database has no tables yet. Create them with: npm run migrate')
}

async function hasTables(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(`SELECT to_regclass('tasks') IS NOT NULL AS found`)
  return rows[0]!.found
}
