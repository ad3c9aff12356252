import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t, { type Test } from 'tap'
import { ERROR_CODES, ERRORS } from '../src/http/catalogue.ts'
import { isVisible, VISIBLE_PATTERN } from '../src/http/text.ts'
import { taskFormats } from '../src/tasks/formats.ts'
import { createUser, startApp } from './helpers/app.ts'
import {
  type Document,
  documentOf as described,
  findOperation,
  lookUp,
  type Schema,
  validatorOf,
} from './helpers/described.ts'

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

t.test('the document describes every call of the contract', async (t) => {
  const document = await documentOf(t)
  const names = operationsOf(document).map(({ name }) => name.replace(/\/(?=$)/, ''))
  const calls = [
    'get /tasks',
    'post /tasks',
    'get /tasks/summary',
    'post /tasks/batch',
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

t.test('every operation has a unique name, a summary, a description and described answers', async (t) => {
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
    if (!path.startsWith('/api')) {
      t.same(operation.security, [], `${name} needs no token`)
      continue
    }
    t.same(operation.security, [{ bearer: [] }], name)
    const statuses = responses.map(([status]) => status)
    for (const status of [401, 409, 429, 500, 503]) t.ok(statuses.includes(status), `${name} ${status}`)
    t.equal(statuses.includes(403), path.includes('{user_id}'), name)
    t.equal(statuses.includes(404), /\{id\}|\/batch$/.test(path), name)
    if (method !== 'get')
      for (const status of [400, 413, 415]) t.ok(statuses.includes(status), `${name} ${status}`)
  }
})

t.test('a body is required exactly if a request without one is refused', async (t) => {
  const operations = operationsOf(await documentOf(t)).filter(({ operation }) => operation.requestBody)
  t.ok(operations.length > 0)
  for (const { name, operation } of operations)
    t.equal(operation.requestBody!.required, !name.endsWith('/complete'), name)
})

t.test('every parameter, field and header has a description and a valid example', async (t) => {
  const document = await documentOf(t)
  const check = (where: string, schema: Schema, description = schema.description) => {
    t.ok(description, `${where} is described`)
    const { examples = schema.const === undefined ? [] : [schema.const] } = schema
    t.ok(examples.length > 0, `${where} has an example`)
    for (const example of examples)
      t.ok(validatorOf(document, schema)(example), `${where}: ${JSON.stringify(example)}`)
  }
  const checkFields = (where: string, { properties = {}, items }: Schema) => {
    for (const [name, field] of Object.entries(properties)) {
      // A schema with a name of its own is checked under that name.
      if (field.$ref) continue
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

t.test('every body has examples with titles, which match its schema', async (t) => {
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

t.test('every error lists its codes and its headers', async (t) => {
  for (const { name, responses } of operationsOf(await documentOf(t))) {
    for (const [status, { description, headers = {}, content }] of responses) {
      const names = Object.keys(headers)
      t.ok(names.includes('x-request-id'), `${name} ${status}`)
      if (status === 401) t.ok(names.includes('www-authenticate'), `${name} ${status}`)
      if ([409, 429, 503].includes(status)) t.ok(names.includes('retry-after'), `${name} ${status}`)
      if (status === 429) t.ok(names.includes('ratelimit-reset'), `${name} ${status}`)
      if (status < 400) continue
      for (const [code, { value }] of Object.entries(content!['application/problem+json']!.examples!)) {
        t.match(value, { status, code }, `${name} ${status}`)
        t.ok(description.includes(code), `${name} ${status} ${code}`)
      }
    }
  }
})

t.test('schemas use only keywords of JSON Schema, so that every tool understands them', async (t) => {
  const document = await documentOf(t)
  const standard = new Ajv2020({ strictTypes: false, allowUnionTypes: true })
  // OpenAPI's own, and formats, which JSON Schema leaves open.
  for (const keyword of ['components', 'example']) standard.addKeyword(keyword)
  const own = Object.keys(taskFormats)
  for (const name of ['date-time', 'int64', ...own]) standard.addFormat(name, true)
  standard.addSchema({ $id: 'doc', components: document.components })
  let formats = 0
  const check = (where: string, value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    if ('schema' in value) {
      const text = JSON.stringify(value.schema).replaceAll('"#/components', '"doc#/components')
      t.doesNotThrow(() => standard.compile(JSON.parse(text) as object), where)
    }
    const { format, pattern } = value as Schema
    if (typeof format === 'string' && own.includes(format)) {
      t.equal(typeof pattern, 'string', `${where} has the format ${format} and a pattern`)
      formats += 1
    }
    for (const [name, item] of Object.entries(value)) check(`${where}/${name}`, item)
  }
  check('', document)
  t.ok(formats > 5)
})

t.test('an id in a path is an integer, as it is in a task', async (t) => {
  const ids = operationsOf(await documentOf(t)).flatMap(
    ({ operation }) => operation.parameters?.filter(({ name }) => name === 'id') ?? [],
  )
  t.ok(ids.length > 0)
  for (const { schema, example } of ids) {
    t.match(schema, { type: 'integer', minimum: 1 })
    t.ok(Number.isInteger(example), `${String(example)} is an integer`)
  }
})

t.test(
  'every pattern belongs to a format, and an error describes the format instead of the pattern',
  async (t) => {
    const { app } = await startApp(t)
    const search = (value: unknown, path: string): string[] => {
      if (typeof value !== 'object' || value === null) return []
      const { pattern, format } = value as Schema
      const isBare = typeof pattern === 'string' && !Object.hasOwn(taskFormats, format ?? '')
      const inside = Object.entries(value).flatMap(([name, item]) => search(item, `${path}/${name}`))
      return isBare ? [path, ...inside] : inside
    }
    const { paths, components } = described(app)
    t.same(search({ paths, components }, ''), [])
  },
)

t.test('every pattern matches every valid value of its format', async (t) => {
  const { app, call } = await startApp(t)
  const document = described(app)
  const user = await createUser()
  const { parameters = [] } = findOperation(document, 'GET', '/api/tasks')!
  const patternOf = (name: string) =>
    new RegExp(parameters.find((parameter) => parameter.name === name)!.schema.pattern!)
  const values: [name: string, good: string[], bad: string[]][] = [
    [
      'due_from',
      ['2026-12-01', '1000-01-02T00:00:00Z', '2026-12-01t15:00:00.123456z', '9999-12-30T23:59:59-23:59'],
      ['', 'tomorrow', '2026-12-01 10:00:00Z', '2026-12-01T10:00Z', '2026-12-01T24:00:00Z', '2026-12-01\n'],
    ],
    [
      'time_zone',
      ['UTC', 'Europe/Berlin', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires', 'europe/berlin'],
      ['', '+01:00', 'Europe/', '/UTC', 'Europe\\Berlin', 'UTC\n'],
    ],
    ['search', ['', 'a\nb', '😀', '\u0001'], ['a\0b']],
  ]
  for (const [name, good, bad] of values) {
    for (const value of good) t.match(value, patternOf(name), `${name} ${value}`)
    for (const value of bad) t.notMatch(value, patternOf(name), `${name} ${value}`)
    for (const [value, status] of [
      ...good.map((v) => [v, 200] as const),
      ...bad.map((v) => [v, 400] as const),
    ])
      if (value !== '')
        t.equal(
          (await call('GET', `/api/tasks?${name}=${encodeURIComponent(value)}`, { user })).status,
          status,
          `${name} ${value}`,
        )
  }
  const title = new RegExp(document.components.schemas.NewTask!.properties!.title!.pattern!)
  for (const value of ['x', ' x ', '\u3000😀', '\u200bx']) t.match(value, title)
  for (const value of ['', ' ', '\n', '\u200b', 'a\0', 'a\nb', 'a\u2028b']) t.notMatch(value, title)
})

t.test('the pattern for a visible character matches the same characters as the service', async (t) => {
  const pattern = new RegExp(`^${VISIBLE_PATTERN}$`)
  const characters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
  const differ = characters.filter((one) => one.isWellFormed() && pattern.test(one) !== isVisible(one))
  t.same(
    differ.map((one) => one.charCodeAt(0).toString(16)),
    [],
  )
})

t.test('/openapi.json has an ETag, and a client that has the document gets a 304', async (t) => {
  const { app } = await startApp(t)
  const get = (etag?: string) =>
    app.inject({ url: '/openapi.json', headers: etag === undefined ? {} : { 'if-none-match': etag } })
  const first = await get()
  const etag = String(first.headers.etag)
  t.match(etag, /^"[\w-]{22}"$/)
  t.match(first.headers['content-type'], /^application\/json/)
  for (const same of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const answer = await get(same)
    t.same([answer.statusCode, answer.payload, answer.headers.etag], [304, '', etag], same)
  }
  for (const other of ['"x"', etag.slice(1, -1), 'x']) t.equal((await get(other)).statusCode, 200, other)
  const other = await startApp(t)
  t.equal((await other.app.inject('/openapi.json')).headers.etag, etag, 'copies of the service agree')
})

t.test('the document is serialized once, however often it is requested', async (t) => {
  const { app } = await startApp(t)
  await app.inject('/openapi.json')
  let count = 0
  const { stringify } = JSON
  t.teardown(() => (JSON.stringify = stringify))
  JSON.stringify = ((...values: Parameters<typeof stringify>) => {
    if (typeof values[0] === 'object' && values[0] !== null && 'openapi' in values[0]) count += 1
    return stringify(...values)
  }) as typeof stringify
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject('/openapi.json')))
  JSON.stringify = stringify
  t.equal(count, 0)
  t.equal(new Set(answers.map(({ payload }) => payload)).size, 1)
})

t.test('the codes of errors are an enumeration, and the page explains each', async (t) => {
  const { components, info } = await documentOf(t)
  t.same(components.schemas.Problem!.properties!.code!.enum, ERROR_CODES)
  for (const code of ERROR_CODES)
    t.ok(info.description!.includes(`| \`${code}\` | ${ERRORS[code].status} | ${ERRORS[code].when} |`), code)
})

t.test('the page explains the first steps', async (t) => {
  const { description = '' } = (await documentOf(t)).info
  for (const topic of ['Get a token', 'First calls', 'Pages', 'Dates and time zones', 'Errors', 'Retries'])
    t.ok(description.includes(`<details><summary>${topic}</summary>`), topic)
})

t.test(
  'the page, its files and its calls work behind a path prefix, with and without a trailing slash',
  async (t) => {
    const { app } = await startApp(t)
    /** What a browser gets behind a proxy that passes /backend/* on as /*. */
    const browse = async (url: URL): Promise<{ url: URL; status: number; body: string }> => {
      t.match(url.pathname, /^\/backend\//, 'nothing is asked for outside of the prefix')
      const answer = await app.inject(url.pathname.slice('/backend'.length) + url.search)
      const { location } = answer.headers
      if (answer.statusCode >= 300 && location !== undefined) return browse(new URL(String(location), url))
      return { url, status: answer.statusCode, body: answer.payload }
    }
    for (const path of ['docs', 'docs/', 'docs?x=1']) {
      const page = await browse(new URL(`https://app.example.com/backend/${path}`))
      t.equal(page.status, 200)
      t.match(page.body, '<title>Task API</title>')
      const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!)
      t.ok(files.length > 5)
      for (const file of files) t.equal((await browse(new URL(file, page.url))).status, 200, file)
      // The page asks for ./json, and resolves the server's URL against the URL of the document.
      for (const file of ['./json', '../openapi.json']) {
        const document = await browse(new URL(file, page.url))
        const { servers, paths } = JSON.parse(document.body) as Document
        const server = new URL(servers[0]!.url, document.url).href.replace(/\/$/, '')
        t.equal(server, 'https://app.example.com/backend', file)
        t.ok(Object.hasOwn(paths, '/ready'))
        t.match(await browse(new URL(`${server}/ready`)), { status: 200, body: '{"status":"ok"}' })
      }
    }
  },
)

t.test('the page shows its calls when it opens, and loads nothing from other hosts', async (t) => {
  const { app } = await startApp(t)
  const settings = (await app.inject('/docs/static/swagger-initializer.js')).payload
  t.match(settings, /"docExpansion":\s*"list"/)
  t.match(settings, /"defaultModelsExpandDepth":\s*-1/)
  const { description = '' } = described(app).info
  const open = description.replaceAll(/<details>[^]*?<\/details>/g, '').trim()
  t.ok(open.length < 200, 'the text outside the closed sections is short')
  const html = (await app.inject('/docs/')).payload
  t.notMatch(html, /(src|href)="(https?:)?\/\//)
  t.match(String((await app.inject('/docs/')).headers['content-security-policy']), "default-src 'none'")
})
