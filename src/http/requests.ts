import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { randomUUID } from 'node:crypto'
import { type IncomingMessage, METHODS as ALL_METHODS } from 'node:http'
import { isUtf8 } from 'node:buffer'
import { problem } from './problem.ts'

/** Told once about every request: when its answer has left, or when its client has gone before that. */
type Report = (request: FastifyRequest, reply: FastifyReply, status: number) => void

declare module 'fastify' {
  interface FastifyInstance {
    onRequestEnd(report: Report): void
  }
}

/** In place of a status that nobody was there to see. The number is a custom of proxies, not a standard. */
const CLIENT_GONE = 499

/** The caller's X-Request-Id, where it is short and harmless in a log; else a fresh one. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.~:-]{1,128}$/.test(given) ? given : randomUUID()
}

/** Neither no Host nor several (RFC 9112, 3.2): two services on the way might each believe another. */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const names = rawHeaders.filter(
    (text, index) => index % 2 === 0 && text.length === 4 && /^host$/i.test(text),
  )
  return names.length === 1 || (names.length === 0 && httpVersion !== '1.1')
}

const ambiguousHost = () => problem('bad_host', { headers: { connection: 'close' } })

/** Node reads two thousand and drops the others without a word, be it a second Host. */
const MAX_HEADERS = 200

function refusalOf(request: IncomingMessage) {
  if (request.rawHeaders.length > 2 * MAX_HEADERS)
    return problem('headers_too_large', { values: [`more than ${MAX_HEADERS}`] })
  return hasOneHost(request) ? undefined : ambiguousHost()
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Node takes dozens of methods; those that no route has are one. */
export const methodOf = ({ method }: FastifyRequest) => (METHODS.has(method) ? method : '_OTHER')

/** The pattern, never the path: ids would make a time series each. */
export const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? 'unknown'

/** Who calls; undefined before that is known, and where nobody asks. */
export const userIdOf = ({ user }: FastifyRequest & { user?: { id: string } | null }) => user?.id

/** How every request is read and reported: its id, its body, its one line in the log. */
export const requests = fp(async (app) => {
  const reports: Report[] = [writeLine]
  const end: Report = (...request) => reports.forEach((report) => report(...request))
  app.decorate('onRequestEnd', (report) => void reports.push(report))

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    // Where the client goes first there is no answer, and so no onResponse.
    request.raw.once('close', () => request.raw.aborted && end(request, reply, CLIENT_GONE))
    done(refusalOf(request.raw))
  })
  app.addHook('onResponse', (request, reply, done) => {
    end(request, reply, reply.statusCode)
    done()
  })

  // Known, though no path takes them, so that each path can say so; QUERY without its demand for a body.
  for (const method of ALL_METHODS)
    if (method === 'QUERY' || !app.supportedMethods.includes(method))
      app.addHttpMethod(method, { overrideExisting: true })

  const parseJson = app.getDefaultJsonParser('remove', 'remove')
  app.removeAllContentTypeParsers()
  // Front ends send the header with an empty body: that is a request without a body.
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined)
    if (!isUtf8(body)) return done(problem('malformed_json', { values: ['UTF-8'] }), undefined)
    return parseJson(request, body.toString(), done)
  })
})

const writeLine: Report = (request, reply, status) => {
  // What is undefined is left out.
  const line = {
    method: request.method,
    route: routeOf(request),
    status,
    code: reply.problemCode,
    duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    user_id: userIdOf(request),
  }
  request.log.info(line, 'request')
}

/**
 * Answers the methods that a known path does not have with a 405 that names those it has.
 * Call it at the end of a scope: it looks at the routes registered since `collectRoutes`.
 */
export function collectRoutes(app: FastifyInstance) {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    const path = url.replace(/(?<=.)\/$/, '')
    const known = methods.get(path) ?? new Set<string>()
    for (const name of [method].flat()) known.add(name)
    methods.set(path, known)
  })
  return function rejectOtherMethods(prefix = '') {
    for (const [url, known] of [...methods]) {
      const allow = [...known].join(', ')
      const others = app.supportedMethods.filter((name) => !known.has(name) && name !== 'OPTIONS')
      if (url.includes('*') || others.length === 0) continue
      app.route({
        method: others,
        url: url.slice(prefix.length),
        schema: { hide: true },
        handler: async () => {
          throw problem('method_not_allowed', { values: [allow], headers: { allow } })
        },
      })
    }
  }
}
