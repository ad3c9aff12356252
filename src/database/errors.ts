/** A failure as pg throws it, as the driver adapter describes it to Prisma, or as Prisma throws it. */
interface Failure {
  code?: string
  originalCode?: string
  kind?: string
  severity?: string
}

/** What a failure means, and so what to do about it. */
export type Fault =
  /** No connection could be opened. Another try at once would fail the same way. */
  | 'refused'
  /** A connection ended while it was used. The server may or may not have run the statement. */
  | 'lost'
  /** The server rolled the statement back because of another transaction. It can be repeated. */
  | 'undone'
  /** The server does not know, or already knows, a prepared statement. It did nothing. */
  | 'unprepared'
  /** The server stopped the statement: it took too long, or somebody cancelled it. It did nothing. */
  | 'cancelled'
  /** Another transaction held a lock for longer than the statement waits for it. It did nothing. */
  | 'locked'
  /** The client left before the statement was sent. It was not sent. */
  | 'abandoned'
  /** The server cannot do this at the moment, because it is full or read-only for example. */
  | 'unavailable'
  /** A table, column or function that this version needs does not exist. */
  | 'not_migrated'
  /** The statement was wrong, or violated a constraint. */
  | 'other'

/**
 * By SQLSTATE; the longest prefix counts.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const BY_STATE: Readonly<Record<string, Fault>> = {
  '08': 'lost',
  '25006': 'unavailable',
  '26000': 'unprepared',
  '28': 'refused',
  '3D000': 'refused',
  '40': 'unavailable',
  '40001': 'undone',
  '40P01': 'undone',
  '42704': 'not_migrated',
  '42703': 'not_migrated',
  '42883': 'not_migrated',
  '42P01': 'not_migrated',
  '42P05': 'unprepared',
  '53': 'unavailable',
  '53300': 'refused',
  '55P03': 'locked',
  '57': 'lost',
  '57014': 'cancelled',
  '57P03': 'refused',
  '58': 'unavailable',
}
/** Codes of Prisma and of its driver adapter, where it does not pass on a SQLSTATE. */
const BY_PRISMA: Readonly<Record<string, Fault>> = {
  P1001: 'refused',
  P1002: 'refused',
  P1008: 'cancelled',
  P1017: 'lost',
  P2021: 'not_migrated',
  P2022: 'not_migrated',
  P2024: 'unavailable',
  P2028: 'unavailable',
  DatabaseNotReachable: 'refused',
  TlsConnectionError: 'refused',
  ConnectionClosed: 'lost',
  SocketTimeout: 'lost',
}
/** Codes of sockets, where pg could not even connect, or lost the connection. */
const BY_SOCKET: Readonly<Record<string, Fault>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'refused',
  EAI_AGAIN: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ENOENT: 'refused',
  ETIMEDOUT: 'lost',
  ECONNRESET: 'lost',
  EPIPE: 'lost',
}
/** pg reports these without any code. */
const BY_MESSAGE: readonly (readonly [RegExp, Fault])[] = [
  [/timeout exceeded when trying to connect|timeout expired|connection timeout/i, 'refused'],
  [/connection (terminated|ended|was closed)|not queryable|Client was closed/i, 'lost'],
]

/** A fault that this service finds itself, for example when it gives a statement up. */
export class DatabaseError extends Error {
  readonly fault: Fault

  constructor(fault: Fault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

/** Prisma wraps what it is told, sometimes twice. */
function innermost(error: unknown): Failure {
  const { meta, cause } = error as { meta?: { driverAdapterError?: unknown }; cause?: unknown }
  const inner = meta?.driverAdapterError ?? cause
  return typeof inner === 'object' && inner !== null ? innermost(inner) : (error as Failure)
}

/** The SQLSTATE of a failed statement; undefined if the failure did not come from the server. */
export function sqlState(error: unknown): string | undefined {
  const { originalCode, code, severity } = innermost(error)
  return originalCode ?? (severity === undefined ? undefined : code)
}

/** Decides what a failure means. If there is a SQLSTATE, it alone decides. */
export function classify(error: Error): Fault {
  if (error instanceof DatabaseError) return error.fault
  const state = sqlState(error)
  if (state !== undefined) return BY_STATE[state] ?? BY_STATE[state.slice(0, 2)] ?? 'other'
  const { kind = '', code = '' } = innermost(error)
  const { code: outer = '' } = error as Failure
  return (
    BY_PRISMA[kind] ??
    BY_PRISMA[outer] ??
    BY_SOCKET[code] ??
    BY_MESSAGE.find(([words]) => words.test(error.message))?.[1] ??
    'other'
  )
}

/** Whether the database is at fault, and not the statement: the client gets a 503 and may try again. */
export const isDatabaseUnavailable = (error: Error) => !['other', 'not_migrated'].includes(classify(error))

/** One line for the log: what went wrong, and what to do about it. */
export function reasonOf(error: Error): string {
  // Prisma puts an excerpt of the source code above its message.
  const reason = error.message.trim().split('\n').at(-1)!
  return classify(error) === 'not_migrated' ? `run prisma migrate deploy: ${reason}` : reason
}
