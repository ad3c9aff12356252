import { isIP } from 'node:net'
import { type Environment, EXAMPLE_SECRET, readEnvironment, type Variables } from './environment.ts'

/** A wrong configuration: `mistakes` holds one sentence for each, none of which quotes a secret. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

export type Config = ReturnType<typeof createConfig>

/**
 * Turns environment variables into the one frozen configuration.
 *
 * @throws ConfigError where a value is wrong or a combination is unsafe
 */
export function createConfig(variables: Variables) {
  const { env, mistakes } = readEnvironment(variables)
  mistakes.push(
    ...checkUrls(env),
    ...checkDatabase(env),
    ...checkTokens(env),
    ...checkLists(env),
    ...checkPorts(env),
  )
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
      requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
      shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
      maxEventLoopDelayMs: env.MAX_EVENT_LOOP_DELAY_MS,
    }),
    database: Object.freeze({
      url: env.DATABASE_URL!,
      poolMax: env.DATABASE_POOL_MAX,
      connectTimeoutMs: env.DATABASE_CONNECT_TIMEOUT_MS,
      queryTimeoutMs: env.DATABASE_QUERY_TIMEOUT_MS,
      prepared: env.DATABASE_PREPARED === 'on',
    }),
    tokens: Object.freeze({
      secret: env.BETTER_AUTH_SECRET,
      /** Holds for HS256 tokens too, where they carry the claim. */
      issuer: list(env.JWT_ISSUER),
      audience: list(env.JWT_AUDIENCE),
      jwks: jwksSettings(env),
    }),
    rateLimit: Object.freeze({ max: env.RATE_LIMIT_MAX ?? (production ? 600 : 0), redisUrl: env.REDIS_URL }),
    metrics: Object.freeze({ enabled: env.METRICS === 'on', port: env.METRICS_PORT }),
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

/** Better Auth takes its own URL with or without the path of its API. */
const publishedKeys = (issuer: string | undefined) => issuer?.replace(/(\/api\/auth)?\/*$/, '/api/auth/jwks')

const originOf = (url: string | undefined): readonly string[] =>
  Object.freeze(url === undefined ? [] : [new URL(url).origin])

const defaultOrigins = ({ BETTER_AUTH_URL: issuer }: Environment) =>
  Object.freeze([...new Set([...originOf(issuer), 'http://localhost:3000'])])

function list(value: string | undefined): readonly string[] | undefined {
  const items = value?.split(',').map((item) => item.trim())
  return items && Object.freeze(items.filter(Boolean))
}

function trustProxy(value = 'false'): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (value === 'true' || value === 'false') return value === 'true'
  return /^\d+$/.test(value) ? (_address, hop) => hop < Number(value) : (list(value) as string[])
}

function* checkUrls(env: Environment) {
  const isUrl = (value: string | undefined, protocol: RegExp) =>
    value === undefined || (URL.canParse(value) && protocol.test(new URL(value).protocol))
  for (const name of ['DATABASE_URL', 'DIRECT_URL'] as const) {
    if (!isUrl(env[name], /^postgres(ql)?:$/)) yield `${name} must be a postgresql:// URL.`
  }
  for (const name of ['BETTER_AUTH_URL', 'JWKS_URL'] as const) {
    if (!isUrl(env[name], /^https?:$/)) yield `${name} must be an http:// or https:// URL.`
  }
  if (!isUrl(env.REDIS_URL, /^rediss?:$/)) yield 'REDIS_URL must be a redis:// or rediss:// URL.'
}

function* checkDatabase(env: Environment) {
  if (env.DATABASE_URL === undefined) yield 'DATABASE_URL must be set: the service needs a PostgreSQL.'
}

function* checkTokens(env: Environment) {
  const { BETTER_AUTH_SECRET: secret, BETTER_AUTH_URL: issuer, JWKS_URL: jwks } = env
  if (secret === undefined && issuer === undefined && jwks === undefined) {
    yield 'BETTER_AUTH_SECRET or BETTER_AUTH_URL must be set: without either no token can be verified.'
  }
  if (env.NODE_ENV === 'production' && secret === EXAMPLE_SECRET) {
    yield 'BETTER_AUTH_SECRET is the one from .env.example: everybody knows it.'
  }
  if (jwks !== undefined && issuer === undefined) {
    for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
      if (env[name] === undefined) yield `${name} must be set where JWKS_URL is set without BETTER_AUTH_URL.`
    }
  }
}

function* checkLists(env: Environment) {
  const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value
  if (list(env.CORS_ORIGINS)?.every(isOrigin) === false) {
    yield 'CORS_ORIGINS must be exact origins such as https://app.example.com, comma-separated.'
  }
  for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    if (list(env[name])?.length === 0) yield `${name} must name at least one value.`
  }
  const proxies = trustProxy(env.TRUST_PROXY)
  if (Array.isArray(proxies) && !proxies.every(isNetwork)) {
    yield 'TRUST_PROXY must be true, false, a number of proxies, or their addresses (10.0.0.0/8), comma-separated.'
  }
}

/** An IP address, or a range of them in CIDR notation. */
function isNetwork(value: string): boolean {
  const [address = '', bits = '1', ...rest] = value.split('/')
  const maximum = { 4: 32, 6: 128 }[isIP(address)] ?? 0
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= maximum
}

function* checkPorts({ PORT: port, METRICS: metrics, METRICS_PORT: metricsPort }: Environment) {
  if (metrics === 'on' && metricsPort === port && port !== 0) yield 'METRICS_PORT must not be PORT.'
}
