import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Test } from 'tap'
import { giveToServer, isRoot } from '../../src/local/embedded-setup.ts'
import { collect } from './output.ts'
import { freePort } from './port.ts'

// Debian puts it where only root looks.
const env = { ...process.env, PATH: `${process.env.PATH}${delimiter}/usr/sbin` }
/** Like PostgreSQL it refuses to run as root. */
const NOBODY = isRoot ? { uid: 65534, gid: 65534 } : {}

/** Its version, such as 1.18; undefined where there is none on this machine. */
export const pgbouncerVersion = () =>
  /PgBouncer (\d+\.\d+)/.exec(
    spawnSync('pgbouncer', ['--version'], { env, encoding: 'utf8' }).stdout ?? '',
  )?.[1]

/** Where max_prepared_statements is set. */
export const knowsPreparedStatements = (version: string) => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 1 || minor >= 22
}

/**
 * PgBouncer in front of a server: each transaction gets whichever of `connections` is free, as Neon's pooler does it.
 * Returns the URL that leads through it.
 */
export async function startPgbouncer(t: Test, url: string, connections: number) {
  const { hostname, port: serverPort, username, password } = new URL(url)
  const folder = mkdtempSync(join(tmpdir(), 'task-api-pgbouncer-'))
  const users = join(folder, 'users.txt')
  const port = await freePort()
  writeFileSync(users, `"${username}" "${password}"\n`, { mode: 0o600 })
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 500
${knowsPreparedStatements(pgbouncerVersion()!) ? 'max_prepared_statements = 200' : ''}
`,
  )
  giveToServer(users)
  chmodSync(folder, 0o755)
  const pooler = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], { env, ...NOBODY })
  const output = collect(pooler)
  t.teardown(async () => {
    if (pooler.exitCode === null && pooler.kill('SIGKILL')) await once(pooler, 'exit')
    rmSync(folder, { recursive: true, force: true })
  })
  await output.contains('process up')
  return { url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href, output }
}
