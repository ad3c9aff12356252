import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Answer, bodyOf } from './problems.ts'

const ANSWERS = {
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
  BAD_REQUEST: { status: 400, code: 'bad_request', detail: 'This is not a valid HTTP request.' },
  EXPECTATION_FAILED: {
    status: 417,
    code: 'expectation_failed',
    detail: 'The only supported expectation is 100-continue.',
  },
  PIPELINE_FULL: {
    status: 503,
    code: 'pipeline_full',
    detail: 'Too many requests are waiting on this connection.',
    headers: { 'retry-after': '1' },
  },
  METRICS_TOKEN: {
    status: 401,
    code: 'token_missing',
    detail: 'The metrics need the header Authorization: Bearer <METRICS_TOKEN>.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  NOT_FOUND: { status: 404, code: 'route_not_found', detail: 'There is nothing at this path.' },
} as const satisfies Record<string, Answer>

const isListed = (code = ''): code is keyof typeof ANSWERS => Object.hasOwn(ANSWERS, code)

/**
 * Answers on the bare socket what Node's HTTP parser refuses, since that never becomes a request.
 * https://nodejs.org/api/http.html#event-clienterror
 *
 * @param isAnswering whether an answer has begun on the socket: a client would read another as a part of it
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, isAnswering: boolean) {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) return socket.destroy()
  const { status, headers, body } = write(isListed(error.code) ? error.code : 'BAD_REQUEST')
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}

/** Answers an unknown `Expect`. Without this listener Node answers it in a shape of its own. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse) {
  refuse(response, 'EXPECTATION_FAILED')
}

/** Answers a request that Fastify does not see, and ends its connection. */
export function refuse(response: ServerResponse, reason: keyof typeof ANSWERS) {
  const { status, headers, body } = write(reason)
  response.writeHead(status, headers).end(body)
}

function write(reason: keyof typeof ANSWERS) {
  const answer: Answer = ANSWERS[reason]
  const requestId = randomUUID()
  const body = bodyOf(answer, requestId)
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    connection: 'close',
    ...answer.headers,
  }
  return { status: answer.status, headers, body }
}
