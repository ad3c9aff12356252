import { type Static, Type } from '@sinclair/typebox'

/** The secret that .env.example shows. It is fine for a first try, and production refuses it. */
export const EXAMPLE_SECRET = 'replace-me-with-32-random-characters-or-more'

const integer = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum })
const optionalInteger = (description: string, minimum: number, maximum: number) =>
  Type.Optional(Type.Integer({ description, minimum, maximum }))
const choice = <const Value extends string>(description: string, values: Value[], value: Value) =>
  Type.Unsafe<Value>({ type: 'string', enum: values, description, default: value })
const text = (description: string) => Type.Optional(Type.String({ description }))

/** Every variable that the service reads. .env.example documents them. */
export const Environment = Type.Object({
  NODE_ENV: choice(
    'production refuses unsafe settings and starts no embedded PostgreSQL',
    ['development', 'test', 'production'],
    'development',
  ),
  DATABASE_URL: text('URL of the service’s PostgreSQL; it may go through a pooler'),
  DIRECT_URL: text('URL that migrations use, of the role that owns the tables; default DATABASE_URL'),
  DATABASE_POOL_MAX: integer('maximum number of connections to PostgreSQL', 10, 2, 1000),
  DATABASE_CONNECT_TIMEOUT_MS: integer('time limit for connecting to PostgreSQL', 10_000, 100, 120_000),
  DATABASE_QUERY_TIMEOUT_MS: integer('time limit for all statements of a request', 15_000, 100, 600_000),
  DATABASE_PREPARED: choice('use named prepared statements', ['on', 'off'], 'on'),
  DATABASE_PIPELINE: choice('off sends every statement through Prisma’s public API', ['on', 'off'], 'on'),
  BETTER_AUTH_SECRET: Type.Optional(
    Type.String({ minLength: 32, description: 'secret that verifies HS256 tokens' }),
  ),
  BETTER_AUTH_URL: text('base URL of Better Auth; its JWKS verifies asymmetric tokens'),
  JWKS_URL: text(
    'URL of the JWKS; default /jwks under the path of BETTER_AUTH_URL, which is /api/auth if it has none',
  ),
  JWT_ISSUER: text('accepted values of iss, comma-separated; default the origin of BETTER_AUTH_URL'),
  JWT_AUDIENCE: text('accepted values of aud, comma-separated; default the origin of BETTER_AUTH_URL'),
  JWKS_MAX_AGE_S: integer('maximum age of cached keys, in seconds', 600, 1, 86_400),
  JWKS_COOLDOWN_S: integer('minimum interval between two JWKS fetches, in seconds', 5, 1, 3600),
  HOST: text('address to listen on; default localhost, in production 0.0.0.0'),
  PORT: integer('port to listen on', 8000, 0, 65_535),
  TRUST_PROXY: text(
    'which proxies’ X-Forwarded-* headers to trust: true, false, a number of hops, or addresses',
  ),
  CORS_ORIGINS: text('origins that browsers may call the API from, comma-separated'),
  CORS_ALLOWED_HEADERS: text('additional request headers that browsers may send, comma-separated'),
  FRONT_END_COMPAT: text('settings for front ends that cannot be changed, comma-separated; default none'),
  RATE_LIMIT_MAX: optionalInteger('requests per minute and user; 0 means no limit', 0, 1_000_000),
  RATE_LIMIT_ADDRESS_MAX: optionalInteger(
    'requests per minute and address without a valid token; 0 means no limit',
    0,
    1_000_000,
  ),
  REDIS_URL: text('URL of the Redis that shares rate limits and notifications of changes between copies'),
  TRASH_DAYS: integer('how long deleted tasks can be restored, in days; 0 means no trash', 30, 0, 3650),
  MAX_REQUESTS_IN_FLIGHT: integer(
    'maximum number of requests in flight; more get a 503; 0 means no limit',
    2000,
    0,
    1_000_000,
  ),
  MAX_EVENT_LOOP_DELAY_MS: integer(
    'maximum event loop delay; above it requests get a 503; 0 means no limit',
    1000,
    0,
    60_000,
  ),
  MAX_CONNECTIONS: integer(
    'maximum number of connections; more are dropped; 0 means no limit',
    10_000,
    0,
    1_000_000,
  ),
  REQUEST_TIMEOUT_MS: integer('time limit for receiving a whole request', 30_000, 1000, 600_000),
  KEEP_ALIVE_TIMEOUT_MS: integer('idle time after which a connection is closed', 72_000, 1000, 86_400_000),
  SHUTDOWN_DELAY_MS: optionalInteger(
    'graceful shutdown: time to keep serving while /ready answers 503',
    0,
    600_000,
  ),
  SHUTDOWN_TIMEOUT_MS: integer('graceful shutdown: time limit for requests in flight', 10_000, 100, 600_000),
  METRICS: choice('serve /metrics', ['on', 'off'], 'on'),
  METRICS_PORT: optionalInteger('separate port for /metrics', 0, 65_535),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      minLength: 16,
      description: 'token that /metrics needs; production needs it or METRICS_PORT',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: text(
    'URL of an OpenTelemetry collector (OTLP over HTTP); unset means that nothing is sent',
  ),
  OTEL_TRACES_EXPORTER: choice('whether traces are sent to the collector', ['otlp', 'none'], 'otlp'),
  OTEL_METRICS_EXPORTER: choice('whether metrics are sent to the collector', ['otlp', 'none'], 'otlp'),
  LOG_LEVEL: choice(
    'minimum log level',
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
  ),
})
export type Environment = Static<typeof Environment>
