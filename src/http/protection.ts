import cors from '@fastify/cors'
import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import helmet from 'helmet'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../config/config.ts'
import { unavailable } from './problem.ts'
import { RATE_LIMIT_HEADERS } from './rate-limits.ts'

/** What shields the service from browsers, and browsers from the service: CORS and security headers. */
export const protection = fp<{ http: Config['http'] }>(async (app, { http }) => {
  await app.register(cors, {
    origin: [...http.corsOrigins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'If-None-Match', 'X-Request-Id'],
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

/** What helmet would set on every answer. None of it depends on the request, so it is asked once. */
function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => {},
  }
  const setHeaders = helmet({
    // JSON needs nothing from anywhere; the docs page brings its own policy.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Front ends read the answers from other origins: CORS decides which.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, () => {})
  return headers
}

/**
 * Turns requests away that would only wait: with all connections to the database busy, what comes in faster
 * than it goes out would pile up, until every answer is late and memory is full.
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
    inFlight += 1
    let isOpen = true
    const end = () => {
      if (isOpen) inFlight -= 1
      isOpen = false
    }
    reply.raw.once('close', end)
    // Where the client went away, Node 20 does not close answers that wait for one before them.
    request.raw.once('close', end)
    done(inFlight > max ? overloaded() : undefined)
  })
})

const overloaded = () => unavailable('overloaded')
