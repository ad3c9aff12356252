import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'prisma/config'

const folder = import.meta.dirname
const { argv, env, platform } = process
if (existsSync(join(folder, '.env'))) process.loadEnvFile(join(folder, '.env'))

// The CLI takes its schema engine from here instead of downloading it, so that it works where Prisma's server is
// out of reach. Set to a path, the variable names another engine; set to nothing, it makes the CLI download the
// native one. Windows runs no script as a program: there the CLI always uses the native engine.
if (platform !== 'win32') env.PRISMA_SCHEMA_ENGINE_BINARY ??= join(folder, 'prisma/schema-engine.mjs')

const needsDatabase = ['migrate', 'db', 'studio'].some((command) => argv.includes(command))
const asksForHelp = ['-h', '--help'].some((flag) => argv.includes(flag))
let url = env.DIRECT_URL || env.DATABASE_URL
if (!url && needsDatabase && !asksForHelp) url = await startLocalDatabase()

/** Without a URL, the CLI works on the PostgreSQL of this folder, which the service then uses too. */
async function startLocalDatabase(): Promise<string> {
  if (env.NODE_ENV === 'production') {
    console.error(
      'Set DATABASE_URL (or DIRECT_URL) to the database to work on: in production none is started.',
    )
    process.exit(1)
  }
  const { startEmbeddedPostgres } = await import('./src/local/embedded-postgres.ts')
  const server = startEmbeddedPostgres(folder)
  process.once('exit', () => server.stop())
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal])) // a bare signal would skip 'exit'
  }
  env.DATABASE_URL = server.url // for the seed
  return server.url
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
  datasource: {
    ...(url && { url }),
    ...(env.SHADOW_DATABASE_URL && { shadowDatabaseUrl: env.SHADOW_DATABASE_URL }),
  },
})
