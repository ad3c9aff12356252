import { findMistakes, list, trustProxy } from './checks.ts'
import { ConfigError } from './config-error.ts'
import { normaliseDatabaseUrl } from './database-url.ts'
import type { Environment } from './environment.ts'
import { frontEndSettings } from './front-ends.ts'
import { readEnvironment, type Variables } from './read-environment.ts'

export { ConfigError }

export type Config = ReturnType<typeof createConfig>

/**
 * Turns environment variables into the one frozen configuration.
 *
 * @throws ConfigError if a value is wrong or a combination of values is unsafe
 */
export function createConfig(variables: Variables) {
  const { env, mistakes } = readEnvironment(variables)
  mistakes.push(...findMistakes(env))
  if (mistakes.length > 0) throw new ConfigError(mistakes)

  const production = env.NODE_ENV === 'production'
  return Object.freeze({
    production,
    logLevel: env.LOG_LEVEL,
    http: Object.freeze({
      host: env.HOST ?? (production ? '0.0.0.0' : 'localhost'),
      port: env.PORT,
      trustProxy: trustProxy(env.TRUST_PROXY),
      corsOrigins: list(env.CORS_ORIGINS) ?? defaultOrigins(env),
      corsAllowedHeaders: list(env.CORS_ALLOWED_HEADERS) ?? Object.freeze([]),
      maxConnections: env.MAX_CONNECTIONS,
      keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT_MS,
      requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
      shutdownDelayMs: env.SHUTDOWN_DELAY_MS ?? (production ? 5000 : 0),
      shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
      maxRequestsInFlight: env.MAX_REQUESTS_IN_FLIGHT,
      maxEventLoopDelayMs: env.MAX_EVENT_LOOP_DELAY_MS,
    }),
    database: Object.freeze({
      url: normaliseDatabaseUrl(env.DATABASE_URL!),
      poolMax: env.DATABASE_POOL_MAX,
      connectTimeoutMs: env.DATABASE_CONNECT_TIMEOUT_MS,
      queryTimeoutMs: env.DATABASE_QUERY_TIMEOUT_MS,
      prepared: env.DATABASE_PREPARED === 'on',
      isPipelined: env.DATABASE_PIPELINE === 'on',
    }),
    tokens: Object.freeze({
      secret: env.BETTER_AUTH_SECRET,
      /** Also applies to HS256 tokens that contain the claim. */
      issuer: list(env.JWT_ISSUER),
      audience: list(env.JWT_AUDIENCE),
      jwks: jwksSettings(env),
    }),
    rateLimit: Object.freeze({
      max: env.RATE_LIMIT_MAX ?? (production ? 600 : 0),
      maxByAddress: env.RATE_LIMIT_ADDRESS_MAX ?? (production ? 300 : 0),
    }),
    redisUrl: env.REDIS_URL,
    metrics: Object.freeze({
      enabled: env.METRICS === 'on',
      port: env.METRICS_PORT,
      token: env.METRICS_TOKEN,
      /** Whether the port of the service has /metrics: in production only behind a token. */
      isPublic: env.METRICS_PORT === undefined && (!production || env.METRICS_TOKEN !== undefined),
    }),
    trashDays: env.TRASH_DAYS,
    telemetry: telemetrySettings(env),
    frontEndSettings: frontEndSettings(list(env.FRONT_END_COMPAT) ?? []),
  })
}

/** The SDK of OpenTelemetry reads the rest of its variables from the environment. */
function telemetrySettings(env: Environment) {
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return undefined
  return Object.freeze({
    traces: env.OTEL_TRACES_EXPORTER === 'otlp',
    metrics: env.OTEL_METRICS_EXPORTER === 'otlp',
  })
}

function jwksSettings(env: Environment) {
  const url = env.JWKS_URL ?? publishedKeys(env.BETTER_AUTH_URL)
  if (url === undefined) return undefined
  return Object.freeze({
    url,
    issuer: list(env.JWT_ISSUER) ?? originOf(env.BETTER_AUTH_URL),
    audience: list(env.JWT_AUDIENCE) ?? originOf(env.BETTER_AUTH_URL),
    maxAgeMs: env.JWKS_MAX_AGE_S * 1000,
    cooldownMs: env.JWKS_COOLDOWN_S * 1000,
  })
}

/** Better Auth serves its API under the path of its base URL. If that URL has no path, it uses /api/auth. */
function publishedKeys(issuer: string | undefined) {
  if (issuer === undefined) return undefined
  const { origin, pathname } = new URL(issuer)
  return `${origin}${pathname.replace(/\/+$/, '') || '/api/auth'}/jwks`
}

const originOf = (url: string | undefined): readonly string[] =>
  Object.freeze(url === undefined ? [] : [new URL(url).origin])

const defaultOrigins = ({ BETTER_AUTH_URL: issuer }: Environment) =>
  Object.freeze([...new Set([...originOf(issuer), 'http://localhost:3000'])])
