import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import type { Owner } from '../../database/owner.ts'
import { parseIfMatch } from '../../http/entity-tags.ts'
import { problem } from '../../http/problem.ts'
import { invalid, linkNext, sendTask, taskNotFound, withId } from '../answers.ts'
import type { IfMatch } from '../conditional-statements.ts'
import { decodeTrashCursor, encodeTrashCursor } from '../cursor.ts'
import { describeTrashRoutes } from './operations.ts'
import type { TrashRepository } from './repository.ts'
import { DEFAULT_TRASH_PAGE, type DeletedTask, TrashQuery } from './schemas.ts'

interface TrashRoutesOptions {
  trash: TrashRepository
  /** How long the trash keeps a task, for the texts of the OpenAPI document. */
  trashDays: number
  /** Whether the path names the user. The auth plugin has compared it with the token. */
  namesUser: boolean
}

/** The calls that delete tasks and restore them. */
export const trashRoutes: FastifyPluginAsyncTypebox<TrashRoutesOptions> = async (
  app,
  { trash, trashDays, namesUser },
) => {
  const schemas = describeTrashRoutes(namesUser, trashDays)

  app.delete('/:id', { schema: schemas.delete }, (request, reply) =>
    sendGone(reply, changed(trash.delete, request)),
  )

  const clear = { schema: schemas.clear, schemaErrorFormatter: explainClearing }
  app.delete('/', clear, async ({ user }) => ({ deleted: await trash.deleteCompleted(user) }))

  app.post('/:id/restore', { schema: schemas.restore }, (request, reply) =>
    sendTask(reply, changed(trash.restore, request)),
  )

  app.get('/trash', { schema: schemas.list }, (request, reply) => sendTrash(trash, request, reply))

  const empty = { schema: schemas.empty, schemaErrorFormatter: explainEmptying }
  app.delete('/trash', empty, async ({ user }) => ({ deleted: await trash.empty(user) }))

  app.delete('/trash/:id', { schema: schemas.remove }, (request, reply) =>
    sendGone(reply, changed(trash.remove, request)),
  )
}

/** Answers with a page of the trash. */
async function sendTrash(trash: TrashRepository, request: FastifyRequest, reply: FastifyReply) {
  const sent = request.query as TrashQuery
  const { limit = DEFAULT_TRASH_PAGE, cursor } = sent
  const after = cursor === undefined ? undefined : decodeTrashCursor(cursor)
  if (cursor !== undefined && after === undefined) throw invalid('cursor', 'must be a cursor of the trash')
  const found = await trash.list(request.user, limit + 1, after)
  const page = found.slice(0, limit)
  if (found.length > page.length)
    linkNext(reply, sent, TrashQuery, encodeTrashCursor(JSON.parse(page.at(-1)!) as DeletedTask))
  return reply.type('application/json; charset=utf-8').send(`[${page.join(',')}]`)
}

interface ChangeRequest {
  user: Owner
  params: { id: string }
  headers: { 'if-match'?: string }
}

/** Runs a change of the task that the path names. */
const changed = <Answer>(
  change: (owner: Owner, id: bigint, ifMatch: IfMatch) => Promise<Answer>,
  { user, params, headers }: ChangeRequest,
) => withId(params.id, (id) => change(user, id, parseIfMatch(headers['if-match'])))

/** @throws problem 404 `task_not_found` if there was no task */
async function sendGone(reply: FastifyReply, existed: Promise<boolean | undefined>) {
  if (!(await existed)) throw taskNotFound()
  return reply.code(204).send(null)
}

/** A call that deletes many tasks says what it takes, whatever is wrong with it. */
const refuseBy = (rule: string) => (mistakes: FastifySchemaValidationError[]) => {
  const errors = mistakes.map(({ keyword, params }) =>
    keyword === 'additionalProperties'
      ? { path: `/${String(params.additionalProperty)}`, message: 'is not allowed' }
      : { path: '/status', message: 'must be completed' },
  )
  return problem('validation_failed', { values: [rule], errors })
}
const explainClearing = refuseBy('To delete all completed tasks send status=completed and no other parameter')
const explainEmptying = refuseBy('To empty the trash send no parameter')
