import type { FastifyReply } from 'fastify'

/** Sends JSON that PostgreSQL wrote. */
export const sendJson = (reply: FastifyReply, json: string) =>
  reply.type('application/json; charset=utf-8').send(json)
