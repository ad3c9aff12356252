import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Config } from '../config/config.ts'
import { type Database, operationOf } from '../database/client.ts'
import { methodOf, routeOf } from '../http/requests.ts'
import { serveMetrics } from './metrics-endpoint.ts'

type WatchedDatabase = Pick<Database, 'connections' | 'statementsInFlight' | 'watchStatements'>

/** Upper bounds of the histograms' buckets. A request should take at most 0.2 s. */
export const DURATIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10]

/** Numbers that other parts of the service know. */
interface WatchedParts {
  openStreams: () => number
  /** undefined if Redis is not configured. */
  isRedisReady?: (() => boolean) | undefined
}
type MetricsOptions = Config['metrics'] & { host: string; database: WatchedDatabase; parts: WatchedParts }

/**
 * Prometheus metrics, on `/metrics` or on a port of their own. No label holds what a client sent. In production the
 * public port serves them only with a token.
 */
export const metrics = fp<MetricsOptions>(async (app, options) => {
  const { enabled, isPublic, port, host, token, database } = options
  if (!enabled) return
  const register = new Registry()
  collectDefaultMetrics({ register })
  watchRequests(register, app)
  watchStatements(register, database)
  watchConnections(register, database)
  watchParts(register, options.parts)
  await serveMetrics(app, {
    contentType: register.contentType,
    gather: () => register.metrics(),
    port,
    isPublic,
    host,
    token,
  })
})

function watchRequests(register: Registry, app: FastifyInstance) {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the end of the headers to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS_S,
    registers: [register],
  })
  const problems = new Counter({
    name: 'http_problems_total',
    help: 'Error answers by their code',
    labelNames: ['status', 'code'],
    registers: [register],
  })
  app.onRequestEnd((request, reply, status, durationMs) => {
    const labels = { method: methodOf(request), route: routeOf(request), status }
    duration.observe(labels, durationMs / 1000)
    if (reply.problemCode !== undefined) problems.inc({ status, code: reply.problemCode })
  })
}

function watchStatements(register: Registry, database: WatchedDatabase) {
  const duration = new Histogram({
    name: 'database_statement_duration_seconds',
    help: 'Time of a statement from its request to its result, including the wait for a connection',
    labelNames: ['operation'],
    buckets: DURATIONS_S,
    registers: [register],
  })
  database.watchStatements((text, answer) => {
    const start = performance.now()
    const observe = () =>
      duration.observe({ operation: operationOf(text) }, (performance.now() - start) / 1000)
    answer.then(observe, observe)
  })
  new Gauge({
    name: 'database_statements_in_flight',
    help: 'Statements sent to PostgreSQL but not answered yet, and those waiting to be sent',
    registers: [register],
    collect() {
      this.set(database.statementsInFlight())
    },
  })
}

function watchConnections(register: Registry, { connections }: WatchedDatabase) {
  new Gauge({
    name: 'database_pool_connections',
    help: 'Open connections to PostgreSQL (total, idle), and statements that wait for one (waiting)',
    labelNames: ['state'],
    registers: [register],
    collect() {
      for (const [state, count] of Object.entries(connections())) this.set({ state }, count)
    },
  })
}

function watchParts(register: Registry, { openStreams, isRedisReady }: WatchedParts) {
  new Gauge({
    name: 'event_streams_open',
    help: 'Open event streams of clients',
    registers: [register],
    collect() {
      this.set(openStreams())
    },
  })
  if (isRedisReady === undefined) return
  new Gauge({
    name: 'redis_up',
    help: 'Whether the service is connected to Redis: 1 or 0',
    registers: [register],
    collect() {
      this.set(Number(isRedisReady()))
    },
  })
}
