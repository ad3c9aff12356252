import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'

/** When requests arrived that did not begin at once, in milliseconds of `performance.now()`. */
const arrivals = new WeakMap<IncomingMessage, number>()

/** Call it when a request has to wait before it begins. Its first call counts. */
export function noteArrival(request: IncomingMessage) {
  if (!arrivals.has(request)) arrivals.set(request, performance.now())
}

/** Milliseconds since the request arrived. Fastify's `elapsedTime` counts from its beginning. */
export function durationOf({ raw }: FastifyRequest, reply: FastifyReply): number {
  const arrival = arrivals.get(raw)
  return arrival === undefined ? reply.elapsedTime : performance.now() - arrival
}
