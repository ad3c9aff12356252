import { httpErrors } from '@fastify/sensible'

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

/** `throw` where an expression is needed. */
export function raise(error: Error): never {
  throw error
}
