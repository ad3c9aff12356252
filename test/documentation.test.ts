import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { Environment } from '../src/config/environment.ts'
import { createUser, SECRET, startApp } from './helpers/app.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** The rows of all tables whose first cell is the name of a variable. */
function variablesOf(path: string) {
  const rows = [...read(path).matchAll(/^\| `([A-Z_]+)` +\|(.*)\|$/gm)]
  return rows.map(([, name, cells]) => {
    const [standard = '', allowed = '', meaning = ''] = cells!.split('|').map((cell) => cell.trim())
    return { name: name as keyof Environment, standard, allowed, meaning }
  })
}

const quote = (value: unknown) => `\`${String(value)}\``

/** What the schema of a variable says about its default and its values, as the tables write it. */
function describe(name: keyof Environment) {
  const { default: value, enum: values, minimum, maximum } = Environment.properties[name] as Rules
  return {
    ...(value !== undefined && { standard: quote(value) }),
    ...(values && { allowed: values.map(quote).join(', ') }),
    ...(minimum !== undefined && { allowed: `${quote(minimum)} to ${quote(maximum)}` }),
  }
}

interface Rules {
  default?: unknown
  enum?: string[]
  minimum?: number
  maximum?: number
}

t.test(
  'docs/configuration.md has every variable of the service and of its tools once, and no other',
  async (t) => {
    const [, tools = ''] = read('.env.example').split('# --- Tools only')
    const ofTools = [...tools.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name!)
    const documented = variablesOf('docs/configuration.md').map(({ name }) => name)
    t.same(documented.toSorted(), [...Object.keys(Environment.properties), ...ofTools].sort())
  },
)

t.test('docs/configuration.md gives the defaults and the values that the service has', async (t) => {
  for (const variable of variablesOf('docs/configuration.md')) {
    t.not(variable.meaning, '', variable.name)
    if (variable.name in Environment.properties) t.match(variable, describe(variable.name), variable.name)
  }
})

t.test('the README names at most ten variables in its table, all of them real', async (t) => {
  const names = variablesOf('README.md').map(({ name }) => name)
  t.ok(names.length > 0 && names.length <= 10)
  for (const name of names) t.ok(name in Environment.properties, name)
})

t.test('the session of the README can be pasted twice', async (t) => {
  const { app } = await startApp(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const { id } = await createUser()
  const [, session = ''] = /^## A session with curl$.*?```sh\n(.*?)```/ms.exec(read('README.md')) ?? []
  const pasted = session.replace('http://localhost:8000', `http://127.0.0.1:${port}`).replace('alice', id)
  t.not(pasted, session)
  const env = { ...process.env, BETTER_AUTH_SECRET: SECRET, NODE_ENV: 'test' }
  const script = `${pasted}\n${pasted}`
  const { stdout, stderr } = await promisify(execFile)('bash', ['-e', '-c', script], {
    cwd: ROOT,
    env,
    timeout: 120_000,
  })
  t.equal(stderr, '')
  const answers = stdout.split('\n').filter((line) => line !== '')
  t.equal(answers.length, 12, 'every body has a line of its own')
  for (const [created, [task], changed, completed, summary, refused] of [
    answers.slice(0, 6),
    answers.slice(6),
  ].map((lines) => lines.map((line) => JSON.parse(line)))) {
    t.match(created, { user_id: id, title: 'Water the plants', completed: false })
    t.same(task, created)
    t.match(changed, { id: created.id, description: 'The fern needs little.' })
    t.match(completed, { id: created.id, completed: true })
    t.match(summary, { total: 1, completed: 1 })
    t.match(refused, { status: 401, code: 'token_missing' })
  }
})

/** The anchors that GitHub gives to the headings of a document. */
function anchorsOf(path: string): Set<string> {
  const text = read(path).replaceAll(/```.*?```/gs, '')
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase())
  return new Set(
    headings.map((heading) => heading.replaceAll(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-')),
  )
}

t.test('links to sections lead to headings that exist', async (t) => {
  const documents = readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)
  for (const path of ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...documents].filter((name) =>
    name.endsWith('.md'),
  )) {
    for (const [, file = '', anchor = ''] of read(path).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
      const target = file === '' ? path : normalize(join(dirname(path), file))
      t.ok(anchorsOf(target).has(anchor), `${path} → ${target}#${anchor}`)
    }
  }
})
