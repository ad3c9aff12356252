import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem } from '../http/problem.ts'
import type { Operation } from './batch-schemas.ts'
import { operationWithoutTask } from './batch-statements.ts'
import type { TaskRoutesOptions } from './routes.ts'

/** In bytes. A hundred operations fit in, with every text at its longest and four bytes for each character. */
export const BATCH_BODY_LIMIT = 1024 * 1024

/**
 * Runs the operations of a batch. The answer is the result of each, as JSON.
 *
 * @throws problem 404 `task_not_found` that names the first operation without a task; nothing was changed
 */
export async function runBatch(
  { tasks, whileUserExists }: Pick<TaskRoutesOptions, 'tasks' | 'whileUserExists'>,
  operations: readonly Operation[],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const { user, server } = request
  await server.countItems(request, reply, '/operations', operations.length)
  const texts = await whileUserExists(user, () => tasks.runAll(user.id, operations)).catch(raiseWithPath)
  const results = operations.map((operation, index) => resultOf(operation, texts[index]!))
  return `{"results":[${results.join()}]}`
}

function raiseWithPath(error: Error): never {
  const index = operationWithoutTask(error)
  if (index === undefined) throw error
  throw problem('task_not_found', {
    errors: [{ path: `/operations/${index}/id`, message: 'names no task' }],
  })
}

/** The task is JSON that PostgreSQL wrote. */
function resultOf({ op }: Operation, task: string): string {
  if (op === 'delete') return '{"status":204}'
  return `{"status":${op === 'create' ? 201 : 200},"task":${task}}`
}
