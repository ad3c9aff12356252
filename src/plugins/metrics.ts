import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { createServer } from 'node:http'
import type pg from 'pg'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Config } from '../config.ts'

/** Prometheus metrics, on `/metrics` or on a port of their own. */
export const metrics = fp<Config['metrics'] & { host: string; database: WatchedDatabase }>(
  async (app, { enabled, port, host, database }) => {
    if (!enabled) return
    const register = new Registry()
    collectDefaultMetrics({ register })
    watchDatabase(register, database)
    const duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request line to the end of the answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10],
      registers: [register],
    })
    app.addHook('onResponse', (request, reply, done) => {
      duration
        .labels(request.method, routeOf(request), String(reply.statusCode))
        .observe(reply.elapsedTime / 1000)
      done()
    })

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
      await new Promise<void>((resolve) => server.listen(port, host, resolve))
      app.log.info(`metrics are on port ${(server.address() as { port: number }).port}`)
    })
    app.addHook('onClose', async () => {
      server.close()
      server.closeAllConnections()
    })
  },
)

/** The pattern, never the path: ids would make a time series each. */
export const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? 'unknown'

interface WatchedDatabase {
  pool: pg.Pool
  statementsInFlight: () => number
}

function watchDatabase(register: Registry, { pool, statementsInFlight }: WatchedDatabase) {
  const states = {
    total: () => pool.totalCount,
    idle: () => pool.idleCount,
    waiting: () => pool.waitingCount,
  }
  new Gauge({
    name: 'database_statements_in_flight',
    help: 'Statements that PostgreSQL has not answered yet, and those that wait to be sent',
    registers: [register],
    collect() {
      this.set(statementsInFlight())
    },
  })
  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections to PostgreSQL, and requests that wait for one',
    labelNames: ['state'],
    registers: [register],
    collect() {
      for (const [state, count] of Object.entries(states)) this.set({ state }, count())
    },
  })
}
