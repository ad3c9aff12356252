import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type OutgoingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { describeError } from './catalogue.ts'
import { type Answer, bodyOf } from './problems.ts'

/** Node's own note of the answer that a socket is busy with. */
export type BusySocket = Socket & { _httpMessage?: OutgoingMessage | null }

const ANSWERS: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: describeError('headers_too_large', ['larger than 32 KiB']),
  ERR_HTTP_REQUEST_TIMEOUT: describeError('request_timeout'),
}
const BAD_REQUEST = describeError('bad_request')
const EXPECTATION_FAILED = describeError('expectation_failed')

/**
 * What Node's HTTP parser refuses never becomes a request: it is answered on the bare socket.
 * https://nodejs.org/api/http.html#event-clienterror
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: BusySocket) {
  // Within an answer that has begun, another would be read as a part of it.
  const isAnswering = socket._httpMessage?.headersSent === true
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) return socket.destroy()
  const { status, headers, body } = write(ANSWERS[error.code ?? ''] ?? BAD_REQUEST)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}

/** Where nobody listens for it, Node answers an `Expect` that it does not know, in a shape of its own. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse) {
  const { status, headers, body } = write(EXPECTATION_FAILED)
  response.writeHead(status, headers).end(body)
}

function write(answer: Answer) {
  const requestId = randomUUID()
  const body = bodyOf(answer, requestId)
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    connection: 'close',
  }
  return { status: answer.status, headers, body }
}
