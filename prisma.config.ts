import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { defineConfig } from 'prisma/config'
import { findUrlMistake, normaliseDatabaseUrl } from './src/config/database-url.ts'
import { loadEnvFile } from './src/config/env-file.ts'

const folder = import.meta.dirname
const { argv, env, platform } = process
orFail(() => loadEnvFile(join(folder, '.env'), env))

/**
 * Tables of others in the same database. Prisma never changes them, and they do not keep `migrate deploy` from
 * setting up the tables of this service. These are the tables of Better Auth and of its plugins.
 */
const BETTER_AUTH_TABLES = [
  ...['user', 'session', 'account', 'verification', 'jwks', 'rateLimit', 'twoFactor', 'passkey', 'apikey'],
  ...['organization', 'organizationRole', 'member', 'invitation', 'team', 'teamMember', 'ssoProvider'],
  ...['scimProvider', 'deviceCode', 'walletAddress', 'subscription', 'agent', 'agentHost'],
  ...['oauthApplication', 'oauthClient', 'oauthAccessToken', 'oauthRefreshToken', 'oauthConsent'],
]
const externalTables = [...BETTER_AUTH_TABLES, ...(env.EXTERNAL_TABLES ?? '').split(',')]
  .map((name) => name.trim())
  .filter(Boolean)

// The CLI would download its schema engine from Prisma's server. Set to a path, the variable names another engine;
// set to nothing, it makes the CLI download its own. Windows cannot run a script as a program. A reset by the native
// engine would drop the external tables as well.
const resets = ['reset', '--force-reset'].some((word) => argv.includes(word))
if (platform !== 'win32' && (resets || !hasNativeEngine()))
  env.PRISMA_SCHEMA_ENGINE_BINARY ??= join(folder, 'prisma/schema-engine.mjs')

const needsDatabase = ['migrate', 'db', 'studio'].some((command) => argv.includes(command))
const asksForHelp = ['-h', '--help'].some((flag) => argv.includes(flag))
let url = readUrl('DIRECT_URL') ?? readUrl('DATABASE_URL')
if (needsDatabase && !asksForHelp) {
  endWithParent()
  url ??= await startLocalDatabase()
}

function readUrl(name: 'DIRECT_URL' | 'DATABASE_URL'): string | undefined {
  const value = env[name]
  if (!value) return undefined
  const mistake = findUrlMistake(name, value)
  // `prisma generate` needs no database, so that a wrong URL does not matter to it.
  if (mistake !== undefined && needsDatabase) fail(mistake)
  return normaliseDatabaseUrl(value)
}

/** The CLI looks for its engine beside the package that would download it. */
function hasNativeEngine(): boolean {
  try {
    const cli = createRequire(import.meta.url).resolve('prisma/package.json')
    const engines = dirname(createRequire(cli).resolve('@prisma/engines/package.json'))
    return readdirSync(engines).some((name) => /^schema-engine-[^.]+(\.exe)?$/.test(name))
  } catch {
    return false
  }
}

/** Without a URL, the CLI works on the PostgreSQL of this folder, as the service does. */
async function startLocalDatabase(): Promise<string> {
  if (env.NODE_ENV === 'production')
    fail('Set DATABASE_URL (or DIRECT_URL) to the database to work on: in production none is started.')
  const { startEmbeddedPostgres } = await import('./src/local/embedded-postgres.ts')
  const server = orFail(() => startEmbeddedPostgres(folder))
  process.once('exit', () => server.stop())
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal])) // a bare signal would skip 'exit'
  }
  env.DATABASE_URL = server.url // for the seed
  return server.url
}

/**
 * npx starts the CLI through a shell. If a signal ends npx and that shell, the CLI would go on without a parent,
 * Studio for ever.
 */
function endWithParent() {
  if (env.npm_command === undefined) return
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && process.exit(143), 250).unref()
}

/** The CLI would print the stack of an error. */
function orFail<T>(start: () => T): T {
  try {
    return start()
  } catch (error) {
    return fail((error as Error).message)
  }
}

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
  experimental: { externalTables: true },
  tables: { external: externalTables.map((name) => (name.includes('.') ? name : `public.${name}`)) },
  datasource: {
    ...(url && { url }),
    ...(env.SHADOW_DATABASE_URL && { shadowDatabaseUrl: env.SHADOW_DATABASE_URL }),
  },
})
