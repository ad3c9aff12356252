import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { startApp } from './helpers/app.ts'

interface Parameter {
  name: string
  in: string
  description?: string
}
interface Media {
  schema: { $ref?: string }
}
interface Operation {
  operationId?: string
  summary?: string
  tags?: string[]
  security?: object[]
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}
interface Schema {
  type?: string | string[]
  description?: string
  examples?: unknown[]
  properties?: Record<string, Schema>
}

async function documentOf(t: Parameters<typeof startApp>[0]) {
  const { app } = await startApp(t)
  const { body } = await app.inject('/openapi.json')
  return JSON.parse(body) as {
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, Schema>; securitySchemes: object }
  }
}

const operationsOf = ({ paths }: Awaited<ReturnType<typeof documentOf>>) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      method,
      operation,
    })),
  )

t.test('the document is valid OpenAPI 3.1', async (t) => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(await documentOf(t))
  t.same(errors, undefined)
  t.ok(valid)
  t.equal(validator.version, '3.1')
})

t.test('it holds every call of the contract', async (t) => {
  const document = await documentOf(t)
  const names = operationsOf(document).map(({ name }) => name.replace(/\/(?=$)/, ''))
  const calls = [
    'get /tasks',
    'post /tasks',
    'get /tasks/summary',
    'get /tasks/{id}',
    'put /tasks/{id}',
    'patch /tasks/{id}',
    'delete /tasks/{id}',
    'patch /tasks/{id}/complete',
  ]
  for (const mount of ['/api', '/api/{user_id}']) {
    for (const call of calls) t.ok(names.includes(call.replace(' ', ` ${mount}`)), `${mount} ${call}`)
  }
  for (const call of [
    'get /api/me',
    'delete /api/me',
    'get /api/auth/me',
    'get /health',
    'get /ready',
    'get ',
  ])
    t.ok(names.includes(call), call)
})

t.test(
  'every operation has a name of its own, a summary, and describes its answers and errors',
  async (t) => {
    const operations = operationsOf(await documentOf(t))
    const ids = operations.map(({ operation }) => operation.operationId)
    t.equal(new Set(ids).size, ids.length)
    for (const { name, path, method, operation } of operations) {
      t.ok(operation.operationId, name)
      t.ok(operation.summary, name)
      t.ok(operation.tags?.length, name)
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        t.ok(description && description !== 'Default Response', `${name} ${status}`)
        if (Number(status) >= 400)
          t.same(Object.keys(content!), ['application/problem+json'], `${name} ${status}`)
      }
      if (!path.startsWith('/api')) continue
      t.same(operation.security, [{ bearer: [] }], name)
      const statuses = Object.keys(operation.responses)
      for (const status of ['401', '409', '429', '500', '503'])
        t.ok(statuses.includes(status), `${name} ${status}`)
      t.equal(statuses.includes('403'), path.includes('{user_id}'), name)
      t.equal(statuses.includes('404'), path.includes('{id}'), name)
      if (method !== 'get')
        for (const status of ['400', '413', '415']) t.ok(statuses.includes(status), `${name} ${status}`)
    }
  },
)

t.test('a body is required where a request without one is refused', async (t) => {
  const operations = operationsOf(await documentOf(t)).filter(({ operation }) => operation.requestBody)
  t.ok(operations.length > 0)
  for (const { name, operation } of operations)
    t.equal(operation.requestBody!.required, !name.endsWith('/complete'), name)
})

t.test('every parameter and every field of a body says what it is', async (t) => {
  const document = await documentOf(t)
  for (const { name, operation } of operationsOf(document)) {
    for (const parameter of operation.parameters ?? [])
      t.ok(parameter.description, `${name} ${parameter.name}`)
  }
  for (const name of [
    'Task',
    'NewTask',
    'TaskChanges',
    'Completion',
    'Summary',
    'User',
    'Session',
    'Problem',
  ]) {
    const schema = document.components.schemas[name]
    t.ok(schema, name)
    for (const [field, { description, examples, properties }] of Object.entries(schema!.properties!)) {
      t.ok(description || examples?.length || properties, `${name}.${field}`)
    }
  }
})
