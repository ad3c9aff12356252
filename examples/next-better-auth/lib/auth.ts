import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { getMigrations } from 'better-auth/db/migration'
import { jwt } from 'better-auth/plugins'
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import { nameProblem } from './names'
import { readSettings } from './settings'

/** The schema of Better Auth's tables. It keeps them apart from the tables and migrations of the service. */
const SCHEMA = 'better_auth'

function createAuth(pool: pg.Pool, settings: ReturnType<typeof readSettings>) {
  return betterAuth({
    appName: 'Daybook',
    baseURL: settings.baseUrl,
    secret: settings.secret,
    // Every statement names the schema, so a connection shared by a pooler needs no search_path.
    database: {
      dialect: new PostgresDialect({ pool }),
      type: 'postgres',
      schemaName: SCHEMA,
      transaction: true,
    },
    emailAndPassword: { enabled: true },
    databaseHooks: { user: { create: { before: async (user) => ({ data: withName(user) }) } } },
    plugins: [jwt({ jwt: { expirationTime: settings.tokenLifetime }, disableSettingJwtHeader: true })],
    rateLimit: { enabled: settings.rateLimit },
    telemetry: { enabled: false },
  })
}

/** Better Auth accepts a name of spaces. The name goes into the tokens and onto the page. */
function withName<User extends { name: string }>(user: User): User {
  const problem = nameProblem(user.name)
  if (problem) throw new APIError('BAD_REQUEST', { code: 'INVALID_NAME', message: problem })
  return { ...user, name: user.name.trim() }
}

export type Auth = ReturnType<typeof createAuth>

/** Outlives this module, which is loaded again with every change during development. */
const shared = globalThis as { auth?: Promise<Auth> | undefined }

/**
 * Returns the one Better Auth instance of this process. The first call creates it and its tables; after a failure
 * the next call tries again.
 *
 * @throws Error if settings are missing or the database cannot be reached
 */
export function getAuth(): Promise<Auth> {
  shared.auth ??= start().catch((error: unknown) => {
    shared.auth = undefined
    throw error
  })
  return shared.auth
}

async function start(): Promise<Auth> {
  const settings = readSettings()
  const pool = new pg.Pool({
    connectionString: settings.databaseUrl,
    max: 5,
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
  })
  // Without a listener the process would crash when PostgreSQL closes an idle connection.
  pool.on('error', () => {})
  try {
    const auth = createAuth(pool, settings)
    await migrate(pool, auth)
    return auth
  } catch (error) {
    await pool.end()
    throw error
  }
}

/** Creates missing tables. A lock makes copies that start at the same time wait for each other. */
async function migrate(pool: pg.Pool, auth: Auth) {
  const client = await pool.connect()
  let failed = true
  try {
    // A lock that belongs to the transaction also works through a pooler.
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [SCHEMA])
    const { runMigrations } = await getMigrations(auth.options)
    await runMigrations()
    await client.query('COMMIT')
    failed = false
  } finally {
    client.release(failed)
  }
}
