import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { startEmbeddedPostgres } from '../src/local/embedded-postgres.ts'
import { query } from './helpers/database.ts'

const ROOT = join(import.meta.dirname, '..')
const isRoot = process.getuid?.() === 0

function projectFolder(t: Test, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'task-api-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** For tests that can do with data from before: making it takes seconds. */
const folder = projectFolder(t)

t.test('a restart keeps the data and the port', async (t) => {
  const first = startEmbeddedPostgres(folder)
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  first.stop()
  await t.rejects(query(first.url, 'SELECT 1'), 'stopped means stopped')

  const second = startEmbeddedPostgres(folder)
  t.teardown(() => second.stop())
  t.equal(second.url, first.url)
  t.same(await query(second.url, 'SELECT answer FROM kept'), [{ answer: 42 }])
})

t.test('each folder has its own server, with its own password and port', async (t) => {
  const [one, two] = [startEmbeddedPostgres(folder), startEmbeddedPostgres(projectFolder(t))]
  t.teardown(() => [one, two].forEach((server) => server.stop()))
  await query(one.url, 'CREATE TABLE only_here ()')
  await t.rejects(query(two.url, 'SELECT FROM only_here'), /does not exist/)
  const [first, second] = [new URL(one.url), new URL(two.url)]
  t.not(first.port, second.port)
  t.not(first.password, second.password)
  const stranger = Object.assign(new URL(one.url), { password: 'guessed' })
  await t.rejects(query(stranger.href, 'SELECT 1'), /password authentication failed/)
})

t.test('a server whose port is taken starts on another port', async (t) => {
  const other = projectFolder(t)
  const first = startEmbeddedPostgres(folder)
  first.stop()
  cpSync(join(first.folder, 'port'), join(startedThenStopped(other).folder, 'port'))
  const [kept, moved] = [startEmbeddedPostgres(folder), startEmbeddedPostgres(other)]
  t.teardown(() => [kept, moved].forEach((server) => server.stop()))
  t.equal(new URL(kept.url).port, new URL(first.url).port)
  t.not(new URL(moved.url).port, new URL(kept.url).port)
  t.same(await query(moved.url, 'SELECT 1 AS one'), [{ one: 1 }])
})

function startedThenStopped(folder: string) {
  const server = startEmbeddedPostgres(folder)
  server.stop()
  return server
}

/** Starts the server in another process, which prints its URL, waits and ends without stopping it. */
const startElsewhere = (folder: string) =>
  execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `
      const { startEmbeddedPostgres } = await import(${JSON.stringify(join(ROOT, 'src/local/embedded-postgres.ts'))})
      process.stdout.write(startEmbeddedPostgres(${JSON.stringify(folder)}).url)`,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  )

t.test(
  'a server that a killed process left running is used again, and stops with its last user',
  async (t) => {
    const url = startElsewhere(folder)
    t.same(await query(url, 'SELECT 1 AS one'), [{ one: 1 }], 'the server outlives its process')
    const joined = startEmbeddedPostgres(folder)
    t.equal(joined.url, url)
    const again = startEmbeddedPostgres(folder)
    again.stop()
    await t.rejects(query(url, 'SELECT 1'), 'no other process used the server')
  },
)

t.test('the server runs with the given settings', async (t) => {
  const server = startEmbeddedPostgres(folder, { fsync: 'off', max_connections: '17' })
  t.teardown(() => server.stop())
  t.same(
    await query(
      server.url,
      "SELECT current_setting('fsync') AS fsync, current_setting('max_connections') AS max",
    ),
    [{ fsync: 'off', max: '17' }],
  )
})

t.test('the error of a server that cannot start names the file with the reason', async (t) => {
  startedThenStopped(folder)
  t.throws(() => startEmbeddedPostgres(folder, { shared_buffers: 'nonsense' }), {
    message: /postgres\.log says why/,
  })
})

t.test('an unusable data folder is refused with one sentence that says what to do', async (t) => {
  const data = join(startedThenStopped(folder).folder, 'data')
  const refused = (pattern: RegExp) => {
    t.throws(() => startEmbeddedPostgres(folder), { message: pattern, mistakes: [pattern] })
  }
  writeFileSync(join(data, 'PG_VERSION'), '17\n')
  refused(/was written by PostgreSQL 17, and this is PostgreSQL 18: .* pg_dump, or delete .* rm -rf/)
  rmSync(join(data, 'PG_VERSION'))
  refused(/data is incomplete: restore it from a copy, or delete/)
  writeFileSync(join(data, 'PG_VERSION'), '18\n')
  chmodSync(data, 0o755)
  refused(/must not be accessible to others: chmod 700/)
  chmodSync(data, 0o700)
  if (isRoot) {
    chownSync(data, 0, 0)
    refused(/must belong to the user 65534, who runs PostgreSQL: chown -R 65534/)
    chownSync(data, 65534, 65534)
  }
  t.teardown(startEmbeddedPostgres(folder).stop)
})

t.test('a start removes the remains of an interrupted first start', async (t) => {
  const folder = projectFolder(t)
  const state = join(folder, '.local/postgres')
  mkdirSync(join(state, 'data.99999999'), { recursive: true })
  writeFileSync(join(state, 'password.99999999'), 'x')
  const server = startEmbeddedPostgres(folder)
  t.teardown(server.stop)
  t.same(await query(server.url, 'SELECT 1 AS one'), [{ one: 1 }])
  t.notOk(existsSync(join(state, 'data.99999999')))
  t.notOk(existsSync(join(state, 'password.99999999')))
})

t.test(
  'root can run the server, even in a folder that other users cannot enter',
  { skip: !isRoot && 'this test needs root' },
  async (t) => {
    const hidden = projectFolder(t)
    chmodSync(hidden, 0o700)
    const folder = join(hidden, 'project')
    mkdirSync(folder)
    const server = startEmbeddedPostgres(folder)
    t.teardown(() => rmSync(server.folder, { recursive: true, force: true }))
    t.teardown(() => server.stop())
    t.notOk(server.folder.startsWith(hidden))
    t.same(await query(server.url, 'SELECT 1 AS one'), [{ one: 1 }])
  },
)

const isEnterable = (path: string): boolean =>
  (statSync(path).mode & 0o001) !== 0 && (path === dirname(path) || isEnterable(dirname(path)))
const cannotShow = !isRoot
  ? 'only root can run this as another user'
  : !isEnterable(ROOT) && 'no other user can enter this checkout'

t.test('an ordinary user can run the server in the project folder', { skip: cannotShow }, async (t) => {
  const NOBODY = 65534
  const folder = projectFolder(t)
  for (const name of ['src', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  chownSync(folder, NOBODY, NOBODY)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const run = [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    `
    const { startEmbeddedPostgres } = await import('./src/local/embedded-postgres.ts')
    const server = startEmbeddedPostgres(process.cwd())
    process.stdout.write(server.folder)
    server.stop()`,
  ]
  const options = {
    cwd: folder,
    uid: NOBODY,
    gid: NOBODY,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  } as const
  t.equal(execFileSync(process.execPath, run, options), join(folder, '.local', 'postgres'))
})
