import cors from '@fastify/cors'
import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import helmet from 'helmet'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../config/config.ts'
import { unavailable } from './problem.ts'
import { RATE_LIMIT_HEADERS } from './rate-limits.ts'

/** Request headers that front ends send, and those that tracing tools add in browsers. */
const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-Request-Id',
  'X-Requested-With',
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
]

/** CORS and security headers. */
export const protection = fp<{ http: Config['http'] }>(async (app, { http }) => {
  await app.register(cors, {
    origin: http.corsOrigins.map(originPattern),
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [...ALLOWED_HEADERS, ...http.corsAllowedHeaders],
    exposedHeaders: [
      'Link',
      'Location',
      'ETag',
      'Retry-After',
      'X-Request-Id',
      'X-Total-Count',
      ...RATE_LIMIT_HEADERS,
    ],
    maxAge: 7200,
    strictPreflight: false,
  })
  const headers = securityHeaders()
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
})

/** `https://*.example.app` means one label in place of `*`: dots would let others choose the rest of the name. */
function originPattern(origin: string): string | RegExp {
  const [scheme, rest] = origin.split('//*.')
  if (rest === undefined) return origin
  return new RegExp(`^${scheme}//[a-z0-9]([a-z0-9-]*[a-z0-9])?\\.${rest.replaceAll('.', '\\.')}$`)
}

/** The headers that helmet sets. They do not depend on the request, so helmet runs once. */
function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => {},
  }
  const setHeaders = helmet({
    // JSON loads nothing. The docs page has a policy of its own.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Front ends on other origins read the answers: CORS decides which.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, () => {})
  return headers
}

/**
 * Refuses requests under overload. Otherwise requests that arrive faster than they are answered would pile up until
 * every answer is late and memory is full.
 */
export const loadLimit = fp<{ http: Config['http'] }>(async (app, { http }) => {
  await app.register(underPressure, {
    maxEventLoopDelay: http.maxEventLoopDelayMs,
    // Infinity means that nothing has been measured yet.
    pressureHandler: async (_request, _reply, _type, delay) => {
      if (delay !== Infinity) throw overloaded()
    },
  })
  const max = http.maxRequestsInFlight
  if (max === 0) return
  let inFlight = 0
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.isEventStream) return done()
    inFlight += 1
    reply.raw.once('close', () => (inFlight -= 1))
    done(inFlight > max ? overloaded() : undefined)
  })
})

const overloaded = () => unavailable('overloaded')
