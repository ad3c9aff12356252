/** JSON schemas of both baselines. Fastify compiles its validators and serializers from them. */
const text = { type: 'string' }
const textOrNull = { type: ['string', 'null'] }
const count = { type: 'integer' }
const instant = { type: 'string' }

const task = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    user_id: text,
    title: text,
    description: textOrNull,
    completed: { type: 'boolean' },
    priority: text,
    tags: { type: 'array', items: text },
    due_date: textOrNull,
    recurrence: { type: ['object', 'null'], additionalProperties: true },
    next_task_id: { type: ['integer', 'null'] },
    created_at: instant,
    updated_at: instant,
  },
}
const title = { type: 'string', minLength: 1, maxLength: 200 }
const params = { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } }

export interface NewTask {
  title: string
  description?: string | null
  completed?: boolean
  due_date?: string | null
}
const newTask = {
  type: 'object',
  required: ['title'],
  properties: {
    title,
    description: { type: ['string', 'null'], maxLength: 1000 },
    completed: { type: 'boolean' },
    due_date: textOrNull,
  },
}
const page = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 200 },
    cursor: { type: 'string', maxLength: 2000 },
    tags: { type: 'string', maxLength: 50 },
  },
}
const counts = { total: count, pending: count, completed: count, overdue: count, message: text }

export const list = { querystring: page, response: { 200: { type: 'array', items: task } } }
/** Query of the textbook's list. Prisma's cursor is the id of a task. */
export const pages = {
  ...list,
  querystring: { ...page, properties: { ...page.properties, cursor: count } },
}
export const get = { params, response: { 200: task } }
export const create = { body: newTask, response: { 201: task } }
export const update = {
  params,
  body: { type: 'object', required: ['title'], properties: { title } },
  response: { 200: task },
}
export const remove = { params }
export const summary = { response: { 200: { type: 'object', properties: counts } } }
