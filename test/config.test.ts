import Fastify from 'fastify'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { ConfigError, createConfig } from '../src/config/config.ts'
import { Environment, EXAMPLE_SECRET, type Variables } from '../src/config/environment.ts'

const PASSWORD = 'hunter2-the-password'
const SECRET = 'top-secret-value-that-is-long-enough'
const VALID = { DATABASE_URL: `postgresql://me:${PASSWORD}@db.example.com/tasks`, BETTER_AUTH_SECRET: SECRET }
const PRODUCTION = { ...VALID, NODE_ENV: 'production' }

function mistakesOf(variables: Variables): readonly string[] {
  try {
    createConfig(variables)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}

t.test('a JWKS URL with a password is refused, without repeating it', async (t) => {
  const keys = { JWKS_URL: `https://me:${PASSWORD}@keys.example.com/`, JWT_ISSUER: 'x', JWT_AUDIENCE: 'x' }
  const sentence = 'JWKS_URL must not hold a user name or a password: nothing could be fetched from it.'
  t.same(mistakesOf({ ...VALID, ...keys }), [sentence])
  t.same(mistakesOf({ ...VALID, DATABASE_URL: `${VALID.DATABASE_URL}?schema=public` }), [])
})

t.test('each mistake is one sentence that names its variable', async (t) => {
  const url = 'must be a postgresql:// URL.'
  const web = 'must be an http:// or https:// URL.'
  const origins = 'must be origins such as https://app.example.com or https://*.example.app, comma-separated.'
  const suffix = 'must not have a wildcard directly below a public suffix, as in https://*.com.'
  const headers = 'must be names of headers such as X-Api-Version, comma-separated.'
  const proxies =
    'must be true, false, a number of proxies, or their addresses (10.0.0.0/8), comma-separated.'
  const cases: [name: keyof Environment, value: string, sentence: string][] = [
    ['NODE_ENV', 'staging', 'must be one of: development, test, production.'],
    ['DATABASE_URL', `mysql://me:${PASSWORD}@db/tasks`, url],
    ['DATABASE_URL', `postgresql://me:p#${PASSWORD}@db/tasks`, url],
    ['DATABASE_URL', PASSWORD, url],
    ['DIRECT_URL', `me:${PASSWORD}@db`, url],
    ['DATABASE_POOL_MAX', '0', 'must be at least 1.'],
    ['DATABASE_CONNECT_TIMEOUT_MS', '5s', 'must be integer.'],
    ['DATABASE_QUERY_TIMEOUT_MS', '1.5', 'must be integer.'],
    ['DATABASE_PREPARED', 'yes', 'must be one of: on, off.'],
    ['BETTER_AUTH_SECRET', SECRET.slice(0, 31), 'must have at least 32 characters.'],
    ['BETTER_AUTH_SECRET', '🔑'.repeat(31), 'must have at least 32 characters.'],
    ['BETTER_AUTH_URL', 'app.example.com', web],
    ['JWKS_URL', 'file:///etc/keys.json', web],
    ['DATABASE_URL', `${VALID.DATABASE_URL}?schema=app`, 'must not name a schema other than public.'],
    ['DIRECT_URL', `${VALID.DATABASE_URL}?schema=app`, 'must not name a schema other than public.'],
    ['JWT_ISSUER', ' , ', 'must name at least one value.'],
    ['JWT_AUDIENCE', ',', 'must name at least one value.'],
    ['JWKS_MAX_AGE_S', '-1', 'must be at least 1.'],
    ['JWKS_COOLDOWN_S', '3601', 'must be at most 3600.'],
    ['PORT', '65536', 'must be at most 65535.'],
    ['PORT', '8000 ,', 'must be integer.'],
    ['PORT', 'Infinity', 'must be at most 65535.'],
    ['TRUST_PROXY', 'TRUE', proxies],
    ['TRUST_PROXY', '10.0.0.0/33', proxies],
    ['TRUST_PROXY', '10.0.0.0/0', proxies],
    ['TRUST_PROXY', '::1/129', proxies],
    ['TRUST_PROXY', '10.0.0.0/8/8', proxies],
    ['TRUST_PROXY', '10.0.0.1,proxy.example.com', proxies],
    ['CORS_ORIGINS', '*', origins],
    ['CORS_ORIGINS', 'https://app.example.com/', origins],
    ['CORS_ORIGINS', 'https://app.example.com,null', origins],
    ['CORS_ORIGINS', 'https://*', origins],
    ['CORS_ORIGINS', 'https://*.*.example.app', origins],
    ['CORS_ORIGINS', 'https://app-*.example.app', origins],
    ['CORS_ORIGINS', 'https://app.*.example.app', origins],
    ['CORS_ORIGINS', 'https://*.example.app/', origins],
    ['CORS_ORIGINS', '*.example.app', origins],
    ['CORS_ORIGINS', 'https://*.com', suffix],
    ['CORS_ORIGINS', 'http://*.localhost:3000', suffix],
    ['CORS_ORIGINS', 'https://*.co.uk', suffix],
    ['CORS_ORIGINS', 'https://app.example.com,https://*.com.au:8443', suffix],
    ['CORS_ALLOWED_HEADERS', '*', headers],
    ['CORS_ALLOWED_HEADERS', 'X-One, X Two', headers],
    ['CORS_ALLOWED_HEADERS', 'X-One: 1', headers],
    ['KEEP_ALIVE_TIMEOUT_MS', '999', 'must be at least 1000.'],
    ['METRICS_TOKEN', 'x'.repeat(15), 'must have at least 16 characters.'],
    ['METRICS_TOKEN', 'a token with some spaces', 'must consist of visible ASCII characters.'],
    ['RATE_LIMIT_MAX', '-1', 'must be at least 0.'],
    ['RATE_LIMIT_ADDRESS_MAX', '1000001', 'must be at most 1000000.'],
    ['REDIS_URL', `https://:${PASSWORD}@redis`, 'must be a redis:// or rediss:// URL.'],
    ['MAX_REQUESTS_IN_FLIGHT', '-1', 'must be at least 0.'],
    ['MAX_EVENT_LOOP_DELAY_MS', 'off', 'must be integer.'],
    ['MAX_CONNECTIONS', 'many', 'must be integer.'],
    ['REQUEST_TIMEOUT_MS', '0', 'must be at least 1000.'],
    ['SHUTDOWN_DELAY_MS', '-1', 'must be at least 0.'],
    ['SHUTDOWN_TIMEOUT_MS', '600001', 'must be at most 600000.'],
    ['METRICS', 'true', 'must be one of: on, off.'],
    ['METRICS_PORT', '8000', 'must not be PORT.'],
    ['METRICS_PORT', '99999', 'must be at most 65535.'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317', web],
    ['OTEL_TRACES_EXPORTER', 'console', 'must be one of: otlp, none.'],
    ['OTEL_METRICS_EXPORTER', 'prometheus', 'must be one of: otlp, none.'],
    ['LOG_LEVEL', 'verbose', 'must be one of: trace, debug, info, warn, error, fatal, silent.'],
  ]
  for (const [name, value, sentence] of cases) {
    t.same(
      mistakesOf({ ...VALID, BETTER_AUTH_URL: 'https://app.example.com', [name]: value }),
      [`${name} ${sentence}`],
      `${name}=${value}`,
    )
  }
  const untried = Object.keys(Environment.properties).filter(
    (name) => !cases.some(([tried]) => tried === name),
  )
  t.same(
    untried.filter((name) => name !== 'HOST'),
    [],
    'every variable but HOST, which takes any text',
  )
})

t.test('all mistakes are told at once, and none tells a secret', async (t) => {
  const mistakes = mistakesOf({
    NODE_ENV: 'production',
    DATABASE_URL: PASSWORD,
    BETTER_AUTH_SECRET: 'hunter2',
    PORT: 'http',
    REDIS_URL: PASSWORD,
    JWT_ISSUER: ',',
  })
  const names = mistakes.map((sentence) => sentence.split(' ')[0])
  t.same(names.sort(), ['BETTER_AUTH_SECRET', 'DATABASE_URL', 'JWT_ISSUER', 'PORT', 'REDIS_URL'])
  t.notMatch(mistakes.join(), /hunter2/)
  t.equal(new ConfigError(mistakes).message, mistakes.join('\n'))
})

t.test('production refuses what is unsafe', async (t) => {
  const noDatabase = 'DATABASE_URL must be set: the service needs a PostgreSQL.'
  const noTokens =
    'BETTER_AUTH_SECRET or BETTER_AUTH_URL must be set: without either no token can be verified.'
  const known = 'BETTER_AUTH_SECRET is the one from .env.example: everybody knows it.'
  t.same(mistakesOf({ NODE_ENV: 'production' }), [noDatabase, noTokens])
  t.same(mistakesOf({ ...PRODUCTION, DATABASE_URL: '' }), [noDatabase], 'empty is not set')
  t.same(mistakesOf({ ...PRODUCTION, BETTER_AUTH_SECRET: undefined }), [noTokens])
  t.same(mistakesOf({ ...PRODUCTION, BETTER_AUTH_SECRET: EXAMPLE_SECRET }), [known])
  t.same(mistakesOf({ ...VALID, BETTER_AUTH_SECRET: EXAMPLE_SECRET }), [], 'fine for a first try')
  t.same(mistakesOf(PRODUCTION), [])
  t.same(
    mistakesOf({ ...PRODUCTION, BETTER_AUTH_SECRET: '', BETTER_AUTH_URL: 'https://app.example.com' }),
    [],
  )
})

t.test('keys of a foreign issuer need to be told who that is', async (t) => {
  const variables = { DATABASE_URL: VALID.DATABASE_URL, JWKS_URL: 'https://keys.example.com' }
  t.same(mistakesOf(variables), [
    'JWT_ISSUER must be set where JWKS_URL is set without BETTER_AUTH_URL.',
    'JWT_AUDIENCE must be set where JWKS_URL is set without BETTER_AUTH_URL.',
  ])
  const { tokens } = createConfig({ ...variables, JWT_ISSUER: 'a, b,', JWT_AUDIENCE: 'c' })
  t.match(tokens.jwks, { url: 'https://keys.example.com', issuer: ['a', 'b'], audience: ['c'] })
})

t.test('what is not set has its default', async (t) => {
  t.match(createConfig(VALID), {
    production: false,
    logLevel: 'info',
    http: {
      host: 'localhost',
      port: 8000,
      trustProxy: false,
      corsOrigins: ['http://localhost:3000'],
      corsAllowedHeaders: [],
      keepAliveTimeoutMs: 72_000,
      shutdownDelayMs: 0,
    },
    database: { url: VALID.DATABASE_URL, poolMax: 10, prepared: true },
    tokens: { secret: SECRET, issuer: undefined, audience: undefined, jwks: undefined },
    rateLimit: { max: 0, maxByAddress: 0, redisUrl: undefined },
    metrics: { enabled: true, port: undefined, isPublic: true },
  })
  const production = createConfig(PRODUCTION)
  t.match(production, {
    production: true,
    http: { host: '0.0.0.0', shutdownDelayMs: 5000 },
    rateLimit: { max: 600, maxByAddress: 300 },
    metrics: { enabled: true, isPublic: false },
  })
  const empty = Object.fromEntries(Object.keys(Environment.properties).map((name) => [name, '']))
  t.same(createConfig({ ...empty, ...VALID }), createConfig(VALID), 'empty is not set')
})

t.test('what is set is taken', async (t) => {
  const config = createConfig({
    ...PRODUCTION,
    BETTER_AUTH_URL: 'https://app.example.com/',
    CORS_ORIGINS: ' https://a.example.com , http://localhost:5173,https://*.team.vercel.app,',
    CORS_ALLOWED_HEADERS: 'X-One, x_two',
    KEEP_ALIVE_TIMEOUT_MS: '620000',
    DATABASE_PREPARED: 'off',
    HOST: '::1',
    METRICS: 'off',
    METRICS_PORT: '8000',
    RATE_LIMIT_MAX: '0',
    RATE_LIMIT_ADDRESS_MAX: '7',
    MAX_CONNECTIONS: '5',
  })
  t.match(config, {
    http: {
      host: '::1',
      maxConnections: 5,
      corsOrigins: ['https://a.example.com', 'http://localhost:5173', 'https://*.team.vercel.app'],
      corsAllowedHeaders: ['X-One', 'x_two'],
      keepAliveTimeoutMs: 620_000,
    },
    database: { prepared: false },
    tokens: {
      issuer: undefined,
      jwks: { issuer: ['https://app.example.com'], maxAgeMs: 600_000, cooldownMs: 5000 },
    },
    rateLimit: { max: 0, maxByAddress: 7 },
    metrics: { enabled: false },
  })
})

t.test('the keys are where Better Auth publishes them, however its URL is written', async (t) => {
  for (const [issuer, keys] of [
    ['https://app.example.com', 'https://app.example.com/api/auth/jwks'],
    ['https://app.example.com/', 'https://app.example.com/api/auth/jwks'],
    ['https://app.example.com/api/auth', 'https://app.example.com/api/auth/jwks'],
    ['https://app.example.com/sub//', 'https://app.example.com/sub/api/auth/jwks'],
  ] as const) {
    const { tokens, http } = createConfig({ ...VALID, BETTER_AUTH_URL: issuer })
    t.match(
      tokens.jwks,
      { url: keys, issuer: ['https://app.example.com'], audience: ['https://app.example.com'] },
      issuer,
    )
    t.same(http.corsOrigins, ['https://app.example.com', 'http://localhost:3000'])
  }
})

t.test('proxies are all, none, a number, or addresses', async (t) => {
  const trust = (value: string) => createConfig({ ...VALID, TRUST_PROXY: value }).http.trustProxy
  t.equal(trust('true'), true)
  t.equal(trust('false'), false)
  t.equal(trust(''), false)
  const hops = trust('2') as (address: string, hop: number) => boolean
  t.same(
    [0, 1, 2].map((hop) => hops('192.0.2.1', hop)),
    [true, true, false],
  )
  t.equal((trust('0') as typeof hops)('192.0.2.1', 0), false)
  const addresses = ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/1']
  t.same(trust(addresses.join(', ')), addresses)
  for (const value of ['true', '2', addresses.join()])
    t.doesNotThrow(() => Fastify({ trustProxy: trust(value) }), value)
})

t.test('the configuration cannot be changed, down to its lists', async (t) => {
  const config = createConfig({
    ...VALID,
    BETTER_AUTH_URL: 'https://app.example.com',
    JWT_ISSUER: 'a',
    TRUST_PROXY: '::1',
  })
  const assertFrozen = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return
    t.ok(Object.isFrozen(value), path)
    for (const [name, inner] of Object.entries(value)) assertFrozen(inner, `${path}.${name}`)
  }
  assertFrozen(config, 'config')
})

t.test('.env.example shows every variable with its default, and no other', async (t) => {
  const file = readFileSync(join(import.meta.dirname, '../.env.example'), 'utf8')
  const [service = '', tools = ''] = file.split('# --- Tools only')
  const shown = (part: string) =>
    [...part.matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!] as const)
  const names = shown(service).map(([name]) => name)
  t.same(names.toSorted(), Object.keys(Environment.properties).sort())
  t.same(
    shown(tools).map(([name]) => name),
    ['SHADOW_DATABASE_URL', 'PRISMA_SCHEMA_ENGINE_BINARY'],
  )
  const defaults = Object.entries(Environment.properties).filter(([, schema]) => 'default' in schema)
  t.match(
    Object.fromEntries(shown(service)),
    Object.fromEntries(defaults.map(([name, schema]) => [name, String(schema.default)])),
  )
  t.equal(Object.fromEntries(shown(service)).BETTER_AUTH_SECRET, EXAMPLE_SECRET)

  const everything = Object.fromEntries(shown(service))
  t.same(mistakesOf(everything), [], 'everything it shows is valid')
  const live = shown(service).filter(([name]) => new RegExp(`^${name}=`, 'm').test(service))
  t.same(
    Object.fromEntries(live),
    { BETTER_AUTH_SECRET: EXAMPLE_SECRET },
    'and a mere copy changes nothing else',
  )
})

t.test('a process with a wrong environment ends with 1 and one sentence per mistake', async (t) => {
  const variables = {
    NODE_ENV: 'production',
    DATABASE_URL: PASSWORD,
    BETTER_AUTH_SECRET: 'hunter2',
    PORT: 'http',
  }
  const args = ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, '../src/server.ts')]
  // Elsewhere, so that nobody's .env takes part.
  const service = spawn(process.execPath, args, {
    cwd: t.testdir(),
    // Its own loader compiles in its own way: its coverage would not fit that of the tests.
    env: { PATH: process.env.PATH, _TAPJS_PROCESSINFO_COVERAGE_: '0', ...variables },
  })
  const ended = new Promise<number | null>((resolve) => service.once('exit', resolve))
  const [stdout, stderr] = await Promise.all([text(service.stdout), text(service.stderr)])
  t.equal(await ended, 1)
  t.equal(stdout, '')
  t.same(stderr.trim().split('\n').sort(), [...mistakesOf(variables)].sort())
  t.equal(mistakesOf(variables).length, 3)
  t.notMatch(stderr, /hunter2/)
})
