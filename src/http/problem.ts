import { httpErrors } from '@fastify/sensible'
import { type Static, Type } from '@sinclair/typebox'
import {
  type CodeOfStatus,
  describeError,
  ERROR_CODES,
  type ErrorCode,
  type ErrorValues,
} from './catalogue.ts'

const InputError = Type.Object({
  path: Type.String({ description: 'JSON Pointer (RFC 6901) to the value.', examples: ['/title'] }),
  message: Type.String({ description: 'What is wrong with the value.', examples: ['is required'] }),
  line: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'The line of an imported file (CSV or iCalendar) in which the value is.',
      examples: [3],
    }),
  ),
})

/** The one shape of every error (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.Literal('about:blank', {
      description: 'Always about:blank (RFC 9457): use code to tell errors apart.',
      examples: ['about:blank'],
    }),
    title: Type.String({ description: 'The standard name of the status.', examples: ['Not Found'] }),
    status: Type.Integer({ description: 'The HTTP status of the answer.', examples: [404] }),
    detail: Type.String({ description: 'One sentence for people.', examples: ['There is no such task.'] }),
    message: Type.String({
      description: 'The same sentence as detail.',
      examples: ['There is no such task.'],
    }),
    code: Type.Unsafe<ErrorCode>({
      type: 'string',
      enum: ERROR_CODES,
      description: 'A stable word for programs.',
      examples: ['task_not_found'],
    }),
    request_id: Type.String({
      description: 'The same as the X-Request-Id header. It identifies the request in the service’s log.',
      examples: ['8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10'],
    }),
    errors: Type.Optional(
      Type.Array(InputError, {
        description:
          'With validation_failed: each mistake in the input. With another error of a batch: the operation that failed.',
        examples: [[{ path: '/title', message: 'is required' }]],
      }),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details.' },
)
export type Problem = Static<typeof Problem>

/** What an error can hold besides its code. */
export interface ProblemExtras {
  /** The mistakes in the input; `path` is a JSON Pointer (RFC 6901). */
  errors?: readonly Static<typeof InputError>[]
  headers?: Readonly<Record<string, string>>
  /** Members of the problem that only this code has (RFC 9457, 3.2). */
  members?: Readonly<Record<string, unknown>>
  cause?: unknown
}
/** `values` must be given if the sentence of the code has values, and must not be given otherwise. */
type Extras<Code extends ErrorCode> =
  ErrorValues<Code> extends []
    ? [extras?: ProblemExtras]
    : [extras: ProblemExtras & { values: ErrorValues<Code> }]

/** An error for the client, with the status and the sentence that the catalogue has for its code. */
export function problem<Code extends ErrorCode>(code: Code, ...[extras]: Extras<Code>) {
  const { values, ...others } = (extras ?? {}) as ProblemExtras & { values?: readonly unknown[] }
  const { status, detail } = describeError(code, values)
  return httpErrors.createError(status, detail, { code, ...others })
}

/**
 * A 503: the service cannot answer now, but may be able to later.
 *
 * @param retryAfterS seconds after which the client should try again
 */
export const unavailable = (code: CodeOfStatus<503>, retryAfterS = 2) =>
  problem(code, { headers: { 'retry-after': String(retryAfterS) } })

/** `throw` as an expression. */
export function raise(error: Error): never {
  throw error
}
