/** What a driver adapter says of a failure; Prisma wraps it, sometimes twice. */
interface DriverFailure {
  originalCode?: string
  kind?: string
}

function driverFailure(error: unknown): DriverFailure {
  const { meta, cause } = error as { meta?: { driverAdapterError?: unknown }; cause?: unknown }
  const inner = meta?.driverAdapterError ?? cause
  return typeof inner === 'object' && inner !== null ? driverFailure(inner) : (error as DriverFailure)
}

/**
 * The SQLSTATE behind an error that Prisma threw.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const sqlState = (error: unknown): string | undefined => driverFailure(error).originalCode

/** A server that is away, full, starting, stopping, read-only, or not migrated yet; a password that was changed. */
const UNAVAILABLE_STATE = /^(08|28|53|57|58|25006|3D000|42P01)/
const UNAVAILABLE_KIND = /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TlsConnectionError)$/
/** pg reports these without any code. */
const UNAVAILABLE_MESSAGE =
  /connection (terminated|timeout|ended)|timeout exceeded when trying to connect|query read timeout|not queryable|EAI_AGAIN|EPIPE|EHOSTUNREACH|ENETUNREACH/i

/** Whether the database could not be reached or could not serve, rather than that a query was wrong. */
export function isDatabaseUnavailable(error: Error): boolean {
  const { originalCode = '', kind = '' } = driverFailure(error)
  return (
    UNAVAILABLE_STATE.test(originalCode) ||
    UNAVAILABLE_KIND.test(kind) ||
    UNAVAILABLE_MESSAGE.test(error.message)
  )
}
