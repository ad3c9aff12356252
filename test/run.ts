/**
 * `npm test [-- tap arguments]`: one PostgreSQL, one migrated database, then the suite.
 * The database is created for this run on the server of DATABASE_URL, or on an embedded one.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../src/embedded-postgres.ts'
import { withDatabase } from './helpers/database.ts'

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
  const tap = spawnSync('npx', ['tap', ...process.argv.slice(2)], {
    env: { ...env, TEST_DATABASE_URL: url },
    stdio: 'inherit',
  })
  return tap.status ?? 1
}
