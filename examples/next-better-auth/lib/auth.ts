import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { jwt } from 'better-auth/plugins'
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import { readSettings } from './settings'

/** Better Auth's tables have a schema of their own, so that the migrations of the service never see them. */
const SCHEMA = 'better_auth'

function createAuth(pool: pg.Pool, settings: ReturnType<typeof readSettings>) {
  return betterAuth({
    appName: 'Daybook',
    baseURL: settings.baseUrl,
    secret: settings.secret,
    // Every statement names the schema: nothing depends on the connection, which a pooler may share.
    database: {
      dialect: new PostgresDialect({ pool }),
      type: 'postgres',
      schemaName: SCHEMA,
      transaction: true,
    },
    emailAndPassword: { enabled: true },
    plugins: [jwt({ jwt: { expirationTime: settings.tokenLifetime }, disableSettingJwtHeader: true })],
    rateLimit: { enabled: settings.rateLimit },
    telemetry: { enabled: false },
  })
}
export type Auth = ReturnType<typeof createAuth>

/** Outlives the module, which development loads anew with every change. */
const shared = globalThis as { auth?: Promise<Auth> | undefined }

/**
 * The one Better Auth of this process, made when it is first needed, its tables included. Where that fails,
 * the next call tries again.
 *
 * @throws Error where settings are missing or the database is away
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
  // A server that ends an idle connection must not end the process with it.
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

/** Makes what is missing of the tables. Two copies that start at once wait for one another. */
async function migrate(pool: pg.Pool, auth: Auth) {
  const client = await pool.connect()
  let failed = true
  try {
    // A lock of the transaction also works through a pooler.
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
