/**
 * `npm test [-- tap arguments]`: one PostgreSQL, one migrated database, then the suite.
 * The database is created for this run on the server of DATABASE_URL, or on an embedded one.
 * A run of the whole suite also has to cover the code.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../src/local/embedded-postgres.ts'
import { withDatabase, withServiceRole } from './helpers/database.ts'

/** tap leaves a core free, which on two cores would be half of them; many files share one PostgreSQL. */
const JOBS = Math.min(4, availableParallelism())
const LEAST_COVERAGE = { lines: 97, functions: 97, branches: 94 }

if (existsSync('.env')) process.loadEnvFile()
const given = process.env.DIRECT_URL ?? process.env.DATABASE_URL
const embedded = given === undefined ? startTestServer() : undefined
try {
  process.exitCode = await withDatabase(given ?? embedded!.url, runSuite)
} finally {
  embedded?.stop()
}

function startTestServer() {
  const folder = join(import.meta.dirname, '..', '.tap')
  mkdirSync(folder, { recursive: true })
  // Tests kill the service, never the machine: without fsync the suite is faster and no less honest.
  return startEmbeddedPostgres(folder, { fsync: 'off', max_connections: '200' })
}

async function runSuite(url: string): Promise<number> {
  const env = { ...process.env, DATABASE_URL: url, DIRECT_URL: url, NODE_ENV: 'test' }
  execFileSync('npx', ['prisma', 'migrate', 'deploy'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const tap = await withServiceRole(url, (serviceUrl) =>
    spawnSync('npx', ['tap', `--jobs=${JOBS}`, ...process.argv.slice(2)], {
      env: { ...env, TEST_DATABASE_URL: url, TEST_SERVICE_DATABASE_URL: serviceUrl },
      stdio: 'inherit',
    }),
  )
  const isWholeSuite = process.argv.length === 2
  return tap.status || (isWholeSuite ? checkCoverage() : 0)
}

/** tap knows 100 % or nothing; whole processes that are killed on purpose leave a little uncounted. */
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
