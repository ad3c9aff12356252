import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem, unavailable } from '../../http/problem.ts'
import { Turns } from '../turns.ts'

/** Maximum number of concurrent imports of one user, and of all users. Each holds a file and its tasks in memory. */
const MAX_IMPORTS_PER_USER = 2
const MAX_IMPORTS = 16

export type ImportLimit = ReturnType<typeof createImportLimit>

/** Limits the concurrent imports of this process, before their bodies are read. */
export function createImportLimit() {
  const turns = new Turns(MAX_IMPORTS_PER_USER)
  return {
    /** An onRequest hook that counts an import until its answer ends. It needs a verified token. */
    take(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) {
      if (!turns.take(request, reply)) return done(tooMany())
      done(turns.running > MAX_IMPORTS ? unavailable('overloaded') : undefined)
    },
  }
}

const tooMany = () =>
  problem('too_many_imports', { values: [MAX_IMPORTS_PER_USER], headers: { 'retry-after': '2' } })
