import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import type { CompleteLists } from '../complete-list.ts'
import type { Task } from '../schemas.ts'
import type { Selection } from '../selection.ts'
import { csvWriter } from './csv-write.ts'
import { MEDIA_TYPES, type TransferFormat } from './formats.ts'
import { createIcsWriter } from './ics-write.ts'

/** All tasks, oldest first, because an import creates the tasks in the order of the file. */
const ALL: Selection = { conditions: [], mayScan: false, isPrepared: true, sort: 'created', order: 'asc' }

/** How an export is written. `write` gets a batch of tasks as JSON texts. `isFirst` is true for the first batch. */
interface Writer {
  start: string
  write: (tasks: readonly string[], isFirst: boolean) => string
  end: string
}

const jsonWriter = (now: string): Writer => ({
  start: `{"format":"task-api","version":1,"exported_at":"${now}","tasks":[`,
  write: (tasks, isFirst) => `${isFirst ? '' : ','}\n${tasks.join(',\n')}`,
  end: '\n]}\n',
})

const ofTasks = ({
  write,
  ...others
}: {
  start: string
  write: (tasks: Task[]) => string
  end: string
}): Writer => ({
  ...others,
  write: (tasks) => write(tasks.map((json) => JSON.parse(json) as Task)),
})

const writers: Readonly<Record<TransferFormat, (now: string) => Writer>> = {
  json: jsonWriter,
  csv: () => ofTasks(csvWriter),
  ics: (now) => ofTasks(createIcsWriter(now)),
}

/**
 * Answers with all tasks as a file, in constant memory (complete-list.ts). The first tasks are read before the answer
 * begins, so that the client gets a 503 if the database is unavailable.
 */
export async function sendExport(
  completeLists: CompleteLists,
  format: TransferFormat,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const now = new Date().toISOString()
  const batches = await completeLists.read(ALL, request, reply)
  reply.type(`${MEDIA_TYPES[format]}; charset=utf-8`)
  reply.header('content-disposition', `attachment; filename="tasks-${now.slice(0, 10)}.${format}"`)
  return reply.send(Readable.from(pieces(writers[format](now), batches), { highWaterMark: 1 }))
}

async function* pieces({ start, write, end }: Writer, batches: AsyncIterable<string[]> | Iterable<string[]>) {
  let isFirst = true
  let text = start
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield text + write(batch, isFirst)
    text = ''
    isFirst = false
  }
  yield text + end
}
