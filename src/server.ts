import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger } from 'fastify'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildApp } from './app.ts'
import { type Config, ConfigError, createConfig } from './config/config.ts'
import { loadEnvFile } from './config/env-file.ts'
import { explainListenError } from './config/listen-error.ts'
import { BrokenDriverError, checkPipeline } from './database/checks.ts'
import { createDatabase, type Database } from './database/client.ts'
import { reasonOf } from './database/errors.ts'
import { findWarnings } from './database/warnings.ts'
import { idleMemory } from './operations/idle-memory.ts'
import { createLogDestination } from './operations/log.ts'

/** The process: environment, configuration, database, app, listen, and close with grace. */
const projectFolder = join(import.meta.dirname, '..')

type App = Awaited<ReturnType<typeof buildApp>>

/** Connections that may wait to be accepted. Node's default is 511; beyond it, clients try again after a second. */
const BACKLOG = 4096
/** Warnings load Prisma's query compiler, a tenth of the CPU time of a start: the first answers do not wait for it. */
const WARNINGS_AFTER_MS = 1000
const STOP_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

// A signal by itself would skip 'exit', which stops the embedded PostgreSQL.
const endAtOnce = (signal: (typeof STOP_SIGNALS)[number]) => process.exit(128 + constants.signals[signal])
for (const signal of STOP_SIGNALS) process.once(signal, endAtOnce)

try {
  await start()
} catch (error) {
  const lines = error instanceof ConfigError ? error.mistakes : [describe(error)]
  for (const line of lines) console.error(line)
  process.exit(1)
}

async function start() {
  loadEnvFile('.env', process.env)
  const local = await importLocal()
  const { variables, isEmbedded } = (await local?.prepareLocalStart(process.env, projectFolder)) ?? {
    variables: process.env,
    isEmbedded: false,
  }
  const config = createConfig(variables)
  const log = createLogDestination(config.production ? 4096 : 0)
  process.once('exit', () => log.flush())
  const database = createDatabase(config.database)
  const stream = local?.createReadableLog(log) ?? log
  const app = await buildApp(config, database, { level: config.logLevel, stream })
  await app.register(idleMemory)
  closeOnSignal(app, database, config.http)
  await listen(app, config)
  await waitForDatabase(database, app.log)
  setTimeout(warn, WARNINGS_AFTER_MS, app, database).unref()
  if (local) console.log(await local.describeStart(config, portOf(app), isEmbedded))
}

/** What makes a first start on a laptop easy. Production does not load it. */
async function importLocal() {
  if (process.env.NODE_ENV === 'production') return undefined
  try {
    return { ...(await import('./local/start.ts')), ...(await import('./local/welcome.ts')) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new ConfigError([
      'NODE_ENV must be production if the development packages are not installed. Set it, or run: npm ci',
    ])
  }
}

/**
 * On the first signal, /ready answers 503 while the service keeps serving, until balancers have noticed. After an
 * uncaught error there is no such delay.
 */
function closeOnSignal(app: App, database: Database, { shutdownDelayMs, shutdownTimeoutMs }: Config['http']) {
  for (const signal of STOP_SIGNALS) process.off(signal, endAtOnce)
  const delay = shutdownDelayMs + shutdownTimeoutMs
  closeWithGrace({ delay, logger: app.log }, async ({ err, signal }) => {
    app.stopping = true
    if (err) app.log.error({ err }, 'stopping after an uncaught error')
    else app.log.info(`stopping on ${signal ?? 'exit'}`)
    if (signal) await sleep(shutdownDelayMs)
    await app.close()
    await database.close()
    app.log.info('stopped: every request is answered, every connection closed')
  })
}

async function listen(app: App, config: Config) {
  const { host, port } = config.http
  await app.listen({ host, port, backlog: BACKLOG }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([explainListenError(error, config)])
  })
}

function portOf(app: App) {
  return (app.server.address() as { port: number }).port
}

/**
 * Logs when the database answers. Meanwhile the service runs, and calls that need the database get a 503.
 *
 * @throws ConfigError if the installed driver does not work with this version
 */
async function waitForDatabase({ pool, prisma }: Database, log: FastifyBaseLogger) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 5000)) {
    try {
      await pool.query('SELECT 1')
      await checkPipeline(prisma)
      return log.info('the database answers')
    } catch (error) {
      if (error instanceof BrokenDriverError) throw new ConfigError([error.message])
      log.warn(`the database is not available, next try in ${wait / 1000} s: ${reasonOf(error as Error)}`)
    }
    await sleep(wait)
  }
}

async function warn(app: App, { prisma }: Database) {
  for (const warning of await findWarnings(prisma)) app.log.warn(warning)
}

/** A command that failed explains itself on its own output, a system call in its message. */
function describe(error: unknown): string {
  const { stderr, stdout, syscall, message, stack } = error as NodeJS.ErrnoException & Record<string, string>
  return stderr || stdout || (syscall ? message : stack) || String(error)
}
