import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { problem, raise } from '../http/problem.ts'
import { sendJson } from './answers.ts'
import { describeBatchRoutes } from './batch-operations.ts'
import { type BatchRepository, operationWithoutTask } from './batch-repository.ts'
import type { Operation } from './batch-schemas.ts'
import type { TaskRoutesOptions } from './routes.ts'

type BatchRoutesOptions = Omit<TaskRoutesOptions, 'tasks'> & { batches: BatchRepository }

/** In bytes. A hundred operations fit in, with every text at its longest and four bytes for each character. */
const BODY_LIMIT = 1024 * 1024

/** The call that runs several operations in one transaction. */
export const batchRoutes: FastifyPluginAsyncTypebox<BatchRoutesOptions> = async (
  app,
  { batches, whileUserExists, namesUser },
) => {
  const schemas = describeBatchRoutes(namesUser)
  // Only a known user may send a body of this size.
  const largeBody = { bodyLimit: BODY_LIMIT, onRequest: app.authorize }

  app.post('/batch', { schema: schemas.run, ...largeBody }, async (request, reply) => {
    const { user, body } = request
    const { operations } = body
    await app.countItems(request, reply, '/operations', operations.length)
    const run = whileUserExists(user, () => batches.run(user, operations))
    const texts = await run.catch((error: Error) => raise(withPath(error, operations)))
    const results = operations.map((operation, index) => resultOf(operation, texts[index]!))
    return sendJson(reply, `{"results":[${results.join()}]}`)
  })
}

/** The task is JSON that PostgreSQL wrote. */
function resultOf({ op }: Operation, task: string): string {
  if (op === 'delete') return '{"status":204}'
  return `{"status":${op === 'create' ? 201 : 200},"task":${task}}`
}

/** The error that names the first operation without a task. Nothing was changed. */
function withPath(error: Error, operations: readonly Operation[]): Error {
  const index = operationWithoutTask(error)
  if (index === undefined) return error
  const message = operations[index]!.op === 'restore' ? 'names no task in the trash' : 'names no task'
  return problem('task_not_found', { errors: [{ path: `/operations/${index}/id`, message }] })
}
