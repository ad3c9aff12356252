import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where tokens come from: Better Auth's jwt() plugin, or a signature with the shared secret. */
export type TokenKind = 'jwks' | 'hs256'

/**
 * The configuration, read when the server runs and not at build time: one build fits every environment.
 * .env.example explains each variable.
 *
 * @throws Error with one sentence if a variable is missing or wrong
 */
export function readSettings() {
  return {
    databaseUrl: fromEnvironment('DATABASE_URL') ?? fromService('database-url', 'DATABASE_URL'),
    secret: fromEnvironment('BETTER_AUTH_SECRET') ?? fromService('secret', 'BETTER_AUTH_SECRET'),
    baseUrl: publicUrl(),
    tokenLifetime: fromEnvironment('TOKEN_LIFETIME') ?? '15m',
    rateLimit: choice('AUTH_RATE_LIMIT', ['on', 'off'], production() ? 'on' : 'off') === 'on',
    tokenKind: tokenKind(),
  }
}

/** The address at which browsers find this app. */
export const publicUrl = () => fromEnvironment('BETTER_AUTH_URL') ?? 'http://localhost:3000'

/** The settings that are sent to the browser. */
export function browserSettings() {
  return {
    apiUrl: fromEnvironment('TASK_API_URL') ?? 'http://localhost:8000',
    tokenUrl: tokenKind() === 'hs256' ? '/api/token' : '/api/auth/token',
    trashDays: wholeNumber('TRASH_DAYS', 30),
  }
}
export type BrowserSettings = ReturnType<typeof browserSettings>

export const tokenKind = (): TokenKind => choice('TOKEN_KIND', ['jwks', 'hs256'], 'jwks')

const production = () => process.env.NODE_ENV === 'production'

/** An empty value counts as not set. */
const fromEnvironment = (name: string) => process.env[name] || undefined

/** Outside production: reads what the service, two folders up, has written at its first start. */
function fromService(file: string, variable: string): string {
  if (production()) throw new Error(`${variable} must be set in production.`)
  const path = join(/* turbopackIgnore: true */ process.cwd(), '../../.local', file)
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new Error(`Start the service first (npm start in the root of the repository), or set ${variable}.`)
  }
}

function wholeNumber(name: string, fallback: number): number {
  const value = fromEnvironment(name) ?? String(fallback)
  if (!/^\d{1,5}$/.test(value)) throw new Error(`${name} must be a whole number.`)
  return Number(value)
}

function choice<const Value extends string>(name: string, values: Value[], fallback: Value): Value {
  const value = fromEnvironment(name) ?? fallback
  if (!values.includes(value as Value)) throw new Error(`${name} must be one of: ${values.join(', ')}.`)
  return value as Value
}
