import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createServer } from 'node:http'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Config } from '../config/config.ts'
import { type Database, operationOf } from '../database/client.ts'
import { methodOf, routeOf } from '../http/requests.ts'

type WatchedDatabase = Pick<Database, 'connections' | 'statementsInFlight' | 'watchStatements'>

/** Upper bounds of the histograms; 0.2 s is what a request may take. */
export const DURATIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10]

/** Prometheus metrics, on `/metrics` or on a port of their own. No label holds what a client sent. */
export const metrics = fp<Config['metrics'] & { host: string; database: WatchedDatabase }>(
  async (app, { enabled, port, host, database }) => {
    if (!enabled) return
    const register = new Registry()
    collectDefaultMetrics({ register })
    watchRequests(register, app)
    watchStatements(register, database)
    watchConnections(register, database)

    if (port === undefined) {
      app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
        reply.type(register.contentType).send(await register.metrics()),
      )
      return
    }
    const server = createServer(async (_request, response) => {
      response.setHeader('content-type', register.contentType).end(await register.metrics())
    })
    app.addHook('onReady', async () => {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
      app.log.info(`metrics are on port ${(server.address() as { port: number }).port}`)
    })
    app.addHook('onClose', async () => {
      server.close()
      server.closeAllConnections()
    })
  },
)

function watchRequests(register: Registry, app: FastifyInstance) {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS_S,
    registers: [register],
  })
  const problems = new Counter({
    name: 'http_problems_total',
    help: 'Answers that were errors, by the code that clients were told',
    labelNames: ['status', 'code'],
    registers: [register],
  })
  app.onRequestEnd((request, reply, status) => {
    const labels = { method: methodOf(request), route: routeOf(request), status }
    duration.observe(labels, reply.elapsedTime / 1000)
    if (reply.problemCode !== undefined) problems.inc({ status, code: reply.problemCode })
  })
}

function watchStatements(register: Registry, database: WatchedDatabase) {
  const duration = new Histogram({
    name: 'database_statement_duration_seconds',
    help: 'Time from when a statement is asked for to its answer, the wait for a connection included',
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
    help: 'Statements that PostgreSQL has not answered yet, and those that wait to be sent',
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
