import Fastify from 'fastify'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import t from 'tap'
import { ConfigError, createConfig } from '../src/config/config.ts'
import { loadEnvFile } from '../src/config/env-file.ts'
import { Environment, EXAMPLE_SECRET } from '../src/config/environment.ts'
import type { Variables } from '../src/config/read-environment.ts'

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
  const sentence = 'JWKS_URL must not contain a user name or a password: fetch refuses such URLs.'
  t.same(mistakesOf({ ...VALID, ...keys }), [sentence])
  t.same(mistakesOf({ ...VALID, DATABASE_URL: `${VALID.DATABASE_URL}?schema=public` }), [])
})

t.test('each mistake is one sentence that names its variable', async (t) => {
  const url = 'must be a postgresql:// URL.'
  const encode = `must be a valid URL: percent-encode special characters in the user name and the password (@ is %40, / is %2F, # is %23, ? is %3F, % is %25).`
  const host =
    'must be an IP address or a host name without a port, such as 0.0.0.0, :: or localhost. Set the port in PORT.'
  const web = 'must be an http:// or https:// URL.'
  const origins = 'must be origins such as https://app.example.com or https://*.example.app, comma-separated.'
  const suffix = 'must not have a wildcard directly below a public suffix, as in https://*.com.'
  const headers = 'must be names of headers such as X-Api-Version, comma-separated.'
  const proxies =
    'must be true, false, a number of proxies, or their addresses (10.0.0.0/8), comma-separated.'
  const frontEnds =
    'must be a comma-separated list of these words: list_envelope, is_completed, user_object, delete_json.'
  const cases: [name: keyof Environment, value: string, sentence: string][] = [
    ['NODE_ENV', 'staging', 'must be one of: development, test, production.'],
    ['DATABASE_URL', `mysql://me:${PASSWORD}@db/tasks`, url],
    ['DATABASE_URL', `postgresql://me:p#${PASSWORD}@db/tasks`, encode],
    ['DATABASE_URL', PASSWORD, url],
    ['DIRECT_URL', `me:${PASSWORD}@db`, url],
    ['DATABASE_POOL_MAX', '1', 'must be at least 2.'],
    ['DATABASE_CONNECT_TIMEOUT_MS', '5s', 'must be an integer.'],
    ['DATABASE_QUERY_TIMEOUT_MS', '1.5', 'must be an integer.'],
    ['DATABASE_PREPARED', 'yes', 'must be one of: on, off.'],
    ['DATABASE_PIPELINE', '0', 'must be one of: on, off.'],
    ['BETTER_AUTH_SECRET', SECRET.slice(0, 31), 'must have at least 32 characters.'],
    ['BETTER_AUTH_SECRET', '🔑'.repeat(31), 'must have at least 32 characters.'],
    ['BETTER_AUTH_URL', 'app.example.com', web],
    ['JWKS_URL', 'file:///etc/keys.json', web],
    ['FRONT_END_COMPAT', 'is_completed,envelope', frontEnds],
    ['FRONT_END_COMPAT', 'all', frontEnds],
    ['FRONT_END_COMPAT', 'is_completed delete_json', frontEnds],
    ['FRONT_END_COMPAT', 'IS_COMPLETED', frontEnds],
    ['DATABASE_URL', `${VALID.DATABASE_URL}?schema=app`, 'must not name a schema other than public.'],
    ['DIRECT_URL', `${VALID.DATABASE_URL}?schema=app`, 'must not name a schema other than public.'],
    ['JWT_ISSUER', ' , ', 'must name at least one value.'],
    ['JWT_AUDIENCE', ',', 'must name at least one value.'],
    ['JWKS_MAX_AGE_S', '-1', 'must be at least 1.'],
    ['JWKS_COOLDOWN_S', '3601', 'must be at most 3600.'],
    ['PORT', '65536', 'must be at most 65535.'],
    ['PORT', '8000 ,', 'must be an integer.'],
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
    ['HOST', '*', host],
    ['HOST', '0.0.0.0:8000', host],
    ['HOST', '[::1]', host],
    ['HOST', 'http://localhost', host],
    ['HOST', '8000', host],
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
    ['TRASH_DAYS', '-1', 'must be at least 0.'],
    ['REDIS_URL', `https://:${PASSWORD}@redis`, 'must be a redis:// or rediss:// URL.'],
    ['MAX_REQUESTS_IN_FLIGHT', '-1', 'must be at least 0.'],
    ['MAX_EVENT_LOOP_DELAY_MS', 'off', 'must be an integer.'],
    ['MAX_CONNECTIONS', 'many', 'must be an integer.'],
    ['REQUEST_TIMEOUT_MS', '0', 'must be at least 1000.'],
    ['SHUTDOWN_DELAY_MS', '-1', 'must be at least 0.'],
    ['SHUTDOWN_TIMEOUT_MS', '600001', 'must be at most 600000.'],
    ['METRICS', 'true', 'must be one of: on, off.'],
    ['METRICS_PORT', '8000', 'must not be the same as PORT.'],
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
  t.same(untried, [], 'every variable has a wrong value here')
})

t.test(
  'quotes and spaces that a shell or a .env file should have removed are refused, and the sentence does not repeat the value',
  async (t) => {
    const web = 'https://app.example.com'
    const cases: [name: string, value: string, sentence: string][] = [
      ['BETTER_AUTH_SECRET', `"${SECRET}"`, 'must not be in quotes.'],
      ['BETTER_AUTH_SECRET', `'${SECRET}'\n`, 'must not be in quotes.'],
      ['BETTER_AUTH_SECRET', `${SECRET}\n`, 'must not begin or end with a space or a line break.'],
      ['BETTER_AUTH_SECRET', ` ${SECRET}`, 'must not begin or end with a space or a line break.'],
      ['BETTER_AUTH_URL', `${web} `, 'must not begin or end with a space or a line break.'],
      ['DATABASE_URL', `${VALID.DATABASE_URL}\r`, 'must not begin or end with a space or a line break.'],
      ['JWT_ISSUER', `"${web}"`, 'must not be in quotes.'],
      [
        'BETTER_AUTH_SECRET',
        `\${SECRET_OF_MY_COMPANY} and more to be long`,
        'contains a reference such as ${NAME}. References are not expanded: write the value itself.',
      ],
    ]
    for (const [name, value, sentence] of cases) {
      const mistakes = mistakesOf({ ...VALID, [name]: value })
      t.equal(mistakes[0], `${name} ${sentence}`, JSON.stringify(value))
      t.notMatch(mistakes.join(), /hunter2|top-secret|MY_COMPANY/)
    }
    t.same(mistakesOf({ ...VALID, BETTER_AUTH_SECRET: `a "quote" in ${SECRET}` }), [])
    const lists = { JWT_ISSUER: ` ${web} , b `, CORS_ALLOWED_HEADERS: ' X-One , X-Two ' }
    t.same(mistakesOf({ ...VALID, ...lists }), [], 'lists may have spaces')
  },
)

t.test('a database URL whose password is not percent-encoded is refused, and no part is shown', async (t) => {
  const parts = [
    'p@ss/w#rd',
    'p/ss',
    '12/34',
    'p#ss',
    'p?ss',
    '1?x',
    'p%ss',
    '%',
    'p%zz',
    '#',
    'p/s@s',
    '\\@/x',
  ]
  for (const password of parts) {
    const [mistake = '', ...others] = mistakesOf({
      ...VALID,
      DATABASE_URL: `postgresql://me:${password}@db.example.com:5432/tasks`,
    })
    t.match(mistake, /^DATABASE_URL must be a valid URL: percent-encode/, password)
    t.same(others, [])
  }
  for (const [value, sentence] of [
    ['host=db password=secret dbname=tasks', /not a list of key=value pairs/],
    ['postgresql://me:secret@one:5432,two:5432/tasks', /several hosts are not supported/],
    ['postgresql://me:secret@db/tasks?service=x', /must not contain service: it is not supported/],
    ['postgresql://me:secret@db/tasks?sslmode=strict', /sslmode: disable, prefer/],
    ['prisma+postgres://me:secret@db/tasks', /must be a postgresql:\/\/ URL/],
  ] as const) {
    const mistakes = mistakesOf({ ...VALID, DATABASE_URL: value }).join()
    t.match(mistakes, sentence)
    t.notMatch(mistakes, /secret/)
  }
})

t.test(
  'database URLs in the forms of libpq are accepted: sockets, system certificate authorities, encoded passwords',
  async (t) => {
    const urlOf = (value: string) => createConfig({ ...VALID, DATABASE_URL: value }).database.url
    const connectionOf = (value: string) => new pg.Client(urlOf(value))
    t.match(connectionOf('postgresql://me:pw@/tasks?host=/run/postgresql'), {
      host: '/run/postgresql',
      user: 'me',
      password: 'pw',
      database: 'tasks',
    })
    t.match(connectionOf('postgresql:///tasks?host=/run/postgresql&user=me'), {
      host: '/run/postgresql',
      database: 'tasks',
    })
    t.match(connectionOf('postgresql://me:pw@%2Frun%2Fpostgresql/tasks'), { host: '/run/postgresql' })
    t.match(connectionOf('postgresql://me:p%40s%2Fs%23@db:5433/tasks'), { password: 'p@s/s#', port: 5433 })
    t.match(connectionOf('postgresql://me:p@ss@db/tasks'), { password: 'p@ss', host: 'db' }, 'not ambiguous')
    const system = new URL(urlOf('postgresql://me:pw@db/tasks?sslrootcert=system'))
    t.equal(system.search, '?sslmode=verify-full')
    t.match(connectionOf(system.href), { ssl: {} })
    for (const value of ['postgresql://me:pw@/tasks?host=/run/postgresql', VALID.DATABASE_URL])
      t.ok(URL.canParse(urlOf(value)), 'Prisma can also read it')
  },
)

t.test('a .env file is read whatever its byte order mark and line ends, and UTF-16 is refused', async (t) => {
  const load = (content: Buffer | string, given: Record<string, string> = {}) => {
    const folder = t.testdir()
    const path = join(folder, '.env')
    writeFileSync(path, content)
    const variables = { ...given }
    loadEnvFile(path, variables)
    return variables
  }
  const text = 'DATABASE_URL="postgresql://db/x"\nPORT=8001 # a comment\n'
  const expected = { DATABASE_URL: 'postgresql://db/x', PORT: '8001' }
  t.same(load(text), expected)
  t.same(load(`\uFEFF${text}`), expected)
  t.same(load(text.replaceAll('\n', '\r\n')), expected)
  t.same(load(text, { PORT: '1' }), { ...expected, PORT: '1' }, 'given variables win over the file')
  t.same(load('AB=1\nDE=2'), { AB: '1', DE: '2' })
  t.same(load(''), {})
  const little = Buffer.from(`\uFEFF${text}`, 'utf16le')
  for (const content of [little, Buffer.from(little).swap16(), little.subarray(2)])
    t.throws(() => load(content), { message: /\.env must be saved as UTF-8, not as UTF-16\.$/ })
  t.throws(() => load(Buffer.from('NAME=M\xfcller', 'latin1')), { message: /must be saved as UTF-8\.$/ })
  const none: Record<string, string> = {}
  loadEnvFile(join(t.testdir(), 'nothing-here'), none)
  t.same(none, {})
})

t.test('all mistakes are reported at once, and no sentence contains a secret', async (t) => {
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

t.test('production refuses unsafe settings', async (t) => {
  const noDatabase = 'DATABASE_URL must be set: the service needs a PostgreSQL database.'
  const noTokens =
    'BETTER_AUTH_SECRET or BETTER_AUTH_URL must be set: without one of them no token can be verified.'
  const known = 'BETTER_AUTH_SECRET must not be the secret of .env.example: it is public.'
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

t.test('a JWKS_URL without BETTER_AUTH_URL needs JWT_ISSUER and JWT_AUDIENCE', async (t) => {
  const variables = { DATABASE_URL: VALID.DATABASE_URL, JWKS_URL: 'https://keys.example.com' }
  t.same(mistakesOf(variables), [
    'JWT_ISSUER must be set if JWKS_URL is set without BETTER_AUTH_URL.',
    'JWT_AUDIENCE must be set if JWKS_URL is set without BETTER_AUTH_URL.',
  ])
  const { tokens } = createConfig({ ...variables, JWT_ISSUER: 'a, b,', JWT_AUDIENCE: 'c' })
  t.match(tokens.jwks, { url: 'https://keys.example.com', issuer: ['a', 'b'], audience: ['c'] })
})

t.test('variables that are not set have their defaults', async (t) => {
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
    rateLimit: { max: 0, maxByAddress: 0 },
    redisUrl: undefined,
    metrics: { enabled: true, port: undefined, isPublic: true },
    frontEndSettings: [],
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

t.test('variables that are set replace the defaults', async (t) => {
  const config = createConfig({
    ...PRODUCTION,
    BETTER_AUTH_URL: 'https://app.example.com/',
    CORS_ORIGINS: ' https://a.example.com , http://localhost:5173,https://*.team.vercel.app,',
    CORS_ALLOWED_HEADERS: 'X-One, x_two',
    FRONT_END_COMPAT: 'delete_json, list_envelope,',
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
    frontEndSettings: ['delete_json', 'list_envelope'],
    tokens: {
      issuer: undefined,
      jwks: { issuer: ['https://app.example.com'], maxAgeMs: 600_000, cooldownMs: 5000 },
    },
    rateLimit: { max: 0, maxByAddress: 7 },
    metrics: { enabled: false },
  })
})

t.test(
  'the default JWKS URL is under the path of BETTER_AUTH_URL, or under /api/auth if it has no path',
  async (t) => {
    for (const [issuer, keys] of [
      ['https://app.example.com', 'https://app.example.com/api/auth/jwks'],
      ['https://app.example.com/', 'https://app.example.com/api/auth/jwks'],
      ['https://app.example.com/api/auth', 'https://app.example.com/api/auth/jwks'],
      ['https://app.example.com/shop/auth', 'https://app.example.com/shop/auth/jwks'],
      ['https://app.example.com/shop/auth/', 'https://app.example.com/shop/auth/jwks'],
    ] as const) {
      const { tokens, http } = createConfig({ ...VALID, BETTER_AUTH_URL: issuer })
      t.match(
        tokens.jwks,
        { url: keys, issuer: ['https://app.example.com'], audience: ['https://app.example.com'] },
        issuer,
      )
      t.same(http.corsOrigins, ['https://app.example.com', 'http://localhost:3000'])
    }
  },
)

t.test('TRUST_PROXY is all, none, a number, or addresses', async (t) => {
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

t.test('the configuration is frozen, lists included', async (t) => {
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
    ['EXTERNAL_TABLES', 'SHADOW_DATABASE_URL', 'PRISMA_SCHEMA_ENGINE_BINARY'],
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

t.test('a process with a wrong environment exits with 1 and one sentence per mistake', async (t) => {
  const variables = {
    NODE_ENV: 'production',
    DATABASE_URL: PASSWORD,
    BETTER_AUTH_SECRET: 'hunter2',
    PORT: 'http',
  }
  const args = [join(import.meta.dirname, '../src/server.ts')]
  // In another folder, so that no .env file is read.
  const service = spawn(process.execPath, args, {
    cwd: t.testdir(),
    env: { PATH: process.env.PATH, NODE_OPTIONS: process.env.NODE_OPTIONS, ...variables },
  })
  const ended = new Promise<number | null>((resolve) => service.once('exit', resolve))
  const [stdout, stderr] = await Promise.all([text(service.stdout), text(service.stderr)])
  t.equal(await ended, 1)
  t.equal(stdout, '')
  t.same(stderr.trim().split('\n').sort(), [...mistakesOf(variables)].sort())
  t.equal(mistakesOf(variables).length, 3)
  t.notMatch(stderr, /hunter2/)
})
