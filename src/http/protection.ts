import cors, { type FastifyCorsOptions } from '@fastify/cors'
import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import type { Config } from '../config/config.ts'
import { API_HEADERS } from './headers.ts'
import { unavailable } from './problem.ts'
import { RATE_LIMIT_HEADERS } from './rate-limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the request counts for MAX_REQUESTS_IN_FLIGHT. */
    isInFlight: boolean
  }
}

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

/** The headers that scripts may read, besides those that browsers always expose. */
const EXPOSED_HEADERS = [
  'Content-Disposition',
  'Link',
  'Location',
  'ETag',
  'Idempotency-Replayed',
  'Retry-After',
  'X-Request-Id',
  'X-Total-Count',
  ...RATE_LIMIT_HEADERS,
]

/** A request without Origin is no CORS request: its answer gets `Vary: Origin` and nothing else. */
const NO_CORS: FastifyCorsOptions = { origin: false }

/** CORS and security headers. */
export const protection = fp<{ http: Config['http'] }>(async (app, { http }) => {
  const settings: FastifyCorsOptions = {
    origin: http.corsOrigins.map(originPattern),
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [...ALLOWED_HEADERS, ...http.corsAllowedHeaders],
    // The plugin would join an array for each answer.
    exposedHeaders: EXPOSED_HEADERS.join(', '),
    maxAge: 7200,
    strictPreflight: false,
  }
  await app.register(cors, {
    delegator: ({ method, headers }, callback) =>
      callback(null, headers.origin === undefined && method !== 'OPTIONS' ? NO_CORS : settings),
  })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(API_HEADERS)
    done()
  })
})

/** In `https://*.example.app`, `*` matches exactly one label, without dots. */
function originPattern(origin: string): string | RegExp {
  const [scheme, rest] = origin.split('//*.')
  if (rest === undefined) return origin
  return new RegExp(`^${scheme}//[a-z0-9]([a-z0-9-]*[a-z0-9])?\\.${rest.replaceAll('.', '\\.')}$`)
}

/**
 * Refuses requests under overload. Otherwise, if requests arrived faster than they are answered, every answer would be
 * late in the end, and memory would be full.
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
  app.decorateRequest('isInFlight', false)
  app.onRequestEnd((request) => {
    if (request.isInFlight) inFlight -= 1
  })
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.isEventStream) return done()
    inFlight += 1
    request.isInFlight = true
    done(inFlight > max ? overloaded() : undefined)
  })
})

const overloaded = () => unavailable('overloaded')
