import { randomBytes } from 'node:crypto'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'

/** What a first start needs and nobody has configured. Nothing here is used in production. */
export type Variables = Record<string, string | undefined>

/** Starts the embedded PostgreSQL where there is no DATABASE_URL; `stop` ends what was started. */
export async function withLocalDatabase(variables: Variables, projectFolder: string) {
  if (variables.DATABASE_URL) return { variables, stop: () => {} }
  const { startEmbeddedPostgres } = await import('./embedded-postgres.ts')
  const { url, stop } = startEmbeddedPostgres(projectFolder)
  // For a front end beside the service, which keeps its own tables in the same database.
  keep(projectFolder, 'database-url', url)
  return { variables: { ...variables, DATABASE_URL: url, DIRECT_URL: url }, stop }
}

/** Adds the secret of this folder, made once, where none is given: the tokens of yesterday still work today. */
export function withLocalSecret(variables: Variables, projectFolder: string): Variables {
  if (variables.BETTER_AUTH_SECRET) return variables
  const file = join(projectFolder, '.local', 'secret')
  if (!existsSync(file)) keep(projectFolder, 'secret', randomBytes(32).toString('base64url'))
  return { ...variables, BETTER_AUTH_SECRET: readFileSync(file, 'utf8') }
}

/** Where no issuer is named, it is the Better Auth of a front end on this machine. Nothing needs it to run. */
export function withLocalIssuer(variables: Variables): Variables {
  if (variables.BETTER_AUTH_URL || variables.JWKS_URL) return variables
  return { ...variables, BETTER_AUTH_URL: 'http://localhost:3000' }
}

/** Writes a file that only its owner can read, into the folder that Git ignores. */
function keep(projectFolder: string, name: string, content: string) {
  const folder = join(projectFolder, '.local')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), content, { mode: 0o600 })
}

/**
 * Runs `prisma migrate deploy`, as release pipelines do.
 *
 * @throws Error with what Prisma printed
 */
export async function applyMigrations(projectFolder: string, variables: Variables): Promise<void> {
  const prisma = dirname(createRequire(import.meta.url).resolve('prisma/package.json'))
  const options = { cwd: projectFolder, env: { ...process.env, ...variables } }
  await promisify(execFile)(process.execPath, [join(prisma, 'build/index.js'), 'migrate', 'deploy'], options)
}

/** An HS256 token, as a front end that shares the secret would sign it. */
export function signToken(
  claims: Readonly<Record<string, unknown>>,
  secret: string,
  lifetime = '30d',
): Promise<string> {
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
  return token.setIssuedAt().setExpirationTime(lifetime).sign(new TextEncoder().encode(secret))
}
