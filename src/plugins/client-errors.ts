import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Answer, bodyOf } from './problems.ts'

/**
 * What Node's HTTP parser refuses never becomes a request: it is answered on the bare socket.
 * https://nodejs.org/api/http.html#event-clienterror
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
  const answers: Record<string, Answer> = {
    HPE_HEADER_OVERFLOW: {
      status: 431,
      code: 'headers_too_large',
      detail: 'The headers are larger than 32 KiB.',
    },
    ERR_HTTP_REQUEST_TIMEOUT: {
      status: 408,
      code: 'request_timeout',
      detail: 'The request took too long to arrive.',
    },
  }
  const answer = answers[error.code ?? ''] ?? {
    status: 400,
    code: 'bad_request',
    detail: 'This is not a valid HTTP request.',
  }
  const requestId = randomUUID()
  const body = bodyOf(answer, requestId)
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ]
  return socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
