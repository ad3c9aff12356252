import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem, unavailable } from '../../http/problem.ts'

/** Maximum number of concurrent imports of one user, and of all users. Each holds a file and its tasks in memory. */
const MAX_IMPORTS_PER_USER = 2
const MAX_IMPORTS = 16

export type ImportLimit = ReturnType<typeof createImportLimit>

/** Limits the concurrent imports of this process, before their bodies are read. */
export function createImportLimit() {
  const running = new Map<string, number>()
  let all = 0
  return {
    /** An onRequest hook that counts an import until its answer ends. It needs a verified token. */
    take({ user: { id } }: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) {
      // If the client has disconnected, `close` was emitted already. Nothing is read then.
      if (reply.raw.destroyed) return done()
      const own = running.get(id) ?? 0
      if (own >= MAX_IMPORTS_PER_USER) return done(tooMany())
      if (all >= MAX_IMPORTS) return done(unavailable('overloaded'))
      running.set(id, own + 1)
      all += 1
      reply.raw.once('close', () => {
        const left = running.get(id)! - 1
        if (left === 0) running.delete(id)
        else running.set(id, left)
        all -= 1
      })
      done()
    },
  }
}

const tooMany = () =>
  problem('too_many_imports', { values: [MAX_IMPORTS_PER_USER], headers: { 'retry-after': '2' } })
