import { type Static, Type } from '@sinclair/typebox'
import { Ajv, type ErrorObject } from 'ajv'

/** The secret that .env.example shows: fine for a first try, refused in production. */
export const EXAMPLE_SECRET = 'replace-me-with-32-random-characters-or-more'

/** Variables as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>

const integer = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum })
const optionalInteger = (description: string, minimum: number, maximum: number) =>
  Type.Optional(Type.Integer({ description, minimum, maximum }))
const choice = <const Value extends string>(description: string, values: Value[], value: Value) =>
  Type.Unsafe<Value>({ type: 'string', enum: values, description, default: value })
const text = (description: string) => Type.Optional(Type.String({ description }))

/** Every variable the service reads; .env.example shows them to people. */
export const Environment = Type.Object({
  NODE_ENV: choice(
    'production refuses unsafe settings',
    ['development', 'test', 'production'],
    'development',
  ),
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
  CORS_ALLOWED_HEADERS: text('more request headers that browsers may send, comma-separated'),
  RATE_LIMIT_MAX: optionalInteger('requests a minute per user; 0 switches it off', 0, 1_000_000),
  RATE_LIMIT_ADDRESS_MAX: optionalInteger(
    'calls a minute per address without a valid token; 0 switches it off',
    0,
    1_000_000,
  ),
  REDIS_URL: text('shares the rate limits between copies of the service'),
  MAX_REQUESTS_IN_FLIGHT: integer('beyond them requests get a 503; 0 switches it off', 2000, 0, 1_000_000),
  MAX_EVENT_LOOP_DELAY_MS: integer('beyond it requests get a 503; 0 switches it off', 1000, 0, 60_000),
  MAX_CONNECTIONS: integer('beyond them new ones are dropped; 0 switches it off', 10_000, 0, 1_000_000),
  REQUEST_TIMEOUT_MS: integer('time for a client to send its whole request', 30_000, 1000, 600_000),
  KEEP_ALIVE_TIMEOUT_MS: integer('idle connections are closed after this time', 72_000, 1000, 86_400_000),
  SHUTDOWN_DELAY_MS: optionalInteger(
    'told to stop, go on serving this long while /ready says no',
    0,
    600_000,
  ),
  SHUTDOWN_TIMEOUT_MS: integer('then time for requests in flight', 10_000, 100, 600_000),
  METRICS: choice('serve /metrics', ['on', 'off'], 'on'),
  METRICS_PORT: optionalInteger('serve /metrics on this port instead', 0, 65_535),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      minLength: 16,
      description: 'token that /metrics needs; production needs it or METRICS_PORT',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: text(
    'OpenTelemetry collector that takes OTLP over HTTP; unset, nothing is sent',
  ),
  OTEL_TRACES_EXPORTER: choice('none keeps traces from the collector', ['otlp', 'none'], 'otlp'),
  OTEL_METRICS_EXPORTER: choice('none keeps metrics from the collector', ['otlp', 'none'], 'otlp'),
  LOG_LEVEL: choice(
    'least serious line',
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
  ),
})
export type Environment = Static<typeof Environment>

// Without strictNumbers: false Ajv compares Infinity with no limit.
const validate = new Ajv({
  coerceTypes: true,
  strictNumbers: false,
  useDefaults: true,
  allErrors: true,
  validateSchema: false,
}).compile(Environment)

/** Reads each variable by itself. An empty value counts as not set. No sentence quotes a value. */
export function readEnvironment(variables: Variables): { env: Environment; mistakes: string[] } {
  const env: unknown = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const mistakes = validate(env) ? [] : validate.errors!.map(describeMistake)
  return { env: env as Environment, mistakes }
}

function describeMistake({ instancePath, keyword, params, message }: ErrorObject): string {
  const name = instancePath.slice(1)
  if (keyword === 'enum') return `${name} must be one of: ${(params.allowedValues as string[]).join(', ')}.`
  if (keyword === 'minLength') return `${name} must have at least ${params.limit} characters.`
  if (keyword === 'minimum') return `${name} must be at least ${params.limit}.`
  if (keyword === 'maximum') return `${name} must be at most ${params.limit}.`
  return `${name} ${message}.`
}
