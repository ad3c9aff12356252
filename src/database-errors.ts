/** A failure as the driver adapter describes it to Prisma, or as pg throws it. */
interface DriverFailure {
  originalCode?: string
  kind?: string
  code?: string
  severity?: string
}

/** Prisma wraps what it is told, sometimes twice. */
function driverFailure(error: unknown): DriverFailure {
  const { meta, cause } = error as { meta?: { driverAdapterError?: unknown }; cause?: unknown }
  const inner = meta?.driverAdapterError ?? cause
  return typeof inner === 'object' && inner !== null ? driverFailure(inner) : (error as DriverFailure)
}

/**
 * The SQLSTATE behind an error of a statement.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function sqlState(error: unknown): string | undefined {
  const { originalCode, code, severity } = driverFailure(error)
  return originalCode ?? (severity === undefined ? undefined : code)
}

/** A server that is away, full, starting, stopping, read-only, or not migrated yet; a password that was changed. */
const UNAVAILABLE_STATE = /^(08|28|53|57|58|25006|3D000|42P01)/
const UNAVAILABLE_KIND = /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TlsConnectionError)$/
/** Of the socket, where pg could not even connect. */
const UNAVAILABLE_CODE = /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
/** pg reports these without any code. */
const UNAVAILABLE_MESSAGE =
  /connection (terminated|timeout|ended)|timeout exceeded when trying to connect|query read timeout|not queryable/i

/** Whether the database could not be reached or could not serve, rather than that a query was wrong. */
export function isDatabaseUnavailable(error: Error): boolean {
  const { kind = '', code = '' } = driverFailure(error)
  return (
    UNAVAILABLE_STATE.test(sqlState(error) ?? '') ||
    UNAVAILABLE_KIND.test(kind) ||
    UNAVAILABLE_CODE.test(code) ||
    UNAVAILABLE_MESSAGE.test(error.message)
  )
}
