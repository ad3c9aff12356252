/** The two variables that hold the URL of a PostgreSQL. */
export type DatabaseVariable = 'DATABASE_URL' | 'DIRECT_URL'

const ENCODE =
  'percent-encode special characters in the user name and the password (@ is %40, / is %2F, # is %23, ? is %3F, % is %25)'
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']

/**
 * A PostgreSQL URL in the one form that the driver, Prisma and `new URL` all understand.
 * libpq also accepts `user:password@/database?host=/socket` and `sslrootcert=system`; the driver accepts neither.
 */
export function normaliseDatabaseUrl(value: string): string {
  const url = parse(value)
  if (url === undefined) return value
  const { searchParams } = url
  if (searchParams.get('sslrootcert') === 'system') {
    searchParams.delete('sslrootcert')
    // As in libpq: the certificate authorities of the system verify host names.
    searchParams.set('sslmode', 'verify-full')
    return url.href
  }
  return hasNoHost(value) ? url.href : value
}

/** What is wrong with a PostgreSQL URL, as a sentence that quotes no part of it: a part may be a password. */
export function findUrlMistake(name: DatabaseVariable, value: string): string | undefined {
  if (/^\s*\w+\s*=/.test(value)) return `${name} must be a postgresql:// URL, not a list of key=value pairs.`
  if (!/^postgres(ql)?:\/\//i.test(value)) return `${name} must be a postgresql:// URL.`
  if (hostsOf(value).includes(',')) return `${name} must name one host: several hosts are not supported.`
  const url = parse(value)
  if (url === undefined || isBadlyEncoded(url)) return `${name} must be a valid URL: ${ENCODE}.`
  return findParameterMistake(name, url.searchParams)
}

/** An unencoded # or @ ends the password early, and its rest becomes a host, a path or a fragment. */
function isBadlyEncoded(url: URL): boolean {
  const { hash, pathname, search, username, password, href } = url
  if (hash !== '' || href.endsWith('#') || /@/.test(pathname + search)) return true
  // A second slash in the path belongs to a password too: in a database name it would be encoded.
  if (pathname.indexOf('/', 1) !== -1) return true
  try {
    return [username, password, pathname].map(decodeURIComponent).some((part) => part.includes('\0'))
  } catch {
    return true
  }
}

function findParameterMistake(name: DatabaseVariable, parameters: URLSearchParams): string | undefined {
  const schema = parameters.get('schema')
  // Migrations would use that schema, while the driver of the service ignores it.
  if (schema && schema !== 'public') return `${name} must not name a schema other than public.`
  for (const key of ['service', 'passfile', 'target_session_attrs', 'hostaddr']) {
    if (parameters.has(key)) return `${name} must not contain ${key}: it is not supported.`
  }
  const mode = parameters.get('sslmode')
  if (mode !== null && !SSL_MODES.includes(mode))
    return `${name} must have one of these as sslmode: ${SSL_MODES.join(', ')}.`
  return undefined
}

/** The part between the last @ and the path; empty if that @ belongs to a password with a slash. */
const hostsOf = (value: string) => /^\w+:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(value)![1]!

const hasNoHost = (value: string) => /^[^?/]*\/\/[^/?]*@(\/|\?|$)/.test(value)

function parse(value: string): URL | undefined {
  // `new URL` refuses a user without a host. The parameter `host`, or else the default, is the host then.
  const text = hasNoHost(value) ? value.replace(/@(?=[/?]|$)/, '@localhost') : value
  return URL.canParse(text) ? new URL(text) : undefined
}
