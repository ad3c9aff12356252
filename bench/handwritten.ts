import jwt from '@fastify/jwt'
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { createHandwrittenDatabase, type TaskRow } from './handwritten-sql.ts'
import * as schemas from './baseline-schemas.ts'

/**
 * The hand-written baseline: the same routes, similar statements, the same log line per request and the same
 * check of tokens, with only Fastify, @fastify/jwt and pg. It has no Prisma, CORS, security headers, metrics, limits or
 * documented errors. So the difference shows the cost of what the service adds.
 */
declare module 'fastify' {
  interface FastifyRequest {
    owner: string
  }
}
interface Claims {
  sub: string
  email: string
  name: string
}
type Id = { Params: { id: number } }

const { DATABASE_URL, DATABASE_POOL_MAX, BETTER_AUTH_SECRET, PORT } = process.env
const run = createHandwrittenDatabase(DATABASE_URL!, Number(DATABASE_POOL_MAX))
const known = new Set<string>()
const app = Fastify({ logger: true, logController: new LogController({ disableRequestLogging: true }) })

await app.register(jwt, {
  namespace: 'secret',
  secret: BETTER_AUTH_SECRET!,
  verify: { algorithms: ['HS256'], requiredClaims: ['exp'], cache: 10_000 },
})
app.decorateRequest('owner', '')
app.addHook('onResponse', (request, reply, done) => {
  const { method, routeOptions, owner } = request
  request.log.info({
    method,
    route: routeOptions.url,
    status: reply.statusCode,
    duration_ms: reply.elapsedTime,
    user_id: owner,
  })
  done()
})
app.addHook('preHandler', (request, _reply, done) => {
  const claims = app.jwt.secret.verify<Claims>(request.headers.authorization!.slice('Bearer '.length))
  request.owner = claims.sub
  if (known.has(claims.sub)) done()
  else provision(claims).then(() => done(), done)
})

async function provision({ sub, email, name }: Claims) {
  await run('provision', [sub, email, name])
  known.add(sub)
}

function toTask(owner: string, row: TaskRow) {
  const [id, title, description, completed, priority, tags, dueAt, dueAllDay, recurrence, next_task_id] = row
  const due_date = dueAllDay ? dueAt!.slice(0, 10) : dueAt
  const task = { id, user_id: owner, title, description, completed, priority, tags, due_date }
  return { ...task, recurrence, next_task_id, created_at: row[10], updated_at: row[11] }
}

async function one(request: FastifyRequest, reply: FastifyReply, found: Promise<{ rows: TaskRow[] }>) {
  const [row] = (await found).rows
  return row === undefined ? reply.code(404).send({ message: 'not found' }) : toTask(request.owner, row)
}

interface ListQuery {
  limit?: number
  cursor?: string
  tags?: string
}

app.get<{ Querystring: ListQuery }>('/api/tasks', { schema: schemas.list }, async (request, reply) => {
  const { owner, query } = request
  if (query.limit === undefined) return (await run('list', [owner])).rows.map((row) => toTask(owner, row))
  const { rows } = await page(owner, query.limit + 1, query)
  const tasks = rows.slice(0, query.limit).map((row) => toTask(owner, row))
  if (rows.length > query.limit) reply.header('link', nextLink(query.limit, tasks.at(-1)!))
  return tasks
})

function page(owner: string, limit: number, { cursor, tags }: ListQuery) {
  if (tags !== undefined) return run('pageByTag', [owner, limit, tags])
  if (cursor === undefined) return run('page', [owner, limit])
  const [createdAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, number]
  return run('pageAfter', [owner, limit, createdAt, id])
}

function nextLink(limit: number, { created_at, id }: { created_at: string; id: number }) {
  const cursor = Buffer.from(JSON.stringify([created_at, id])).toString('base64url')
  return `</api/tasks?limit=${limit}&cursor=${cursor}>; rel="next"`
}

app.get('/api/tasks/summary', { schema: schemas.summary }, async ({ owner }) => {
  const now = new Date().toISOString()
  const { rows } = await run<[number, number, number, number]>('summary', [
    owner,
    `${now.slice(0, 10)}T00:00:00Z`,
    now,
  ])
  const [total, pending, completed, overdue] = rows[0]!
  const message = `${pending} ${pending === 1 ? 'task' : 'tasks'} pending, ${overdue} overdue`
  return { total, pending, completed, overdue, message }
})

app.get<Id>('/api/tasks/:id', { schema: schemas.get }, (request, reply) =>
  one(request, reply, run('get', [request.owner, request.params.id])),
)

app.post<{ Body: schemas.NewTask }>('/api/tasks', { schema: schemas.create }, async (request, reply) => {
  const { title, description = null, completed = false, due_date: due = null } = request.body
  const values = [request.owner, title, description, completed, due, due?.length === 10]
  const task = toTask(request.owner, (await run('create', values)).rows[0]!)
  return reply.code(201).header('location', `/api/tasks/${task.id}`).send(task)
})

app.put<Id & { Body: { title: string } }>('/api/tasks/:id', { schema: schemas.update }, (request, reply) =>
  one(request, reply, run('setTitle', [request.owner, request.params.id, request.body.title])),
)

app.patch<Id>('/api/tasks/:id/complete', { schema: schemas.get }, (request, reply) =>
  one(request, reply, run('toggle', [request.owner, request.params.id])),
)

app.delete<Id>('/api/tasks/:id', { schema: schemas.remove }, async ({ owner, params }, reply) => {
  const { rowCount } = await run('delete', [owner, params.id])
  return reply.code(rowCount === 1 ? 204 : 404).send()
})

process.once('SIGTERM', () => process.exit())
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
