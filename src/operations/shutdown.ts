import fp from 'fastify-plugin'
import { unavailable } from '../http/problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service is shutting down: `/ready` is a 503, and every answer ends its connection. */
    stopping: boolean
  }
}

export const stopping = () => unavailable('stopping')

interface ShutdownOptions {
  /** Closes the connections that have no answer in progress. */
  closeIdle: () => void
}

/**
 * Graceful shutdown: requests in flight finish. While balancers learn that the service stops, requests are served, but
 * every answer ends its connection, so that the client's next connection reaches another copy. Once the service has
 * stopped listening, a new request on a busy connection gets a 503.
 */
export const shutdown = fp<ShutdownOptions>(async (app, { closeIdle }) => {
  app.decorate('stopping', false)
  let closing = false
  app.addHook('preClose', async () => {
    app.stopping = closing = true
    // After this turn of the event loop nothing listens any more, so no new connection is missed.
    setImmediate(closeIdle)
  })
  app.addHook('onRequest', (_request, reply, done) => {
    if (!app.stopping) return done()
    reply.header('connection', 'close')
    done(closing ? stopping() : undefined)
  })
  app.addHook('onResponse', (_request, _reply, done) => {
    // An answer that began before the shutdown did not announce the end: its client would keep the connection open.
    if (closing) setImmediate(closeIdle)
    done()
  })
})
