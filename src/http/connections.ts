import fp from 'fastify-plugin'
import type { Config } from '../config/config.ts'
import type { BusySocket } from './client-errors.ts'

const HEADERS_TIMEOUT_MS = 10_000
const MIN_BETWEEN_WARNINGS_MS = 60_000

/** Bounds what clients can occupy by connecting without sending, and by asking without reading. */
export const connections = fp<{ http: Config['http'] }>(async (app, { http }) => {
  const { server, log } = app
  server.headersTimeout = Math.min(HEADERS_TIMEOUT_MS, http.requestTimeoutMs)
  server.setTimeout(2 * http.requestTimeoutMs, closeIdle)
  if (http.maxConnections === 0) return
  server.maxConnections = http.maxConnections
  let warnedAt = -Infinity
  server.on('drop', () => {
    if (performance.now() - warnedAt < MIN_BETWEEN_WARNINGS_MS) return
    warnedAt = performance.now()
    log.warn(`there are ${http.maxConnections} connections: new ones are dropped`)
  })
})

/**
 * Comes when nothing has moved on a connection for its time: it waits for another request, or an answer waits for
 * its client to read. Where there is nothing to send, a request is being worked on, which has deadlines of its own.
 * https://nodejs.org/api/http.html#event-timeout
 */
function closeIdle(socket: BusySocket) {
  const isWorking = Boolean(socket._httpMessage) && socket.writableLength === 0
  if (!isWorking) socket.destroy()
}
