import { httpErrors } from '@fastify/sensible'
import { type Static, Type } from '@sinclair/typebox'

const InputError = Type.Object({
  path: Type.String({ description: 'JSON Pointer into the input.', examples: ['/title'] }),
  message: Type.String({ description: 'What is wrong with it.', examples: ['is required'] }),
})

/** The one shape of every error (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.Literal('about:blank', {
      description: 'There is no page about it: code tells errors apart.',
      examples: ['about:blank'],
    }),
    title: Type.String({ description: 'The name of the status.', examples: ['Not Found'] }),
    status: Type.Integer({ description: 'The status of this answer.', examples: [404] }),
    detail: Type.String({ description: 'One sentence for people.', examples: ['There is no such task.'] }),
    message: Type.String({
      description: 'The same sentence as detail.',
      examples: ['There is no such task.'],
    }),
    code: Type.String({ description: 'Stable word for programs.', examples: ['task_not_found'] }),
    request_id: Type.String({
      description: 'The X-Request-Id of this answer; the logs carry it too.',
      examples: ['8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10'],
    }),
    errors: Type.Optional(
      Type.Array(InputError, {
        description: 'Each mistake, where the input is invalid.',
        examples: [[{ path: '/title', message: 'is required' }]],
      }),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details.' },
)
export type Problem = Static<typeof Problem>

/** What may be said beside the status, the code and the sentence. */
export interface ProblemExtras {
  /** What is wrong with which part of the input; `path` is a JSON Pointer (RFC 6901). */
  errors?: readonly { path: string; message: string }[]
  headers?: Readonly<Record<string, string>>
  cause?: unknown
}

/**
 * An error that a client is meant to see. Throw it anywhere below a route.
 *
 * @param code stable snake_case word that programs can rely on
 * @param detail one short sentence for people
 */
export const problem = (status: number, code: string, detail: string, extras: ProblemExtras = {}) =>
  httpErrors.createError(status, detail, { code, ...extras })

/** A 503: what the client asked for cannot be had right now, but may be after `retryAfterS` seconds. */
export const unavailable = (code: string, detail: string, retryAfterS = 2) =>
  problem(503, code, detail, { headers: { 'retry-after': String(retryAfterS) } })

/** `throw` where an expression is needed. */
export function raise(error: Error): never {
  throw error
}
