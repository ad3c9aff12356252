import { Validator } from '@seriousme/openapi-schema-validator'
import t, { type Test } from 'tap'
import { ERROR_CODES, ERRORS } from '../src/http/catalogue.ts'
import { startApp } from './helpers/app.ts'
import { type Document, lookUp, type Schema, validatorOf } from './helpers/described.ts'

async function documentOf(t: Test) {
  const { app } = await startApp(t)
  const { body } = await app.inject('/openapi.json')
  return JSON.parse(body) as Document
}

const operationsOf = (document: Document) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      method,
      operation,
      responses: Object.entries(operation.responses).map(
        ([status, response]) => [Number(status), lookUp(document, response)] as const,
      ),
    })),
  )

t.test('the document is valid OpenAPI 3.1', async (t) => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate({ ...(await documentOf(t)) })
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

t.test('every operation has a name of its own, says what it does, and describes its answers', async (t) => {
  const operations = operationsOf(await documentOf(t))
  const ids = operations.map(({ operation }) => operation.operationId)
  t.equal(new Set(ids).size, ids.length)
  for (const { name, path, method, operation, responses } of operations) {
    for (const text of ['operationId', 'summary', 'description'] as const)
      t.ok(operation[text], `${name} ${text}`)
    t.ok(operation.tags?.length, name)
    for (const [status, { description, content }] of responses) {
      t.ok(description && description !== 'Default Response', `${name} ${status}`)
      if (status >= 400) t.same(Object.keys(content!), ['application/problem+json'], `${name} ${status}`)
    }
    if (!path.startsWith('/api')) continue
    t.same(operation.security, [{ bearer: [] }], name)
    const statuses = responses.map(([status]) => status)
    for (const status of [401, 429, 500, 503]) t.ok(statuses.includes(status), `${name} ${status}`)
    t.equal(statuses.includes(409), method === 'post', name)
    t.equal(statuses.includes(403), path.includes('{user_id}'), name)
    t.equal(statuses.includes(404), path.includes('{id}'), name)
    if (method !== 'get')
      for (const status of [400, 413, 415]) t.ok(statuses.includes(status), `${name} ${status}`)
  }
})

t.test('a body is required where a request without one is refused', async (t) => {
  const operations = operationsOf(await documentOf(t)).filter(({ operation }) => operation.requestBody)
  t.ok(operations.length > 0)
  for (const { name, operation } of operations)
    t.equal(operation.requestBody!.required, !name.endsWith('/complete'), name)
})

t.test('every parameter, field and header says what it is, with an example that it admits', async (t) => {
  const document = await documentOf(t)
  const check = (where: string, schema: Schema, description = schema.description) => {
    t.ok(description, `${where} is described`)
    const { examples = schema.const === undefined ? [] : [schema.const] } = schema
    t.ok(examples.length > 0, `${where} has an example`)
    for (const example of examples)
      t.ok(validatorOf(document, schema)(example), `${where}: ${String(example)}`)
  }
  const checkFields = (where: string, { properties = {}, items }: Schema) => {
    for (const [name, field] of Object.entries(properties)) {
      check(`${where}.${name}`, field)
      checkFields(`${where}.${name}`, field)
    }
    if (items) checkFields(`${where}[]`, items)
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    t.ok(schema.description, name)
    checkFields(name, schema)
  }
  for (const { name, operation, responses } of operationsOf(document)) {
    for (const { name: parameter, schema, description, example } of operation.parameters ?? [])
      check(
        `${name} ${parameter}`,
        example === undefined ? schema : { ...schema, examples: [example] },
        description,
      )
    for (const [status, { headers = {} }] of responses)
      for (const [header, reference] of Object.entries(headers)) {
        const { schema, description } = lookUp(document, reference)
        check(`${name} ${status} ${header}`, schema, description)
      }
  }
})

t.test('every body is shown by examples, each with a title, that match its schema', async (t) => {
  const document = await documentOf(t)
  for (const { name, operation, responses } of operationsOf(document)) {
    const bodies = [['request', operation.requestBody] as const, ...responses]
    for (const [what, body] of bodies) {
      for (const { schema, examples = {} } of Object.values(body?.content ?? {})) {
        t.ok(Object.keys(examples).length > 0, `${name} ${what} has an example`)
        const validate = validatorOf(document, schema)
        for (const [title, { summary, value }] of Object.entries(examples)) {
          t.ok(summary, `${name} ${what} ${title}`)
          t.ok(validate(value), `${name} ${what} ${title}`, { errors: validate.errors })
        }
      }
    }
  }
})

t.test('an error shows each code that it can have, and the headers that go with it', async (t) => {
  for (const { name, responses } of operationsOf(await documentOf(t))) {
    for (const [status, { description, headers = {}, content }] of responses) {
      const names = Object.keys(headers)
      t.ok(names.includes('x-request-id'), `${name} ${status}`)
      if (status === 401) t.ok(names.includes('www-authenticate'), `${name} ${status}`)
      if (status === 429 || status === 503) t.ok(names.includes('retry-after'), `${name} ${status}`)
      if (status === 429) t.ok(names.includes('ratelimit-reset'), `${name} ${status}`)
      if (status < 400) continue
      for (const [code, { value }] of Object.entries(content!['application/problem+json']!.examples!)) {
        t.match(value, { status, code }, `${name} ${status}`)
        t.ok(description.includes(code), `${name} ${status} ${code}`)
      }
    }
  }
})

t.test('the codes of errors are an enumeration, and the page explains each', async (t) => {
  const { components, info } = await documentOf(t)
  t.same(components.schemas.Problem!.properties!.code!.enum, ERROR_CODES)
  for (const code of ERROR_CODES)
    t.ok(info.description!.includes(`| \`${code}\` | ${ERRORS[code].status} | ${ERRORS[code].when} |`), code)
})

t.test('the page tells a newcomer how to begin', async (t) => {
  const { description = '' } = (await documentOf(t)).info
  for (const topic of ['Get a token', 'First calls', 'Pages', 'time zones', 'Errors', 'Try again'])
    t.match(description, new RegExp(`### .*${topic}`))
})
