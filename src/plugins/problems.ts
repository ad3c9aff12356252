import { type Static, Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { randomUUID } from 'node:crypto'
import { isDatabaseUnavailable } from '../database-errors.ts'
import type { ProblemExtras } from '../problem.ts'

const InputError = Type.Object({
  path: Type.String({ description: 'JSON Pointer into the input.', examples: ['/title'] }),
  message: Type.String({ examples: ['is required'] }),
})

/** The one shape of every error (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.Literal('about:blank', { description: 'There is no page about it: code tells errors apart.' }),
    title: Type.String({ description: 'The name of the status.', examples: ['Not Found'] }),
    status: Type.Integer({ examples: [404] }),
    detail: Type.String({ description: 'One sentence for people.', examples: ['There is no such task.'] }),
    message: Type.String({ description: 'The same sentence as detail.', examples: ['There is no such task.'] }),
    code: Type.String({ description: 'Stable word for programs.', examples: ['task_not_found'] }),
    request_id: Type.String({ description: 'The X-Request-Id of this answer; the logs carry it too.' }),
    errors: Type.Optional(Type.Array(InputError, { description: 'Each mistake, where the input is invalid.' })),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details.' },
)
export type Problem = Static<typeof Problem>

interface Answer {
  status: number
  code: string
  detail: string
  errors?: ProblemExtras['errors']
  headers?: ProblemExtras['headers']
}

/** What the framework's own errors mean to a client, by their `code`. */
const FRAMEWORK_ERRORS: Readonly<Record<string, Answer>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'body_too_large', detail: 'The body is larger than 64 KiB.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'The body must be JSON, with the header content-type: application/json.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'malformed_json', detail: 'The body is not valid JSON.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'bad_content_length',
    detail: 'The body is not as long as the header content-length says.',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'bad_url', detail: 'The URL is not properly encoded.' },
  FST_UNDER_PRESSURE: {
    status: 503,
    code: 'overloaded',
    detail: 'There are too many requests right now.',
    headers: { 'retry-after': '2' },
  },
}
const DATABASE_UNAVAILABLE: Answer = {
  status: 503,
  code: 'database_unavailable',
  detail: 'The database is not available right now.',
  headers: { 'retry-after': '2' },
}
const INTERNAL: Answer = { status: 500, code: 'internal_error', detail: 'Something went wrong on our side.' }

type AnyError = Error & {
  code?: string
  status?: number
  statusCode?: number
  expose?: boolean
  invalidInput?: { part: string; errors: NonNullable<ProblemExtras['errors']> }
} & ProblemExtras

/** Decides what a client sees of an error. Faults of ours say nothing about themselves. */
export function answerTo(error: AnyError): Answer {
  if (error.invalidInput) return answerToInvalidInput(error.invalidInput)
  const known = FRAMEWORK_ERRORS[error.code ?? '']
  if (known) return known
  if (isProblem(error)) {
    const { status, code, message: detail, errors, headers } = error
    return { status, code, detail, ...(errors && { errors }), ...(headers && { headers }) }
  }
  if (isDatabaseUnavailable(error)) return DATABASE_UNAVAILABLE
  const status = error.statusCode ?? 500
  return status >= 400 && status < 500 ? plainAnswer(status) : INTERNAL
}

/** Thrown by `problem()`: http-errors made it, and its code is one of ours. */
const isProblem = (error: AnyError): error is AnyError & { status: number; code: string } =>
  error.expose !== undefined && error.status !== undefined && /^[a-z_]+$/.test(error.code ?? '')

function answerToInvalidInput({ part, errors }: NonNullable<AnyError['invalidInput']>): Answer {
  const [first] = errors
  const subject = first!.path.slice(1) || `The ${part === 'querystring' ? 'query' : part}`
  return { status: 400, code: 'validation_failed', detail: `${subject} ${first!.message}.`, errors }
}

function plainAnswer(status: number): Answer {
  const title = STATUS_CODES[status] ?? 'Bad Request'
  return { status, code: title.toLowerCase().replaceAll(/[^a-z]+/g, '_'), detail: `${title}.` }
}

function bodyOf({ status, code, detail, errors }: Answer, requestId: string): string {
  const title = STATUS_CODES[status]!
  const body: Problem = { type: 'about:blank', title, status, detail, message: detail, code, request_id: requestId, ...(errors && { errors: [...errors] }) }
  return JSON.stringify(body)
}

export function sendProblem(error: AnyError, request: FastifyRequest, reply: FastifyReply) {
  const answer = answerTo(error)
  if (answer.status >= 500) request.log.error({ err: error }, answer.detail)
  return reply
    .code(answer.status)
    .headers({ ...answer.headers })
    .type('application/problem+json; charset=utf-8')
    .send(bodyOf(answer, request.id))
}

/** Every error that reaches Fastify leaves as a problem. */
export const problems = fp(async (app) => {
  app.addSchema(Problem)
  app.setErrorHandler<AnyError>(sendProblem)
})

/**
 * What Node's HTTP parser refuses never becomes a request: it is answered on the bare socket.
 * https://nodejs.org/api/http.html#event-clienterror
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
  const answers: Record<string, Answer> = {
    HPE_HEADER_OVERFLOW: { status: 431, code: 'headers_too_large', detail: 'The headers are larger than 32 KiB.' },
    ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request_timeout', detail: 'The request took too long to arrive.' },
  }
  const answer = answers[error.code ?? ''] ?? { status: 400, code: 'bad_request', detail: 'This is not a valid HTTP request.' }
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
