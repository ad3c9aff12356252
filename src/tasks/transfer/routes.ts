import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { hash } from 'node:crypto'
import { acceptRawBodies } from '../../http/bodies.ts'
import { problem, raise } from '../../http/problem.ts'
import type { Check } from '../../http/validation.ts'
import { Ref } from '../../openapi/schema-types.ts'
import { sendJson } from '../answers.ts'
import { withoutRequestDeadline } from '../complete-list.ts'
import { onceOf } from '../idempotency.ts'
import { splitResults } from '../idempotency-statements.ts'
import type { TaskRoutesOptions } from '../routes.ts'
import { sendExport } from './export.ts'
import { formatOf, MAX_FILE_BYTES } from './formats.ts'
import { type Content, readFile } from './import.ts'
import { describeTransferRoutes } from './operations.ts'
import type { TransferRepository } from './repository.ts'
import { ImportedTask, type ImportQuery, type ImportResult } from './schemas.ts'
import type { ImportLimit } from './import-limit.ts'

interface TransferRoutesOptions extends Omit<TaskRoutesOptions, 'tasks' | 'changes'> {
  transfers: TransferRepository
  importLimit: ImportLimit
}

/** The rate limit counts one request for each so many bytes (the largest ordinary body) or tasks (a similar cost). */
const [REQUEST_BYTES, REQUEST_TASKS] = [64 * 1024, 50]

/** The calls that export tasks to files and import them. */
export const transferRoutes: FastifyPluginAsyncTypebox<TransferRoutesOptions> = async (app, options) => {
  const { completeLists, namesUser } = options
  const schemas = describeTransferRoutes(namesUser)

  app.get('/export', { schema: schemas.export }, (request, reply) =>
    sendExport(completeLists, request.query.format ?? 'json', request, reply),
  )

  await app.register(async (scope) => {
    acceptRawBodies(scope)
    const check = scope.compileCheck(Ref(ImportedTask))
    scope.route({
      method: 'POST',
      url: '/import',
      schema: schemas.import,
      bodyLimit: MAX_FILE_BYTES,
      // The body is a file, which readFile checks.
      validatorCompiler: (route) => (route.httpPart === 'body' ? () => true : app.validatorCompiler!(route)),
      // Only a known user may send a body of this size.
      onRequest: [scope.authorize, (request, reply, done) => options.importLimit.take(request, reply, done)],
      handler: (request, reply) => runImport(options, check, request, reply),
    })
  })
}

async function runImport(
  { transfers, keys, whileUserExists }: TransferRoutesOptions,
  check: Check,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { headers, server } = request
  const { dry_run: isDry = false, time_zone: timeZone = 'UTC', ...query } = request.query as ImportQuery
  const format = query.format ?? formatOf(headers['content-type']) ?? raise(problem('unsupported_file_type'))
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
  const weight = Math.ceil(body.length / REQUEST_BYTES)
  await server.countWeight(request, reply, weight, 1)

  const content = await readFile(format, body, check, timeZone)
  // Reading a long file may take longer than a request.
  const owner = withoutRequestDeadline(request.user)
  if (isDry) return send(reply, content, await transfers.count(owner, content.rows), isDry)
  await server.countWeight(request, reply, Math.ceil(content.tasks / REQUEST_TASKS), Math.max(weight, 1))
  const key = headers['idempotency-key'] as string | undefined
  const fingerprint = key && `${format} ${timeZone} ${hash('sha256', body, 'base64url')}`
  const once = onceOf(key, 'POST /tasks/import', fingerprint)
  const [created] = await keys.run(owner, once, reply, {
    request: () =>
      whileUserExists(request.user, () => transfers.insert(owner, content.rows, content.links, once)),
    replay: splitResults,
  })
  return send(reply, content, Number(created), isDry)
}

function send(reply: FastifyReply, content: Content, created: number, isDry: boolean) {
  const result: ImportResult = {
    dry_run: isDry,
    created,
    skipped: content.tasks - created,
    ignored: content.parts,
    ignored_columns: content.columns,
  }
  return sendJson(reply, JSON.stringify(result))
}
