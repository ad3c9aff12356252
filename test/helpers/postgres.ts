import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { createServiceRole } from '../../src/database/service-role.ts'
import { startEmbeddedPostgres } from '../../src/local/embedded-postgres.ts'
import { isAlive } from '../../src/local/embedded-setup.ts'
import { removeProject } from './clone.ts'
import { query } from './database.ts'

const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations')

/** A migrated PostgreSQL server of this test alone, which may do to it what it likes. */
export async function startPostgres(t: Pick<Test, 'teardown'>, settings: Record<string, string> = {}) {
  const project = mkdtempSync(join(tmpdir(), `task-api-fault-${process.env.TEST_RUN}-`))
  chmodSync(project, 0o755) // so that root keeps the data there
  const start = () => startEmbeddedPostgres(project, settings)
  const { url, folder } = start()
  const postmaster = () => Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0])
  const signal = (name: NodeJS.Signals) => {
    for (const pid of [postmaster(), ...childrenOf(postmaster())]) process.kill(pid, name)
  }
  const end = async (name: NodeJS.Signals) => {
    const pid = postmaster()
    if (name === 'SIGKILL') signal(name)
    else process.kill(pid, name)
    for (let waited = 0; isAlive(pid) && waited < 30_000; waited += 10) await sleep(10)
  }
  t.teardown(async () => {
    await end('SIGQUIT').catch(() => {})
    removeProject(project)
  })
  for (const name of readdirSync(MIGRATIONS).toSorted())
    if (!name.endsWith('.toml'))
      await query(url, readFileSync(join(MIGRATIONS, name, 'migration.sql'), 'utf8'))
  return {
    /** As the owner of everything. */
    url,
    /** As the role of the service. */
    serviceUrl: await createServiceRole(url, 'service'),
    start,
    /** Ends it at once, connections and all (SIGQUIT), or without a chance to clean up (SIGKILL). */
    end,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  }
}

export type Postgres = Awaited<ReturnType<typeof startPostgres>>

const childrenOf = (pid: number) =>
  execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number)
