import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createUser, startApp } from './helpers/app.ts'
import { documentOf, findOperation } from './helpers/described.ts'
import { HTTPYAC, sendWithHttpyac } from './helpers/httpyac.ts'

const TEXT = readFileSync(join(import.meta.dirname, '..', 'docs', 'api.http'), 'utf8')
const VARIABLE = /^@([^\s=]+)\s*=\s*(.*?)\s*$/

interface Request {
  title: string
  /** Later requests read the answer by this name. */
  name: string | undefined
  expected: number
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
}

const REQUESTS = TEXT.split(/^### /m).slice(1).map(parse)
const EXPECTED = REQUESTS.map(({ title, expected }) => ({ title, status: expected }))

/** Reads a request as REST Client does, as far as the file uses the format. */
function parse(block: string): Request {
  const [head, ...rest] = block.split('\n\n')
  const [title = '', ...lines] = head!.trim().split('\n')
  const comments = lines.filter((line) => line.startsWith('#')).join('\n')
  const [request = '', ...headers] = lines.filter((line) => !line.startsWith('#') && !VARIABLE.test(line))
  const [, method, url] = /^([A-Z]+) (.+)$/.exec(request) ?? []
  const [, expected] = /^# Expect (\d{3})$/m.exec(comments) ?? []
  if (!method || !url || !expected) throw new Error(`Cannot read this request: ${block}`)
  const body = rest.join('\n\n').trim()
  return {
    title,
    name: /^# @name (\w+)$/m.exec(comments)?.[1],
    expected: Number(expected),
    method,
    url,
    headers: Object.fromEntries(headers.map((line) => line.split(': ') as [string, string])),
    body: body === '' ? undefined : body,
  }
}

/**
 * Resolves variables as REST Client does: answers of named requests first, then the variables of the file.
 * If two variables have the same name, the first one counts.
 */
function createResolver(values: Record<string, string>) {
  const variables = TEXT.split('\n').flatMap((line) => (VARIABLE.exec(line) ? [VARIABLE.exec(line)!] : []))
  const answers: Record<string, unknown> = {}
  const answer = (expression: string) => {
    const [, name, field] = /^(\w+)\.response\.body\.\$\.(\w+)$/.exec(expression) ?? []
    const body = answers[name ?? ''] as Record<string, string | number> | undefined
    return body?.[field!]?.toString()
  }
  const fill = (text: string, resolve: (expression: string) => string | undefined) =>
    text.replace(/\{\{(.+?)\}\}/g, (all, expression: string) => resolve(expression.trim()) ?? all)
  const variable = (name: string) => {
    const [, , value] = variables.find(([, known]) => known === name) ?? []
    return values[name] ?? (value === undefined ? undefined : fill(value, answer))
  }
  return { answers, resolve: (text: string) => fill(text, (name) => answer(name) ?? variable(name)) }
}

t.test('REST Client can send every call in docs/api.http, and every operation is in the file', async (t) => {
  const { app, call } = await startApp(t)
  const { token } = await createUser()
  // /ready waits at most two seconds. The first connection may take longer on a busy machine.
  await call('GET', '/api/me', { user: await createUser() })
  await app.inject('/ready')
  const { answers, resolve } = createResolver({ origin: '', token })
  const document = documentOf(app)
  const seen = new Set<string>()
  const sent = []
  for (const { title, name, method, url, headers, body } of REQUESTS) {
    // REST Client encodes characters that a URL cannot contain.
    const path = encodeURI(resolve(url))
    const answer = await call(method, path, {
      body,
      headers: Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, resolve(value)])),
    })
    sent.push({ title, status: answer.status })
    if (name !== undefined) answers[name] = answer.body
    seen.add(findOperation(document, method, path)?.operationId ?? title)
  }
  t.same(sent, EXPECTED)
  const all = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  // The answer of a stream has no end: the file shows it as a command.
  const isStream = (id: string) => id.startsWith('stream')
  t.same([...seen].sort(), all.filter((id) => !isStream(id)).sort())
})

const missing = HTTPYAC === undefined && 'left out: HTTPYAC does not name an httpYac executable'
t.test('httpYac can send every call in docs/api.http', { skip: missing }, async (t) => {
  const { app } = await startApp(t)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const { token } = await createUser()
  const text = TEXT.replace(/^@origin = .*$/m, `@origin = ${origin}`).replace(
    /^@token = .*$/m,
    `@token = ${token}`,
  )
  t.same(await sendWithHttpyac(HTTPYAC!, text), EXPECTED)
})
