import { isIP } from 'node:net'
import { findUrlMistake } from './database-url.ts'
import { type Environment, EXAMPLE_SECRET } from './environment.ts'
import { checkFrontEnds } from './front-ends.ts'

/** Yields one sentence for each value that is wrong, by itself or together with another. */
export function* findMistakes(env: Environment): Generator<string> {
  yield* checkUrls(env)
  yield* checkDatabase(env)
  yield* checkTokens(env)
  yield* checkLists(env)
  yield* checkMetrics(env)
  yield* checkAddress(env)
}

/** The items of a comma-separated value. */
export function list(value: string | undefined): readonly string[] | undefined {
  const items = value?.split(',').map((item) => item.trim())
  return items && Object.freeze(items.filter(Boolean))
}

/** Fastify's form of TRUST_PROXY. A number is the number of proxies to trust. */
export function trustProxy(
  value = 'false',
): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (value === 'true' || value === 'false') return value === 'true'
  return /^\d+$/.test(value) ? (_address, hop) => hop < Number(value) : (list(value) as string[])
}

function* checkUrls(env: Environment) {
  const isUrl = (value: string | undefined, protocol: RegExp) =>
    value === undefined || (URL.canParse(value) && protocol.test(new URL(value).protocol))
  for (const name of ['BETTER_AUTH_URL', 'JWKS_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const) {
    if (!isUrl(env[name], /^https?:$/)) yield `${name} must be an http:// or https:// URL.`
  }
  if (!isUrl(env.REDIS_URL, /^rediss?:$/)) yield 'REDIS_URL must be a redis:// or rediss:// URL.'
}

function* checkDatabase(env: Environment) {
  if (env.DATABASE_URL === undefined)
    yield 'DATABASE_URL must be set: the service needs a PostgreSQL database.'
  for (const name of ['DATABASE_URL', 'DIRECT_URL'] as const) {
    const mistake = env[name] === undefined ? undefined : findUrlMistake(name, env[name])
    if (mistake !== undefined) yield mistake
  }
}

function* checkTokens(env: Environment) {
  if (URL.canParse(env.JWKS_URL ?? '') && new URL(env.JWKS_URL!).username !== '') {
    yield 'JWKS_URL must not contain a user name or a password: fetch refuses such URLs.'
  }
  const { BETTER_AUTH_SECRET: secret, BETTER_AUTH_URL: issuer, JWKS_URL: jwks } = env
  if (secret === undefined && issuer === undefined && jwks === undefined) {
    yield 'BETTER_AUTH_SECRET or BETTER_AUTH_URL must be set: without one of them no token can be verified.'
  }
  if (env.NODE_ENV === 'production' && secret === EXAMPLE_SECRET) {
    yield 'BETTER_AUTH_SECRET must not be the secret of .env.example: it is public.'
  }
  if (jwks !== undefined && issuer === undefined) {
    for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
      if (env[name] === undefined) yield `${name} must be set if JWKS_URL is set without BETTER_AUTH_URL.`
    }
  }
}

function* checkLists(env: Environment) {
  yield* checkCors(env)
  for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    if (list(env[name])?.length === 0) yield `${name} must name at least one value.`
  }
  yield* checkFrontEnds(list(env.FRONT_END_COMPAT) ?? [])
  const proxies = trustProxy(env.TRUST_PROXY)
  if (Array.isArray(proxies) && !proxies.every(isNetwork)) {
    yield 'TRUST_PROXY must be true, false, a number of proxies, or their addresses (10.0.0.0/8), comma-separated.'
  }
}

function* checkCors(env: Environment) {
  const origins = list(env.CORS_ORIGINS) ?? []
  // A URL may have * in its host, where it would match nothing.
  const isOrigin = (value: string) =>
    !value.includes('*') && URL.canParse(value) && new URL(value).origin === value
  if (!origins.every((value) => isOrigin(value.replace('//*.', '//label.')))) {
    yield 'CORS_ORIGINS must be origins such as https://app.example.com or https://*.example.app, comma-separated.'
  }
  if (origins.some((value) => value.includes('//*.') && !hasOwner(value))) {
    yield 'CORS_ORIGINS must not have a wildcard directly below a public suffix, as in https://*.com.'
  }
  if (list(env.CORS_ALLOWED_HEADERS)?.every((name) => /^[\w-]+$/.test(name)) === false) {
    yield 'CORS_ALLOWED_HEADERS must be names of headers such as X-Api-Version, comma-separated.'
  }
}

/** Second-level names below which countries register domains, as in co.uk or com.au. */
const SECOND_LEVEL =
  /^(ac|ad|co|com|ed|edu|gen|go|gob|gov|gouv|gv|id|ind|info|lg|ltd|me|mil|ne|net|nhs|nom|or|org|plc|sch|web)$/

/** Whether the name after the wildcard can be a registered domain: not a top-level domain and not a name such as co.uk. */
function hasOwner(origin: string): boolean {
  const [first = '', ...others] = new URL(origin.replace('//*.', '//')).hostname.split('.')
  return others.length > 1 || (others.length === 1 && !(others[0]!.length === 2 && SECOND_LEVEL.test(first)))
}

/** An IP address, or a range of them in CIDR notation. */
function isNetwork(value: string): boolean {
  const [address = '', bits = '1', ...rest] = value.split('/')
  const maximum = { 4: 32, 6: 128 }[isIP(address)] ?? 0
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= maximum
}

function* checkMetrics({ METRICS_TOKEN: token }: Environment) {
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    yield 'METRICS_TOKEN must consist of visible ASCII characters.'
}

function* checkAddress({ HOST: host, PORT: port, METRICS: metrics, METRICS_PORT: metricsPort }: Environment) {
  if (
    host !== undefined &&
    isIP(host) === 0 &&
    (/^\d+$/.test(host) || !/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(host))
  ) {
    yield 'HOST must be an IP address or a host name without a port, such as 0.0.0.0, :: or localhost. Set the port in PORT.'
  }
  if (metrics === 'on' && metricsPort === port && port !== 0)
    yield 'METRICS_PORT must not be the same as PORT.'
}
