import fp from 'fastify-plugin'
import { unavailable } from '../problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service is shutting down: `/ready` says no, and connections end with their answer. */
    stopping: boolean
  }
}

export const stopping = () => unavailable('stopping', 'The service is shutting down.')

/**
 * Lets requests in flight finish when the service is told to stop. From then on a connection that
 * is kept alive closes with its next answer: a client that sends on it is told to come back, and
 * finds another copy.
 */
export const shutdown = fp(async (app) => {
  app.decorate('stopping', false)
  let closing = false
  app.addHook('preClose', async () => {
    app.stopping = closing = true
  })
  app.addHook('onRequest', (_request, reply, done) => {
    if (!closing) return done()
    reply.header('connection', 'close')
    done(stopping())
  })
  app.addHook('onResponse', (_request, _reply, done) => {
    // An answer that began before the end did not announce it: its connection would wait for more.
    if (closing) setImmediate(() => app.server.closeIdleConnections())
    done()
  })
})
