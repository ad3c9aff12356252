import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { randomUUID } from 'node:crypto'
import { type IncomingMessage, METHODS as ALL_METHODS } from 'node:http'
import { durationOf } from './arrivals.ts'
import { describeFault } from './faults.ts'
import { countHeader } from './headers.ts'
import { METHODS } from './methods.ts'
import { problem } from './problem.ts'
import { answerTo } from './problems.ts'

/**
 * Called once per request: when its answer is sent, or when its connection closed before that.
 *
 * @param durationMs milliseconds from the end of its headers
 */
type Report = (request: FastifyRequest, reply: FastifyReply, status: number, durationMs: number) => void

declare module 'fastify' {
  interface FastifyInstance {
    onRequestEnd(report: Report): void
  }
  interface FastifyContextConfig {
    /** The answer never ends: it is not counted as a request in flight, and its client may disconnect at any time. */
    isEventStream?: true
  }
}

/** The status of a request whose client disconnected before its answer was complete. Proxies use it; it is not a standard. */
const CLIENT_GONE = 499

/** The caller's X-Request-Id, if it is short and safe in a log; otherwise a new one. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.~:-]{1,128}$/.test(given) ? given : randomUUID()
}

/** Several Host headers, or none, could name different services to different proxies (RFC 9112, 3.2). */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const count = countHeader(rawHeaders, 'host')
  return count === 1 || (count === 0 && httpVersion !== '1.1')
}

const ambiguousHost = () => problem('bad_host', { headers: { connection: 'close' } })

/** Node reads two thousand headers and silently drops the others, even a second Host. */
const MAX_HEADERS = 200

function refusalOf(request: IncomingMessage) {
  if (request.rawHeaders.length > 2 * MAX_HEADERS)
    return problem('headers_too_large', { values: [`more than ${MAX_HEADERS}`] })
  return hasOneHost(request) ? undefined : ambiguousHost()
}

/** The method, for metrics. Node accepts dozens of methods; those without a route share one name. */
export const methodOf = ({ method }: FastifyRequest) => (METHODS.has(method) ? method : '_OTHER')

/** The pattern of the route. Its path would make a time series for each id. */
export const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? 'unknown'

/** The user's id; undefined before the token is verified, and on routes without a token. */
export const userIdOf = ({ user }: FastifyRequest & { user?: { id: string } | null }) => user?.id

/** The id of every request, the checks of all requests, and their one line in the log. */
export const requests = fp(async (app) => {
  const reports: Report[] = [writeLine]
  const end = (request: FastifyRequest, reply: FastifyReply, status: number) => {
    reply.isReported = true
    const durationMs = durationOf(request, reply)
    for (const report of reports) report(request, reply, status, durationMs)
  }
  app.decorate('onRequestEnd', (report) => void reports.push(report))
  app.decorate('allowedMethods', new Map())
  app.decorateReply('isReported', false)
  app.decorateReply('fault', undefined)

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    // Fastify calls onResponse only for an answer that was sent completely. `on`, because `once` is slower.
    reply.raw.on('close', () => {
      if (!reply.isReported) end(request, reply, brokenStatus(request, reply))
    })
    done(refusalOf(request.raw))
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (!reply.isReported) end(request, reply, reply.statusCode)
    done()
  })

  // Without this, methods that no route has would not reach the 404 handler. QUERY would require a body.
  for (const method of ALL_METHODS)
    if (method === 'QUERY' || !app.supportedMethods.includes(method))
      app.addHttpMethod(method, { overrideExisting: true })
})

/** The status of an incomplete answer in log and metrics: that of the fault that broke it, else 499. */
function brokenStatus(request: FastifyRequest, reply: FastifyReply): number {
  if (reply.fault === undefined) {
    const isComplete = request.routeOptions.config.isEventStream && reply.raw.headersSent
    return isComplete ? reply.statusCode : CLIENT_GONE
  }
  const { status, code } = answerTo(reply.fault)
  reply.problemCode = code
  return status
}

const writeLine: Report = (request, reply, status, durationMs) => {
  // Undefined fields are left out.
  const line = {
    method: request.method,
    route: routeOf(request),
    status,
    code: reply.problemCode,
    duration_ms: Math.round(durationMs * 10) / 10,
    user_id: userIdOf(request),
  }
  if (reply.fault === undefined) return request.log.info(line, 'request')
  const { level, ...fault } = describeFault(reply.fault, status)
  request.log[level]({ ...line, ...fault }, 'request')
}
