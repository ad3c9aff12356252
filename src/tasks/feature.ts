import type { FastifyPluginAsync } from 'fastify'
import type { Client } from '../database/client.ts'
import { createBatchRepository } from './batch/repository.ts'
import { batchRoutes } from './batch/routes.ts'
import * as batchSchemas from './batch/schemas.ts'
import { createChangeFeed } from './changes/repository.ts'
import { eventRoutes } from './changes/routes.ts'
import type { TaskEvents } from './changes/events.ts'
import { createIdempotencyKeys } from './idempotency.ts'
import { createCompleteLists } from './complete-list.ts'
import { createTaskRepository } from './repository.ts'
import { taskRoutes, type TaskRoutesOptions } from './routes.ts'
import * as schemas from './schemas.ts'
import { tagRoutes } from './tags/routes.ts'
import { createTrashRepository } from './trash/repository.ts'
import { trashRoutes } from './trash/routes.ts'
import * as trashSchemas from './trash/schemas.ts'
import { createTransferRepository } from './transfer/repository.ts'
import { transferRoutes } from './transfer/routes.ts'
import * as transferSchemas from './transfer/schemas.ts'
import { createImportLimit } from './transfer/import-limit.ts'

/** The schemas that become components of the document: those with an `$id`. */
export const TASK_SCHEMAS: readonly unknown[] = Object.values({
  ...schemas,
  ...trashSchemas,
  ...batchSchemas,
  ...transferSchemas,
})

export type TaskQueries = ReturnType<typeof createTaskQueries>

/**
 * Every query on tasks, and the purges of what they leave behind.
 *
 * @param trashDays how long the trash keeps a task, in days; 0 means that there is no trash
 */
export function createTaskQueries(prisma: Client, trashDays: number) {
  const changes = createChangeFeed(prisma)
  const keys = createIdempotencyKeys(prisma)
  const trash = createTrashRepository(prisma, trashDays)
  return {
    tasks: createTaskRepository(prisma),
    batches: createBatchRepository(prisma, trashDays),
    transfers: createTransferRepository(prisma),
    changes,
    keys,
    trash,
    trashDays,
    purges: [
      { what: 'tasks in the trash', purge: trash.purge },
      { what: 'ids of deleted tasks', purge: changes.purge },
      { what: 'idempotency keys', purge: keys.purge },
    ],
  }
}

interface TaskFeatureOptions extends Pick<TaskRoutesOptions, 'whileUserExists'> {
  queries: TaskQueries
  events: TaskEvents
}

/** Every route of tasks, under both paths: for the user of the token, and with the user in the path. */
export const taskFeature: FastifyPluginAsync<TaskFeatureOptions> = async (
  app,
  { queries: { tasks, batches, transfers, changes, keys, trash, trashDays }, events, whileUserExists },
) => {
  const completeLists = createCompleteLists(tasks)
  const importLimit = createImportLimit()
  for (const namesUser of [false, true]) {
    const prefix = namesUser ? '/:user_id/tasks' : '/tasks'
    await app.register(taskRoutes, {
      prefix,
      tasks,
      completeLists,
      changes,
      keys,
      whileUserExists,
      namesUser,
    })
    await app.register(tagRoutes, { prefix: `${prefix}/tags`, tasks, namesUser })
    await app.register(trashRoutes, { prefix, trash, trashDays, namesUser })
    await app.register(eventRoutes, { prefix, events, namesUser })
    await app.register(batchRoutes, { prefix, batches, keys, whileUserExists, namesUser })
    const transfer = { completeLists, transfers, keys, importLimit, whileUserExists, namesUser }
    await app.register(transferRoutes, { prefix, ...transfer })
  }
}
