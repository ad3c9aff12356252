import fp from 'fastify-plugin'
import { unavailable } from '../http/problem.ts'
import type { BusySocket } from '../http/client-errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service is shutting down: `/ready` says no, and connections end with their answer. */
    stopping: boolean
  }
}

export const stopping = () => unavailable('stopping')

/**
 * Lets requests in flight finish when the service is told to stop. While it waits for balancers to hear of it,
 * requests are served, but every answer ends its connection: the next one opens finds another copy. Once it closes,
 * a request that still comes on a busy connection is told to come back.
 */
export const shutdown = fp(async (app) => {
  app.decorate('stopping', false)
  let closing = false
  const sockets = new Set<BusySocket>()
  app.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // Node's closeIdleConnections passes over those that have not sent a whole request yet, which may take for ever.
  const closeIdle = () => {
    for (const socket of sockets) if (!socket._httpMessage) socket.destroy()
  }
  app.addHook('preClose', async () => {
    app.stopping = closing = true
    // By then nobody listens, so none is missed.
    setImmediate(closeIdle)
  })
  app.addHook('onRequest', (_request, reply, done) => {
    if (!app.stopping) return done()
    reply.header('connection', 'close')
    done(closing ? stopping() : undefined)
  })
  app.addHook('onResponse', (_request, _reply, done) => {
    // An answer that began before the end did not announce it: its connection would wait for more.
    if (closing) setImmediate(closeIdle)
    done()
  })
})
