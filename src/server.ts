import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger } from 'fastify'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildApp } from './app.ts'
import { type Config, ConfigError, createConfig } from './config/config.ts'
import { createDatabase, type Database } from './database/client.ts'
import { createLogDestination } from './operations/log.ts'

/** The process: environment, configuration, database, app, listen, and close with grace. */
const projectFolder = join(import.meta.dirname, '..')
if (existsSync('.env')) process.loadEnvFile()
// Production never sees what makes a first start on a laptop easy.
const local = process.env.NODE_ENV === 'production' ? undefined : await import('./local/start.ts')

type App = Awaited<ReturnType<typeof buildApp>>

/** Connections that may come at once. Beyond Node's 511 clients would try again only after a second. */
const BACKLOG = 4096

try {
  await start()
} catch (error) {
  const lines = error instanceof ConfigError ? error.mistakes : [describe(error)]
  for (const line of lines) console.error(line)
  process.exit(1)
}

async function start() {
  const variables = await prepareVariables()
  const config = createConfig(variables)
  const log = createLogDestination(config.production ? 4096 : 0)
  process.once('exit', () => log.flush())
  const database = createDatabase(config.database)
  const app = await buildApp(config, database, { level: config.logLevel, stream: log })
  closeOnSignal(app, database, config.http)
  await app.listen({ host: config.http.host, port: config.http.port, backlog: BACKLOG })
  await waitForDatabase(database, app.log)
  if (config.production) await warnWithoutSecondWall(database, app.log)
  await local?.applyMigrations(projectFolder, variables)
  if (local && config.tokens.secret) await welcome(config, (app.server.address() as { port: number }).port)
}

/**
 * Told to stop, the service first says so on `/ready` and goes on serving, until balancers have heard of it. An
 * error that nothing caught allows no such delay.
 */
function closeOnSignal(app: App, database: Database, { shutdownDelayMs, shutdownTimeoutMs }: Config['http']) {
  const delay = shutdownDelayMs + shutdownTimeoutMs
  closeWithGrace({ delay, logger: app.log }, async ({ err, signal }) => {
    app.stopping = true
    if (err) app.log.error({ err }, 'stopping after an error that nothing caught')
    else app.log.info(`stopping on ${signal ?? 'exit'}`)
    if (signal) await sleep(shutdownDelayMs)
    await app.close()
    await database.close()
    app.log.info('stopped: every request is answered, every connection closed')
  })
}

async function prepareVariables() {
  if (local === undefined) return process.env
  const { variables, stop } = await local.withLocalDatabase(process.env, projectFolder)
  process.on('exit', stop)
  return local.withLocalIssuer(local.withLocalSecret(variables, projectFolder))
}

/** A database that is away delays nothing but the answers that need it. */
async function waitForDatabase({ prisma }: Database, log: FastifyBaseLogger) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 5000)) {
    const error = await prisma.$queryRaw`SELECT 1`.then(
      () => undefined,
      (reason: Error) => reason,
    )
    if (error === undefined) return log.info('the database answers')
    log.warn(`the database is not available, next try in ${wait / 1000} s: ${lastLine(error.message)}`)
    await sleep(wait)
  }
}

/** Row-level security does not hold for the owner of the tables, nor for roles that may bypass it. */
async function warnWithoutSecondWall({ prisma }: Database, log: FastifyBaseLogger) {
  const isActive = await prisma.$queryRaw<
    { active: boolean }[]
  >`SELECT row_security_active('tasks') AS active`.then(
    ([row]) => row!.active,
    // Not migrated yet: what matters more is told elsewhere.
    () => true,
  )
  if (!isActive)
    log.warn('the role of DATABASE_URL bypasses row-level security: npm run db:role makes one that does not')
}

function lastLine(text: string) {
  return text.trim().split('\n').at(-1)
}

async function welcome(config: Config, port: number) {
  const token = await local!.signToken(
    { sub: 'demo', email: 'demo@example.com', name: 'Demo' },
    config.tokens.secret!,
  )
  const url = `http://localhost:${port}`
  console.log(`
  Task API   ${url}
  Docs       ${url}/docs
  Front end  ${config.http.corsOrigins[0]}, once yours or examples/next-better-auth runs there
  Try it     curl -H 'Authorization: Bearer ${token}' ${url}/api/tasks
`)
}

/** A command that failed says why on its own output, the system in one sentence. */
function describe(error: unknown): string {
  const { stderr, stdout, syscall, message, stack } = error as NodeJS.ErrnoException & Record<string, string>
  return stderr || stdout || (syscall ? message : stack) || String(error)
}
