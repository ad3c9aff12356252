import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Owner } from '../../database/owner.ts'
import { problem, raise } from '../../http/problem.ts'
import { sendJson } from '../answers.ts'
import { describeBatchRoutes } from './operations.ts'
import { type BatchRepository, failedOperation } from './repository.ts'
import { MAX_BATCH_BYTES, type Operation } from './schemas.ts'
import { onceOf } from '../idempotency.ts'
import { splitResults } from '../idempotency-statements.ts'
import { changedMeanwhile } from '../conditional-statements.ts'
import type { Task } from '../schemas.ts'
import type { TaskRoutesOptions } from '../routes.ts'

interface BatchRoutesOptions extends Pick<TaskRoutesOptions, 'keys' | 'whileUserExists' | 'namesUser'> {
  batches: BatchRepository
}

/** The call that runs several operations in one transaction. */
export const batchRoutes: FastifyPluginAsyncTypebox<BatchRoutesOptions> = async (
  app,
  { batches, keys, whileUserExists, namesUser },
) => {
  const schemas = describeBatchRoutes(namesUser)
  // Only a known user may send a body of this size.
  const largeBody = { bodyLimit: MAX_BATCH_BYTES, onRequest: app.authorize }

  app.post('/batch', { schema: schemas.run, ...largeBody }, async (request, reply) => {
    const { user, body, headers } = request
    const { operations } = body
    await app.countItems(request, reply, '/operations', operations.length)
    const once = onceOf(headers['idempotency-key'], 'POST /tasks/batch', body)
    const explain = async (error: Error) => raise(await explained(error, batches, user, operations))
    const run = keys.run(user, once, reply, {
      request: () => whileUserExists(user, () => batches.run(user, operations, once)),
      replay: splitResults,
    })
    const texts = await run.catch(explain)
    const results = operations.map((operation, index) => resultOf(operation, texts[index]!))
    return sendJson(reply, `{"results":[${results.join()}]}`)
  })
}

/** The task is JSON that PostgreSQL wrote. */
function resultOf({ op }: Operation, task: string): string {
  if (op === 'delete') return '{"status":204}'
  return `{"status":${op === 'create' ? 201 : 200},"task":${task}}`
}

/**
 * The error that names the first operation without a task, or with a task that has changed meanwhile. Nothing was
 * changed. The transaction is over, so a separate statement reads the current task: it is the version that caused the
 * error, or a newer one.
 */
async function explained(error: Error, batches: BatchRepository, owner: Owner, all: readonly Operation[]) {
  const { index, isMissing } = failedOperation(error) ?? {}
  if (index === undefined) return error
  const operation = all[index] as Exclude<Operation, { op: 'create' }>
  const current = isMissing ? undefined : await batches.findTask(owner, operation)
  if (current !== undefined) {
    const errors = [{ path: `/operations/${index}/if_match`, message: 'is not the current version' }]
    return changedMeanwhile({ current: JSON.parse(current) as Task, errors })
  }
  const message =
    operation.op === 'restore' ? 'is not the id of a task in the trash' : 'is not the id of a task'
  return problem('task_not_found', { errors: [{ path: `/operations/${index}/id`, message }] })
}
