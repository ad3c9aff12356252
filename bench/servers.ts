import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchDatabase, ROOT } from './database.ts'
import { SECRET } from './people.ts'

export interface Server {
  name: 'service' | 'handwritten' | 'textbook' | 'other' | 'peer'
  url: string
  port: number
  pid: number
  stop(): Promise<void>
}

type Variables = Record<string, string>
const POOL_MAX = '10'

const NODE_COMPILE_CACHE = join(ROOT, 'node_modules/.cache/node-compile-cache')

/**
 * The service as in production: the built bundle, with the environment variables of the image. It writes its log, which
 * nobody reads.
 */
export const startService = (databaseUrl: string, variables: Variables = {}, nodeFlags: string[] = []) =>
  startServer('service', [...nodeFlags, join(ROOT, 'dist/server.js')], databaseUrl, {
    NODE_COMPILE_CACHE,
    MALLOC_ARENA_MAX: '2',
    ...variables,
  })

export const startBaseline = (
  name: 'handwritten' | 'textbook',
  databaseUrl: string,
  variables: Variables = {},
  nodeFlags: string[] = [],
) =>
  startServer(name, [...nodeFlags, '--import', 'tsx', join(ROOT, `bench/${name}.ts`)], databaseUrl, variables)

/**
 * The service of another checkout, which must be built. It runs on the same tables: migrations only expand, so an
 * earlier version understands the schema of this one.
 */
export const startOther = (
  folder: string,
  databaseUrl: string,
  variables: Variables = {},
  nodeFlags: string[] = [],
) => startServer('other', [...nodeFlags, resolve(folder, 'dist/server.js')], databaseUrl, variables)

/** Starts the server that a profile is compared with: the hand-written baseline, or the service of the checkout in `against`. */
export const startRival = (
  { url, serviceUrl }: BenchDatabase,
  against: string | undefined,
  variables?: Variables,
  nodeFlags?: string[],
) =>
  against === undefined
    ? startBaseline('handwritten', url, variables, nodeFlags)
    : startOther(against, serviceUrl, variables, nodeFlags)

async function startServer(
  name: Server['name'],
  args: string[],
  databaseUrl: string,
  variables: Variables,
): Promise<Server> {
  const port = await freePort()
  const env = { ...environment(databaseUrl, port), ...variables }
  return startProgram(name, process.execPath, args, env, port)
}

/**
 * Starts a program that listens on a port, and waits until it answers. `detached` gives it a session of its own, as a
 * service has. Linux divides CPU time between sessions (sched_autogroup_enabled), and each PostgreSQL process has its own.
 * In one session with the load generator, some statements waited 90 ms for a core.
 */
export async function startProgram(
  name: Server['name'],
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  port: number,
): Promise<Server> {
  const child = spawn(program, args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const url = `http://127.0.0.1:${port}`
  await waitUntilAnswering(`${url}/health`, () => child.exitCode !== null)
  const stop = async () => {
    process.removeListener('exit', kill)
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await Promise.race([ended, sleep(5000).then(kill)])
  }
  return { name, url, port, pid: child.pid!, stop }
}

const environment = (databaseUrl: string, port: number) => ({
  ...process.env,
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: String(port),
  DATABASE_URL: databaseUrl,
  DATABASE_POOL_MAX: POOL_MAX,
  BETTER_AUTH_SECRET: SECRET,
  RATE_LIMIT_MAX: '0',
  SHUTDOWN_DELAY_MS: '0',
})

/** Waits for any answer, because the baselines have no /health. */
export async function waitUntilAnswering(url: string, hasEnded: () => boolean, everyMs = 10) {
  for (let waited = 0; waited < 30_000; waited += everyMs) {
    if (hasEnded()) break
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return
    await sleep(everyMs)
  }
  throw new Error(`${url} does not answer: see the output of its process above`)
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
