import { createHash, randomInt } from 'node:crypto'
import * as fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ConfigError } from '../config/config-error.ts'
import {
  giveToServer,
  initialiseCluster,
  installBinaries,
  isAlive,
  isRoot,
  type Run,
  runAsServer,
} from './embedded-setup.ts'

/** A PostgreSQL server of one project folder, which only this machine can reach. */
export interface EmbeddedPostgres {
  /** Connection URL of the database `tasks`. */
  readonly url: string
  /** Where binaries, data and log live. */
  readonly folder: string
  /** Stops the server, unless another process of this folder still uses it. */
  stop(): void
}

/**
 * Starts the embedded PostgreSQL of a project folder, or joins the one that already runs there.
 * It is synchronous, because nothing else can happen before.
 *
 * @param projectFolder the data is kept in its `.local/postgres`. PostgreSQL does not run as root, so if root starts it
 *   and other users cannot enter the folder, the data is kept in `/var/lib/task-api`
 * @param settings server settings, such as `{ fsync: 'off' }`
 * @throws ConfigError if the server cannot be started, or Error with the output of PostgreSQL's program that failed
 */
export function startEmbeddedPostgres(
  projectFolder: string,
  settings: Readonly<Record<string, string>> = {},
): EmbeddedPostgres {
  const folder = stateFolder(projectFolder)
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 })
  giveToServer(folder)

  const run: Run = (program, args, input) => runAsServer(folder, program, args, input)
  const binaries = installBinaries(folder)
  const password = initialiseCluster(folder, binaries, run)
  const lease = takeLease(folder)
  const port = startServer(folder, binaries, run, settings)
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/tasks`,
    folder,
    stop() {
      fs.rmSync(lease, { force: true })
      if (!othersHoldLeases(folder)) run(join(binaries, 'pg_ctl'), ['stop', '-D', 'data', '-m', 'fast'])
    },
  }
}

function stateFolder(projectFolder: string): string {
  if (!isRoot || isEnterableByAll(projectFolder)) return join(projectFolder, '.local', 'postgres')
  const hash = createHash('sha256').update(projectFolder).digest('hex').slice(0, 8)
  return join('/var/lib/task-api', `${basename(projectFolder)}-${hash}`)
}

function isEnterableByAll(folder: string): boolean {
  const mayEnter = (fs.statSync(folder).mode & 0o001) !== 0
  return mayEnter && (folder === dirname(folder) || isEnterableByAll(dirname(folder)))
}

/** Starts the server on a free port, or finds it running. Returns the port. */
function startServer(folder: string, binaries: string, run: Run, settings: Readonly<Record<string, string>>) {
  const portFile = join(folder, 'port')
  // The last port again: open database tools go on working.
  let port = fs.existsSync(portFile) ? Number(fs.readFileSync(portFile, 'utf8')) : randomPort()
  for (let attempt = 1; ; attempt += 1) {
    const running = runningPort(folder, binaries, run)
    if (running !== undefined) return running
    const local = { listen_addresses: '127.0.0.1', unix_socket_directories: '' }
    const options = Object.entries({ ...settings, ...local, port }).map(
      ([name, value]) => `-c ${name}=${value}`,
    )
    const command = ['start', '-w', '-D', 'data', '-l', 'postgres.log', '-o', options.join(' ')]
    try {
      run(join(binaries, 'pg_ctl'), command)
      fs.writeFileSync(portFile, String(port))
      return port
    } catch (error) {
      if (attempt === 5)
        throw new ConfigError([`PostgreSQL does not start: ${folder}/postgres.log says why.`], error)
      port = randomPort()
    }
  }
}

/** Below the range of ports that systems use for outgoing connections. */
const randomPort = () => randomInt(20_000, 32_000)

/** Waits until the server of this folder accepts connections. Returns its port, or undefined if none runs. */
function runningPort(folder: string, binaries: string, run: Run): number | undefined {
  for (let wait = 0; wait < 100; wait += 1) {
    try {
      run(join(binaries, 'pg_ctl'), ['status', '-D', 'data'])
    } catch {
      return undefined
    }
    // postmaster.pid: the port is line 4, the state line 8.
    const lines = fs.readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')
    if (lines[7]?.startsWith('ready')) return Number(lines[3])
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
  throw new ConfigError([`PostgreSQL does not become ready: ${folder}/postgres.log says why.`])
}

/** Makes a file named after this process, which marks the server as in use. */
function takeLease(folder: string): string {
  const leases = join(folder, 'leases')
  fs.mkdirSync(leases, { recursive: true })
  const lease = join(leases, String(process.pid))
  fs.writeFileSync(lease, '')
  return lease
}

function othersHoldLeases(folder: string): boolean {
  return fs.readdirSync(join(folder, 'leases')).some((pid) => isAlive(Number(pid)))
}
