import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Config } from '../config/config.ts'
import { answerClientError, answerExpectation, refuse } from './client-errors.ts'
import { noteArrival } from './arrivals.ts'
import { Intake } from './intake.ts'
import { ListeningServer } from './listening-server.ts'

/** Bytes of all headers of a request together. */
export const MAX_HEADER_BYTES = 32 * 1024
/** Requests that a connection may have waiting behind the one being answered. */
export const MAX_WAITING = 100
const HEADERS_TIMEOUT_MS = 10_000
const MIN_BETWEEN_WARNINGS_MS = 60_000

type Exchange = readonly [request: IncomingMessage, response: ServerResponse]

interface Connection {
  /** The answer in progress. */
  answer?: ServerResponse | undefined
  waiting: Exchange[]
  /** It sent more requests than may wait: nothing more is read from it. */
  isFull: boolean
  /** Its last bytes were not HTTP: it is closed after the answers to the earlier requests. */
  isBroken: boolean
}

/**
 * Creates the HTTP servers and bounds what their clients can occupy. Fastify calls `serverFactory` once per address
 * that it listens on, so that `localhost` has two servers with the same limits.
 *
 * @param warn writes a warning to the log
 */
export function createConnections(http: Config['http'], warn: (text: string) => void) {
  const connections = new Map<Socket, Connection>()
  const warnRarely = limitWarnings(warn)
  const intake = new Intake()

  /** Answers the requests of a connection one after another, in the order of their arrival (RFC 9112, 9.3.2). */
  const takeTurns =
    (handle: RequestListener): RequestListener =>
    (request, response) => {
      const connection = connections.get(request.socket)!
      if (connection.isFull) return
      if (connection.answer === undefined) return begin(connection, request, response, handle)
      if (connection.waiting.length < MAX_WAITING) {
        noteArrival(request)
        return void connection.waiting.push([request, response])
      }
      connection.isFull = true
      warnRarely(
        `a client sent more than ${MAX_WAITING} requests without waiting for an answer: it is disconnected`,
      )
      refuse(response, 'PIPELINE_FULL')
    }

  const isAnswering = (socket: Socket) => connections.get(socket)?.answer !== undefined

  return {
    serverFactory: (handle: RequestListener) => {
      const handleInTurn: RequestListener = (request, response) =>
        intake.add(request, () => {
          // The client may have left while the request waited.
          if (!response.destroyed) handle(request, response)
        })
      const server = new ListeningServer(serverOptions(http), takeTurns(handleInTurn))
      server.setTimeout(2 * http.requestTimeoutMs, (socket) => {
        // The socket was idle for this time. If an answer has no bytes to send, it is still in progress and has its own
        // deadlines. Otherwise the client neither sends a request nor reads its answer.
        if (!isAnswering(socket) || socket.writableLength > 0) socket.destroy()
      })
      server.on('connection', (socket) => {
        // `server.maxConnections` would count each listening socket by itself.
        if (http.maxConnections > 0 && connections.size >= http.maxConnections) {
          warnRarely(`there are ${http.maxConnections} connections: new ones are dropped`)
          return void socket.destroy()
        }
        connections.set(socket, { waiting: [], isFull: false, isBroken: false })
        socket.once('close', () => connections.delete(socket))
      })
      server.on('checkExpectation', answerExpectation)
      server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
        const connection = connections.get(socket)
        // A complete request gets its answer even if invalid bytes follow it.
        if (connection?.answer?.req.complete && error.code !== 'ECONNRESET') connection.isBroken = true
        else answerClientError(error, socket, connection?.answer?.headersSent === true)
      })
      return server
    },

    /** Closes the connections that have no answer in progress, also those that have sent a part of a request. */
    closeIdle() {
      for (const socket of connections.keys()) if (!isAnswering(socket)) socket.destroy()
    },
  }
}

const serverOptions = ({ requestTimeoutMs, keepAliveTimeoutMs }: Config['http']) => ({
  maxHeaderSize: MAX_HEADER_BYTES,
  // The service refuses a missing Host itself, in the shape of all errors.
  requireHostHeader: false,
  // How often Node looks for connections whose time is over.
  connectionsCheckingInterval: 1000,
  requestTimeout: requestTimeoutMs,
  headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
  keepAliveTimeout: keepAliveTimeoutMs,
})

function begin(
  connection: Connection,
  request: IncomingMessage,
  response: ServerResponse,
  handle: RequestListener,
) {
  connection.answer = response
  // It is emitted once. `once` would cost more than the rest of this function.
  response.on('close', () => {
    const next = connection.waiting.shift()
    connection.answer = next?.[1]
    // Other connections are served in between.
    if (next) setImmediate(proceed, connection, ...next, handle)
    else if (connection.isBroken) request.socket.end()
  })
  handle(request, response)
}

function proceed(connection: Connection, ...[request, response, handle]: [...Exchange, RequestListener]) {
  // The client disconnected, or the last answer closed the connection: no other answer would be read.
  if (request.socket.writable) return begin(connection, request, response, handle)
  connection.answer = undefined
  connection.waiting = []
}

/** At most one warning a minute for each text. */
function limitWarnings(warn: (text: string) => void) {
  const warnedAt = new Map<string, number>()
  return (text: string) => {
    if (performance.now() - (warnedAt.get(text) ?? -Infinity) < MIN_BETWEEN_WARNINGS_MS) return
    warnedAt.set(text, performance.now())
    warn(text)
  }
}
