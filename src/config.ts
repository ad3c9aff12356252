import { type Static, Type } from '@sinclair/typebox'
import { Ajv, type ErrorObject } from 'ajv'
import { isIP } from 'node:net'

/** The secret that .env.example shows: fine for a first try, refused in production. */
export const EXAMPLE_SECRET = 'replace-me-with-32-random-characters-or-more'

const integer = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum })
const choice = <const Value extends string>(description: string, values: Value[], value: Value) =>
  Type.Unsafe<Value>({ type: 'string', enum: values, description, default: value })
const text = (description: string) => Type.Optional(Type.String({ description }))

/** Every variable the service reads. An empty value counts as not set. */
export const Environment = Type.Object({
  NODE_ENV: choice('production refuses unsafe settings', ['development', 'test', 'production'], 'development'),
  DATABASE_URL: text('PostgreSQL of the service; a pooled URL is fine'),
  DIRECT_URL: text('PostgreSQL of the migrations; default DATABASE_URL'),
  DATABASE_POOL_MAX: integer('connections to PostgreSQL, at most', 10, 1, 1000),
  DATABASE_CONNECT_TIMEOUT_MS: integer('wait for a connection, at most', 10_000, 100, 120_000),
  DATABASE_QUERY_TIMEOUT_MS: integer('wait for an answer, at most', 15_000, 100, 600_000),
  DATABASE_PREPARED: choice('keep named prepared statements', ['on', 'off'], 'on'),
  BETTER_AUTH_SECRET: Type.Optional(Type.String({ minLength: 32, description: 'verifies HS256 tokens' })),
  BETTER_AUTH_URL: text('where Better Auth runs; its JWKS verifies asymmetric tokens'),
  JWKS_URL: text('default <BETTER_AUTH_URL>/api/auth/jwks'),
  JWT_ISSUER: text('accepted iss, comma-separated; default the origin of BETTER_AUTH_URL'),
  JWT_AUDIENCE: text('accepted aud, comma-separated; default the origin of BETTER_AUTH_URL'),
  JWKS_MAX_AGE_S: integer('a key that the issuer removed works this long, at most', 600, 1, 86_400),
  JWKS_COOLDOWN_S: integer('between two fetches of the keys, at least', 5, 1, 3600),
  HOST: text('address to listen on; default localhost, in production 0.0.0.0'),
  PORT: integer('port to listen on', 8000, 0, 65_535),
  TRUST_PROXY: text('proxies whose X-Forwarded-* count: true, a number of hops, or addresses'),
  CORS_ORIGINS: text('origins that browsers may call from, comma-separated'),
  RATE_LIMIT_MAX: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'requests a minute per user; 0 switches it off' }),
  ),
  REDIS_URL: text('shares the rate limits between copies of the service'),
  MAX_EVENT_LOOP_DELAY_MS: integer('beyond it requests get a 503; 0 switches it off', 1000, 0, 60_000),
  REQUEST_TIMEOUT_MS: integer('time for a client to send its whole request', 30_000, 1000, 600_000),
  SHUTDOWN_TIMEOUT_MS: integer('time for requests in flight when told to stop', 10_000, 100, 600_000),
  METRICS: choice('serve /metrics', ['on', 'off'], 'on'),
  METRICS_PORT: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 65_535, description: 'serve /metrics on this port instead' }),
  ),
  LOG_LEVEL: choice('least serious line', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
})
type Environment = Static<typeof Environment>

/** A wrong configuration: `mistakes` holds one sentence for each, none of which quotes a secret. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

export type Config = ReturnType<typeof createConfig>

const validate = new Ajv({ coerceTypes: true, useDefaults: true, allErrors: true }).compile<Environment>(Environment)

/**
 * Turns environment variables into the one frozen configuration.
 *
 * @throws ConfigError where a value is wrong or a combination is unsafe
 */
export function createConfig(variables: Readonly<Record<string, string | undefined>>) {
  const env = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== '')) as unknown
  if (!validate(env)) throw new ConfigError([...new Set(validate.errors!.map(describeMistake))])
  const mistakes = [...checkUrls(env), ...checkDatabase(env), ...checkTokens(env), ...checkLists(env)]
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
  const url = env.JWKS_URL ?? (env.BETTER_AUTH_URL && `${env.BETTER_AUTH_URL.replace(/\/+$/, '')}/api/auth/jwks`)
  if (url === undefined) return undefined
  const origin = env.BETTER_AUTH_URL && new URL(env.BETTER_AUTH_URL).origin
  return Object.freeze({
    url,
    issuer: list(env.JWT_ISSUER) ?? [origin!],
    audience: list(env.JWT_AUDIENCE) ?? [origin!],
    maxAgeMs: env.JWKS_MAX_AGE_S * 1000,
    cooldownMs: env.JWKS_COOLDOWN_S * 1000,
  })
}

function defaultOrigins(env: Environment): string[] {
  const own = env.BETTER_AUTH_URL === undefined ? [] : [new URL(env.BETTER_AUTH_URL).origin]
  return [...new Set([...own, 'http://localhost:3000'])]
}

const list = (value: string | undefined) => value?.split(',').map((item) => item.trim()).filter(Boolean)

function trustProxy(value = 'false'): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (value === 'true' || value === 'false') return value === 'true'
  return /^\d+$/.test(value) ? (_address, hop) => hop < Number(value) : list(value)!
}

function describeMistake({ instancePath, keyword, params, message }: ErrorObject): string {
  const name = instancePath.slice(1)
  if (keyword === 'enum') return `${name} must be one of: ${params.allowedValues.join(', ')}.`
  if (keyword === 'minLength') return `${name} must have at least ${params.limit} characters.`
  return `${name} ${message}.`
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
  const isAddress = (value: string) => isIP(value.replace(/\/\d{1,3}$/, '')) !== 0
  const proxies = trustProxy(env.TRUST_PROXY)
  if (Array.isArray(proxies) && !proxies.every(isAddress)) {
    yield 'TRUST_PROXY must be true, false, a number of proxies, or their addresses, comma-separated.'
  }
}
