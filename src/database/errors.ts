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

/**
 * A server that is away, full, starting, stopping, read-only, or not migrated yet; a password that was changed;
 * statements that were in each other's way, or forgotten, also when tried again; or mixed up by an old pooler.
 */
const UNAVAILABLE_STATE = /^(08|28|53|57|58|40|25006|26000|3D000|42P01|42P05|55P03)/
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

/** The server has lost a prepared statement, and did nothing. */
export const isForgotten = (error: Error) => sqlState(error) === '26000'

/** The server undid a transaction that was in the way of another. */
export const isUndone = (error: Error) => /^40(001|P01)$/.test(sqlState(error) ?? '')

/** The connection has ended or is about to. An error without a state is the driver's or the socket's. */
export const isConnectionLost = (error: Error) => /^(57P0[123]|08|$)/.test(sqlState(error) ?? '')

/** Another try at once would fare no better, or would keep a client waiting for twice as long as it may. */
export const isRefused = ({ message }: Error) =>
  /ECONNREFUSED|ENOTFOUND|timeout|starting up|too many|authentication/.test(message)
