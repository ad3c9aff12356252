import jwt from '@fastify/jwt'
import { PrismaPg } from '@prisma/adapter-pg'
import Fastify, { type FastifyRequest } from 'fastify'
import { PrismaClient, type Task } from '../src/generated/prisma/client.ts'
import * as schemas from './baseline-schemas.ts'

/**
 * The textbook, the second baseline: the same routes on Fastify and Prisma's model API, as the documentation of both
 * shows them. It has no row-level security, no CORS, no metrics, no change feed and no trash.
 */
declare module 'fastify' {
  interface FastifyRequest {
    owner: string
  }
}
type Id = { Params: { id: number } }
type ListQuery = { limit?: number; cursor?: number; tags?: string }

const { DATABASE_URL, DATABASE_POOL_MAX, BETTER_AUTH_SECRET, PORT } = process.env
const adapter = new PrismaPg({ connectionString: DATABASE_URL!, max: Number(DATABASE_POOL_MAX) })
const prisma = new PrismaClient({ adapter })
const known = new Set<string>()
const app = Fastify({ logger: true })
await app.register(jwt, { secret: BETTER_AUTH_SECRET! })
app.decorateRequest('owner', '')
app.addHook('onRequest', async (request) => {
  const { sub: id, email, name } = await request.jwtVerify<{ sub: string; email: string; name: string }>()
  request.owner = id
  if (known.has(id)) return
  await prisma.user.upsert({ where: { id }, create: { id, email, name }, update: { email, name } })
  known.add(id)
})
app.setErrorHandler((error: Error & { code?: string }, _request, reply) => {
  reply.code(error.code === 'P2025' ? 404 : 500).send({ message: error.message })
})

function toAnswer({ due_at: dueAt, due_all_day: isAllDay, ...task }: Task) {
  const due = dueAt?.toISOString() ?? null
  return { ...task, id: Number(task.id), due_date: isAllDay ? due!.slice(0, 10) : due }
}
const ownTask = ({ params, owner }: FastifyRequest<Id>) => ({ id: params.id, user_id: owner })

app.get<{ Querystring: ListQuery }>('/api/tasks', { schema: schemas.pages }, async (request, reply) => {
  const { limit, cursor, tags } = request.query
  const tasks = await prisma.task.findMany({
    where: { user_id: request.owner, ...(tags !== undefined && { tags: { has: tags } }) },
    orderBy: [{ created_at: 'desc' }, { id: 'desc' }],
    ...(limit !== undefined && { take: limit + 1 }),
    ...(cursor !== undefined && { cursor: { id: cursor }, skip: 1 }),
  })
  const page = tasks.slice(0, limit)
  if (page.length < tasks.length)
    reply.header('link', `</api/tasks?limit=${limit}&cursor=${page.at(-1)!.id}>; rel="next"`)
  return page.map(toAnswer)
})

app.get('/api/tasks/summary', { schema: schemas.summary }, async ({ owner }) => {
  const now = new Date()
  const today = new Date(now.toISOString().slice(0, 10))
  const dayIsOver = { due_all_day: true, due_at: { lt: today } }
  const timeIsOver = { due_all_day: false, due_at: { lt: now } }
  const [pending, completed, overdue] = await Promise.all([
    prisma.task.count({ where: { user_id: owner, completed: false } }),
    prisma.task.count({ where: { user_id: owner, completed: true } }),
    prisma.task.count({ where: { user_id: owner, completed: false, OR: [dayIsOver, timeIsOver] } }),
  ])
  const message = `${pending} ${pending === 1 ? 'task' : 'tasks'} pending, ${overdue} overdue`
  return { total: pending + completed, pending, completed, overdue, message }
})

app.get<Id>('/api/tasks/:id', { schema: schemas.get }, async (request) =>
  toAnswer(await prisma.task.findFirstOrThrow({ where: ownTask(request) })),
)

app.post<{ Body: schemas.NewTask }>('/api/tasks', { schema: schemas.create }, async (request, reply) => {
  const { due_date: due, ...task } = request.body
  const dates = due ? { due_at: new Date(due), due_all_day: due.length === 10 } : {}
  const made = await prisma.task.create({ data: { ...task, ...dates, user_id: request.owner } })
  return reply.code(201).header('location', `/api/tasks/${made.id}`).send(toAnswer(made))
})

app.put<Id & { Body: { title: string } }>('/api/tasks/:id', { schema: schemas.update }, async (request) => {
  const data = { ...request.body, updated_at: new Date() }
  return toAnswer(await prisma.task.update({ where: ownTask(request), data }))
})

app.patch<Id>('/api/tasks/:id/complete', { schema: schemas.get }, async (request) => {
  const { completed } = await prisma.task.findFirstOrThrow({ where: ownTask(request) })
  const data = { completed: !completed, updated_at: new Date() }
  return toAnswer(await prisma.task.update({ where: ownTask(request), data }))
})

app.delete<Id>('/api/tasks/:id', { schema: schemas.remove }, async (request, reply) => {
  await prisma.task.delete({ where: ownTask(request) })
  return reply.code(204).send()
})

process.once('SIGTERM', () => process.exit())
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
