import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { describeError } from './catalogue.ts'
import { type Answer, bodyOf } from './problems.ts'

const ANSWERS = {
  HPE_HEADER_OVERFLOW: describeError('headers_too_large', ['larger than 32 KiB']),
  ERR_HTTP_REQUEST_TIMEOUT: describeError('request_timeout'),
  BAD_REQUEST: describeError('bad_request'),
  EXPECTATION_FAILED: describeError('expectation_failed'),
  PIPELINE_FULL: { ...describeError('pipeline_full'), headers: { 'retry-after': '1' } },
  METRICS_TOKEN: { ...describeError('metrics_token_missing'), headers: { 'www-authenticate': 'Bearer' } },
  NOT_FOUND: describeError('route_not_found'),
} as const satisfies Record<string, Answer>

const isListed = (code = ''): code is keyof typeof ANSWERS => Object.hasOwn(ANSWERS, code)

/**
 * Answers input that Node's HTTP parser refuses, on the bare socket: it never becomes a request.
 * https://nodejs.org/api/http.html#event-clienterror
 *
 * @param isAnswering whether an answer has begun on the socket: the client would read a second one as part of it
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, isAnswering: boolean) {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) return socket.destroy()
  const { status, headers, body } = write(isListed(error.code) ? error.code : 'BAD_REQUEST')
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}

/** Answers an unknown `Expect`. Without this listener Node would answer in another shape. */
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
