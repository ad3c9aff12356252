import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { classify, reasonOf, sqlState } from '../database/errors.ts'

/** The part of the log about server faults: errors behind a 5xx, and behind answers that broke off. */
declare module 'fastify' {
  interface FastifyReply {
    /** The error behind a 5xx, or behind a streamed answer that broke off. */
    fault: Error | undefined
    /** Whether the request has been logged and counted. */
    isReported: boolean
  }
}

/** Notes the error that broke a streamed answer. Otherwise it would look like a client that disconnected. */
export class StreamFaults extends LogController {
  override streamError(error: NodeJS.ErrnoException, _request: FastifyRequest, reply: FastifyReply) {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') reply.fault = error
  }
}

/** Notes the fault for the request's line in the log. If the client disconnected, that line exists already. */
export function noteFault(
  error: Error,
  { status, code }: { status: number; code: string },
  request: FastifyRequest,
  reply: FastifyReply,
) {
  reply.fault = error
  if (!reply.isReported || classify(error) === 'abandoned') return
  const { level, ...fault } = describeFault(error, status)
  request.log[level]({ code, ...fault }, 'failed after its client left')
}

/** What the log says about the error behind a 5xx: the whole error of a bug, else its reason; and the SQLSTATE. */
export function describeFault(error: Error, status: number) {
  const sqlstate = sqlState(error)
  if (status === 500) return { level: 'error' as const, err: error, sqlstate }
  const reason = reasonOf(error.cause instanceof Error ? error.cause : error)
  return { level: 'warn' as const, reason, sqlstate }
}
