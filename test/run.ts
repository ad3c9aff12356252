/**
 * `npm test [-- tap arguments]`: one PostgreSQL, one migrated database, then the suite.
 * The database is created for this run on the server of DATABASE_URL, or on an embedded one.
 * A run of the whole suite also checks the coverage.
 */
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadEnvFile } from '../src/config/env-file.ts'
import { startEmbeddedPostgres } from '../src/local/embedded-postgres.ts'
import { withDatabase, withServiceRole } from './helpers/database.ts'

/**
 * tap leaves a core free, which on two cores would be half of them. One file more than there are cores takes longer in
 * all: the suite took 970 s instead of about 800 on two cores. Many files share one PostgreSQL.
 */
const JOBS = Math.min(4, availableParallelism())
const LEAST_COVERAGE = { lines: 97, functions: 97, branches: 94 }

/** Runs TypeScript. In a URL, spaces of the path are encoded, which NODE_OPTIONS needs. */
const LOADER = pathToFileURL(join(import.meta.dirname, 'helpers/loader.mjs')).href

const isWindows = process.platform === 'win32'

let running: ChildProcess | undefined
let stoppedBy: NodeJS.Signals | undefined
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stoppedBy = signal
    // tap would wait for the test files that run, so its whole process group is ended.
    if (running?.pid !== undefined) process.kill(isWindows ? running.pid : -running.pid, signal)
  })
}

loadEnvFile('.env', process.env)
const given = process.env.DIRECT_URL ?? process.env.DATABASE_URL
const embedded = given === undefined ? startTestServer() : undefined
process.once('exit', () => embedded?.stop())
const code = await withDatabase(given ?? embedded!.url, runSuite)
endLeftServers()
process.exit(stoppedBy ? 128 + constants.signals[stoppedBy] : code)

function startTestServer() {
  const folder = join(import.meta.dirname, '..', '.tap')
  mkdirSync(folder, { recursive: true })
  // Tests kill the service, never the machine, so fsync would only slow the suite down.
  return startEmbeddedPostgres(folder, { fsync: 'off', max_connections: '200' })
}

async function runSuite(url: string): Promise<number> {
  const isWholeSuite = process.argv.length === 2
  // What earlier versions of the files were compiled to.
  if (isWholeSuite) rmSync(join(import.meta.dirname, '../.tap/compiled'), { recursive: true, force: true })
  const env = { ...process.env, DATABASE_URL: url, DIRECT_URL: url, NODE_ENV: 'test' }
  const migrated = await run('prisma', ['migrate', 'deploy'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  if (migrated !== 0 || stoppedBy) return migrated
  const tests = await withServiceRole(url, (serviceUrl) =>
    run('tap', [`--jobs=${JOBS}`, ...process.argv.slice(2)], {
      env: {
        ...env,
        TEST_DATABASE_URL: url,
        TEST_SERVICE_DATABASE_URL: serviceUrl,
        TEST_RUN: String(process.pid),
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${LOADER}`,
      },
      stdio: 'inherit',
    }),
  )
  return tests || (isWholeSuite && !stoppedBy ? checkCoverage() : 0)
}

/** Runs a program of node_modules/.bin, which npm has put on the PATH. A signal to this process ends it. */
async function run(program: string, args: string[], options: SpawnOptions): Promise<number> {
  running = spawn(program, args, { shell: isWindows, detached: !isWindows, ...options })
  const [code] = (await once(running, 'exit')) as [number | null]
  running = undefined
  return code ?? 1
}

/** Ends the PostgreSQL servers of tests that were killed, and removes their data (see helpers/postgres.ts). */
function endLeftServers() {
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`task-api-fault-${process.pid}-`))
  for (const project of left.map((name) => join(tmpdir(), name))) {
    const pidFile = join(project, '.local/postgres/data/postmaster.pid')
    if (existsSync(pidFile)) process.kill(parseInt(readFileSync(pidFile, 'utf8')), 'SIGQUIT')
    rmSync(project, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** tap knows 100 % or nothing. Processes that tests kill on purpose leave some lines uncounted. */
function checkCoverage(): number {
  const root = join(import.meta.dirname, '..')
  const report = readFileSync(join(root, '.tap', 'report', 'coverage-summary.json'), 'utf8')
  const files = Object.entries(JSON.parse(report) as Record<string, FileCoverage>)
  const own = files.filter(([file]) => file.startsWith(join(root, 'src')) && !file.includes('generated'))
  let missed = 0
  for (const [what, least] of Object.entries(LEAST_COVERAGE) as [keyof FileCoverage, number][]) {
    const sum = (key: keyof Count) => own.reduce((total, [, counts]) => total + counts[what][key], 0)
    const share = (100 * sum('covered')) / sum('total')
    console.log(`Coverage of ${what} in src: ${share.toFixed(1)} %, at least ${least} %`)
    if (share < least) missed += 1
  }
  return missed === 0 ? 0 : 1
}

type Count = Record<'total' | 'covered', number>
type FileCoverage = Record<keyof typeof LEAST_COVERAGE, Count>
