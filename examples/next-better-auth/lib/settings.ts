import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How the browser gets its tokens: from Better Auth's jwt() plugin, or signed with the shared secret. */
export type TokenKind = 'jwks' | 'hs256'

/**
 * Everything that can be configured, read when the server runs and never at build time: one build fits
 * every environment. What it all means is in .env.example.
 *
 * @throws Error with one sentence where something is missing or wrong
 */
export function readSettings() {
  return {
    databaseUrl: fromEnvironment('DATABASE_URL') ?? fromService('database-url', 'DATABASE_URL'),
    secret: fromEnvironment('BETTER_AUTH_SECRET') ?? fromService('secret', 'BETTER_AUTH_SECRET'),
    baseUrl: fromEnvironment('BETTER_AUTH_URL') ?? 'http://localhost:3000',
    tokenLifetime: fromEnvironment('TOKEN_LIFETIME') ?? '15m',
    rateLimit: choice('AUTH_RATE_LIMIT', ['on', 'off'], production() ? 'on' : 'off') === 'on',
    tokenKind: tokenKind(),
  }
}

/** What the browser is told. */
export function browserSettings() {
  return {
    apiUrl: fromEnvironment('TASK_API_URL') ?? 'http://localhost:8000',
    tokenUrl: tokenKind() === 'hs256' ? '/api/token' : '/api/auth/token',
  }
}
export type BrowserSettings = ReturnType<typeof browserSettings>

export const tokenKind = (): TokenKind => choice('TOKEN_KIND', ['jwks', 'hs256'], 'jwks')

const production = () => process.env.NODE_ENV === 'production'

/** An empty value counts as not set. */
const fromEnvironment = (name: string) => process.env[name] || undefined

/** Outside production: what the service beside this folder keeps for itself once it has been started. */
function fromService(file: string, variable: string): string {
  if (production()) throw new Error(`${variable} must be set in production.`)
  const path = join(/* turbopackIgnore: true */ process.cwd(), '../../.local', file)
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new Error(`Start the service first (npm start in the root of the repository), or set ${variable}.`)
  }
}

function choice<const Value extends string>(name: string, values: Value[], fallback: Value): Value {
  const value = fromEnvironment(name) ?? fallback
  if (!values.includes(value as Value)) throw new Error(`${name} must be one of: ${values.join(', ')}.`)
  return value as Value
}
