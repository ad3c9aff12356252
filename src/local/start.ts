import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import { createServiceRole, findAppliedMigrations } from '../database/service-role.ts'

/** Environment variables. What this file adds to them is never used in production. */
export type Variables = Record<string, string | undefined>

/**
 * Adds what a first start needs and nobody has configured: a database, a secret and an issuer.
 *
 * @returns the variables, and whether the database is the embedded one
 * @throws Error with what PostgreSQL or Prisma printed
 */
export async function prepareLocalStart(given: Variables, projectFolder: string) {
  const isEmbedded = !given.DATABASE_URL
  const { variables } = await withLocalDatabase(given, projectFolder)
  if (isEmbedded) {
    await applyMigrations(projectFolder, variables)
    variables.DATABASE_URL = await createLocalRole(variables.DATABASE_URL!)
  }
  return { variables: withLocalIssuer(withLocalSecret(variables, projectFolder)), isEmbedded }
}

/**
 * Starts the embedded PostgreSQL if there is no DATABASE_URL. It stops when this process ends. The URLs are those of
 * the role that owns the tables.
 */
export async function withLocalDatabase(variables: Variables, projectFolder: string) {
  if (variables.DATABASE_URL) return { variables: { ...variables }, stop: () => {} }
  const { startEmbeddedPostgres } = await import('./embedded-postgres.ts')
  const { url, stop } = startEmbeddedPostgres(projectFolder)
  process.once('exit', stop)
  // For a front end on this machine that keeps its own tables in the same database.
  writePrivateFile(projectFolder, 'database-url', url)
  return { variables: { ...variables, DATABASE_URL: url, DIRECT_URL: url }, stop }
}

/** Row-level security applies to this role, as it should in production. The same owner gives the same password. */
function createLocalRole(ownerUrl: string): Promise<string> {
  const { password } = new URL(ownerUrl)
  const own = createHash('sha256').update(`task_api_service ${password}`).digest('base64url')
  return createServiceRole(ownerUrl, 'task_api_service', own)
}

/** Adds the secret of this folder if none is given. It is made once, so that older tokens stay valid. */
export function withLocalSecret(variables: Variables, projectFolder: string): Variables {
  if (variables.BETTER_AUTH_SECRET) return variables
  const file = join(projectFolder, '.local', 'secret')
  if (!fs.existsSync(file)) {
    const partial = writePrivateFile(
      projectFolder,
      `secret.${process.pid}`,
      randomBytes(32).toString('base64url'),
    )
    try {
      // Of two first starts at once, one makes the file, complete, and both read it.
      fs.linkSync(partial, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      fs.rmSync(partial)
    }
  }
  return { ...variables, BETTER_AUTH_SECRET: fs.readFileSync(file, 'utf8') }
}

/** Adds a front end on this machine as the issuer if none is named. The service runs without it, too. */
export function withLocalIssuer(variables: Variables): Variables {
  if (variables.BETTER_AUTH_URL || variables.JWKS_URL) return variables
  return { ...variables, BETTER_AUTH_URL: 'http://localhost:3000' }
}

/** Writes a file that only its owner can read, into the folder that Git ignores. Returns its path. */
function writePrivateFile(projectFolder: string, name: string, content: string): string {
  const path = join(projectFolder, '.local', name)
  fs.mkdirSync(dirname(path), { recursive: true })
  fs.writeFileSync(path, content, { mode: 0o600 })
  return path
}

/**
 * Runs `prisma migrate deploy`, as release pipelines do, unless every migration is applied already: the CLI takes
 * seconds to find that out.
 *
 * @throws Error with what Prisma printed
 */
export async function applyMigrations(projectFolder: string, variables: Variables): Promise<void> {
  const applied = await findAppliedMigrations(variables.DIRECT_URL ?? variables.DATABASE_URL!)
  const entries = fs.readdirSync(join(projectFolder, 'prisma/migrations'), { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  if (names.every((name) => applied.has(name))) return
  const prisma = dirname(createRequire(import.meta.url).resolve('prisma/package.json'))
  const options = { cwd: projectFolder, env: { ...process.env, ...variables } }
  await promisify(execFile)(process.execPath, [join(prisma, 'build/index.js'), 'migrate', 'deploy'], options)
}

/** An HS256 token, as a front end that shares the secret would sign it. */
export async function signToken(
  claims: Readonly<Record<string, unknown>>,
  secret: string,
  lifetime = '30d',
): Promise<string> {
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
  return token.setIssuedAt().setExpirationTime(lifetime).sign(new TextEncoder().encode(secret))
}
