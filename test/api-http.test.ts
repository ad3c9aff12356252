import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createUser, startApp } from './helpers/app.ts'
import { documentOf, findOperation } from './helpers/described.ts'

const FILE = join(import.meta.dirname, '..', 'docs', 'api.http')

interface Request {
  title: string
  /** By which later requests name what it answered. */
  name: string | undefined
  expected: number
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
}

/** The part of the format that the file uses. */
function parse(block: string): Request {
  const [head, ...rest] = block.split('\n\n')
  const [title = '', ...lines] = head!.trim().split('\n')
  const comments = lines.filter((line) => line.startsWith('#')).join('\n')
  const [request = '', ...headers] = lines.filter((line) => !line.startsWith('#'))
  const [, method, url] = /^([A-Z]+) (.+)$/.exec(request) ?? []
  const [, expected] = /^# Expect (\d{3})$/m.exec(comments) ?? []
  if (!method || !url || !expected) throw new Error(`cannot read: ${block}`)
  const body = rest.join('\n\n').trim()
  return {
    title: `${title} ${request}`,
    name: /^# @name (\w+)$/m.exec(comments)?.[1],
    expected: Number(expected),
    method,
    url,
    headers: Object.fromEntries(headers.map((line) => line.split(': ') as [string, string])),
    body: body === '' ? undefined : body,
  }
}

t.test('every call in docs/api.http works, and every operation is one of them', async (t) => {
  const { app, call } = await startApp(t)
  const { token } = await createUser()
  const known: Record<string, unknown> = { origin: '', token }
  const fill = (text: string) =>
    text.replace(/\{\{(\w+)(?:\.response\.body\.\$\.(\w+))?\}\}/g, (_, name: string, field?: string) => {
      const value = known[name]
      return String(field === undefined ? value : (value as Record<string, unknown>)[field])
    })
  const document = documentOf(app)
  const seen = new Set<string>()
  for (const block of readFileSync(FILE, 'utf8').split(/^###/m).slice(1)) {
    const { title, name, expected, method, url, headers, body } = parse(block)
    // Clients of this format encode what a URL cannot hold.
    const path = encodeURI(fill(url))
    const answer = await call(method, path, {
      body,
      headers: Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, fill(value)])),
    })
    t.equal(answer.status, expected, title)
    if (name !== undefined) known[name] = answer.body
    seen.add(findOperation(document, method, path)?.operationId ?? title)
  }
  const all = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  t.same([...seen].sort(), all.sort())
})
