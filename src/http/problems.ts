import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { STATUS_CODES } from 'node:http'
import { classify, isDatabaseUnavailable } from '../database/errors.ts'
import { describeError, type ErrorCode, ERRORS } from './catalogue.ts'
import { noteFault } from './faults.ts'
import { Problem, problem, type ProblemExtras } from './problem.ts'

export interface Answer {
  status: number
  code: ErrorCode
  detail: string
  errors?: ProblemExtras['errors']
  headers?: ProblemExtras['headers']
  members?: ProblemExtras['members']
}

/** The answers to the framework's own errors, by their `code`. */
const FRAMEWORK_ERRORS: Readonly<Record<string, Answer>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: describeError('unsupported_media_type'),
  FST_ERR_CTP_INVALID_JSON_BODY: describeError('malformed_json', ['JSON']),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: describeError('bad_content_length'),
  FST_ERR_BAD_URL: describeError('bad_url'),
}
const DATABASE_UNAVAILABLE: Answer = {
  ...describeError('database_unavailable'),
  headers: { 'retry-after': '2' },
}
const NOT_MIGRATED: Answer = { ...describeError('not_migrated'), headers: { 'retry-after': '5' } }
const INTERNAL = describeError('internal_error')

declare module 'fastify' {
  interface FastifyReply {
    /** The `code` of the problem that is the answer. */
    problemCode: string | undefined
  }
}

type AnyError = Error & {
  code?: string
  status?: number
  statusCode?: number
  expose?: boolean
  invalidInput?: { part: string; errors: NonNullable<ProblemExtras['errors']> }
} & ProblemExtras

/** The answer to an error. A 5xx reveals nothing about its cause. */
export function answerTo(error: AnyError): Answer {
  if (error.invalidInput) return answerToInvalidInput(error.invalidInput)
  const known = FRAMEWORK_ERRORS[error.code ?? '']
  if (known) return known
  if (isProblem(error)) {
    const { status, code, message: detail, errors, headers, members } = error
    const extras = { ...(errors && { errors }), ...(headers && { headers }), ...(members && { members }) }
    return { status, code, detail, ...extras }
  }
  const status = error.statusCode ?? 500
  // Checked before the database, because a client that disconnects while sending its body is an ECONNRESET too.
  if (status >= 400 && status < 500) return answerToOther(status)
  if (classify(error) === 'not_migrated') return NOT_MIGRATED
  return isDatabaseUnavailable(error) ? DATABASE_UNAVAILABLE : INTERNAL
}

/** Whether `problem()` made the error: http-errors did, and its code is in the catalogue. */
const isProblem = (error: AnyError): error is AnyError & { status: number; code: ErrorCode } =>
  error.expose !== undefined && error.status !== undefined && Object.hasOwn(ERRORS, error.code ?? '')

function answerToInvalidInput({ part, errors }: NonNullable<AnyError['invalidInput']>): Answer {
  const [first] = errors
  const subject = first!.path.slice(1) || `The ${part === 'querystring' ? 'query' : part}`
  return { ...describeError('validation_failed', [`${subject} ${first!.message}`]), errors }
}

/** The answer to another error of a library, such as a refused path of a static file. */
const answerToOther = (status: number): Answer =>
  status === 403 || status === 404 ? describeError('route_not_found') : describeError('bad_request')

/** The JSON body of an error (RFC 9457). */
export function bodyOf({ status, code, detail, errors, members }: Answer, requestId: string): string {
  const title = STATUS_CODES[status]!
  const body: Problem = {
    type: 'about:blank',
    title,
    status,
    detail,
    message: detail,
    code,
    request_id: requestId,
    ...(errors && { errors: [...errors] }),
    ...members,
  }
  return JSON.stringify(body)
}

export const unsupportedMediaType = () => problem('unsupported_media_type')

/** The limit of the body, in bytes: that of the route, else that of all routes. */
const limitOf = ({ routeOptions, server }: FastifyRequest) =>
  routeOptions.bodyLimit ?? server.initialConfig.bodyLimit!

/** Answers with an error, and counts it against the address if no known user caused it. */
export async function sendProblem(error: AnyError, request: FastifyRequest, reply: FastifyReply) {
  const isTooLarge = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
  const cause = isTooLarge ? problem('body_too_large', { values: [limitOf(request)] }) : error
  const answer = await limitAddress(answerTo(cause), request, reply)
  reply.problemCode = answer.code
  if (answer.status >= 500) noteFault(error, answer, request, reply)
  return reply
    .code(answer.status)
    .headers({ ...answer.headers })
    .type('application/problem+json; charset=utf-8')
    .send(bodyOf(answer, request.id))
}

/**
 * Counts an error that no known user caused against the address; beyond the address's limit the answer is a 429. A
 * request with a valid token counts for its user only, whatever other clients with the same address do. A request with
 * an expired token is not counted: its front end must learn that it needs a new token.
 */
async function limitAddress(answer: Answer, request: FastifyRequest, reply: FastifyReply): Promise<Answer> {
  const isExempt =
    answer.status >= 500 || answer.code === 'token_expired' || reply.hasHeader('ratelimit-limit')
  if (isExempt || (request.user as object | null | undefined)) return answer
  return request.server.countAddress(request, reply).then(() => answer, answerTo)
}

/** Turns every error that reaches Fastify into a problem. */
export const problems = fp(async (app) => {
  app.addSchema(Problem)
  app.decorateReply('problemCode', undefined)
  app.setErrorHandler<AnyError>(sendProblem)
})
