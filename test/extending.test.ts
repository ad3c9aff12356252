import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test as Tap } from 'tap'
import ts from 'typescript'
import { createUser, type TestUser } from './helpers/app.ts'
import { databaseUrl, withDatabase, withServiceRole } from './helpers/database.ts'
import { startPrisma } from './helpers/prisma-cli.ts'
import { applyStep, copySources, readRecipe, ROOT, type Step } from './helpers/recipes.ts'
import { startService } from './helpers/service.ts'

const FIELD = await readRecipe('Add a field')
const RESOURCE = await readRecipe('Add a resource')

/** The steps of the recipe for a field that change these files, or whose text matches. */
const steps = (...choice: (string | RegExp)[]) =>
  FIELD.filter(({ path, text }) =>
    choice.some((wanted) =>
      typeof wanted === 'string' ? path === `src/tasks/${wanted}` : wanted.test(text),
    ),
  )
const TASK = /\bType\.Boolean[\s\S]*colour: StringOrNull/
const NEW_TASK = /Type\.Optional\(description\)/
const QUERY = /const ListQuery/
/** One more line in a file, where a pattern matches. */
const edit = (path: string, pattern: RegExp, replacement: string) => ({ path, pattern, replacement })
type Edit = Step | ReturnType<typeof edit>

/** Compiles src/ with these changes, in memory; each program reuses what the one before it has parsed. */
function createCompiler() {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    ROOT,
  )
  const files = [join(ROOT, 'src/server.ts')]
  const parsed = new Map<string, ts.SourceFile>()
  let before: ts.Program | undefined
  return function compile(edits: Edit[], isChecked: (path: string) => boolean) {
    const changed = new Map<string, string>()
    for (const change of edits) {
      const path = join(ROOT, change.path)
      const text = changed.get(path) ?? readFileSync(path, 'utf8')
      if ('text' in change) changed.set(path, applyStep(change, text))
      else if (change.pattern.test(text)) changed.set(path, text.replace(change.pattern, change.replacement))
      else throw new Error(`${change.path} has nothing like ${change.pattern}`)
    }
    const host = ts.createCompilerHost(options)
    const read = host.getSourceFile.bind(host)
    host.getSourceFile = (name, target) => {
      const text = changed.get(name)
      if (text !== undefined) return ts.createSourceFile(name, text, target, true)
      const file = parsed.get(name) ?? read(name, target)
      if (file) parsed.set(name, file)
      return file
    }
    before = ts.createProgram(files, options, host, before)
    const own = before.getSourceFiles().filter(({ fileName }) => isChecked(relative(ROOT, fileName)))
    return own
      .flatMap((file) => [...before!.getSyntacticDiagnostics(file), ...before!.getSemanticDiagnostics(file)])
      .map(({ file, messageText }) => ({
        path: relative(ROOT, file!.fileName),
        message: ts.flattenDiagnosticMessageText(messageText, '\n'),
      }))
  }
}

const isSource = (path: string) => path.startsWith('src/')
const isTable = (path: string) =>
  /^src\/tasks\/(schemas|query-schemas|examples|fields|filters|sorts|trash\/statements)\.ts$/.test(path)

t.test('a forgotten place does not compile, and the compiler names it', async (t) => {
  const compile = createCompiler()
  const GENERATED = ['internal/prismaNamespace.ts', 'models/Task.ts'].map((name) =>
    edit(`src/generated/prisma/${name}`, /\bdue_at\b/g, 'deadline'),
  )
  const FIELDS = 'src/tasks/fields.ts'
  const CSV = 'src/tasks/transfer/csv-write.ts'
  const row = (text: string) => edit(FIELDS, /( title: stored)/, ` colour: ${text},\n$1`)
  const filter = edit('src/tasks/filters.ts', /( time_zone: 'setting',)/, " colour: 'position',\n$1")
  const sorts = (pattern: RegExp, text: string) => edit('src/tasks/sorts.ts', pattern, text)
  const expected: [what: string, edits: Edit[], places: Record<string, RegExp>][] = [
    [
      'a field of tasks and a query parameter without rows, and a sort of which only the words are known',
      [...steps(TASK, QUERY), sorts(/( updated: \{)/, " colour: { names: ['colour'] },\n$1")],
      {
        [FIELDS]: /'colour' is missing/,
        'src/tasks/filters.ts': /'colour' is missing/,
        'src/tasks/sorts.ts': /missing the following properties/,
        [CSV]: /'colour' is missing/,
      },
    ],
    [
      'a field of new tasks without a row, a row without a query parameter, and a sort by an unknown column',
      [...steps(NEW_TASK), filter, sorts(/column: 'updated_at'/, "column: 'changed_at'")],
      {
        [FIELDS]: /'colour' is missing/,
        'src/tasks/filters.ts': /'colour' does not exist/,
        'src/tasks/sorts.ts': /changed_at/,
      },
    ],
    [
      'a field that is read but not written, and a sort that does not know that its column can be null',
      [...steps(TASK, NEW_TASK), row("readAs('title')"), sorts(/isNullable: true/, 'isNullable: false')],
      {
        [FIELDS]: /'write' is missing/,
        'src/tasks/sorts.ts': /isNullable|false/,
        [CSV]: /'colour' is missing/,
      },
    ],
    [
      'a field that a new task can lack, without a value for it',
      [...steps(TASK, NEW_TASK), row("stored('description', 'text')")],
      { [FIELDS]: /'absent' is missing/ },
    ],
    [
      'a field that can be null in a column that cannot',
      [...steps(TASK, NEW_TASK), row("{ ...stored('title', 'text'), absent: null }")],
      { [FIELDS]: /null/ },
    ],
    [
      'a field whose column is not in schema.prisma',
      steps(TASK, NEW_TASK, 'fields.ts'),
      { [FIELDS]: /"colour"/ },
    ],
    [
      'a renamed column',
      GENERATED,
      { [FIELDS]: /due_at/, 'src/tasks/conditions.ts': /due_at/, 'src/tasks/sorts.ts': /due_at/ },
    ],
    [
      'a column that the trash lacks',
      [
        edit(
          'src/generated/prisma/internal/prismaNamespace.ts',
          /(const TaskScalarFieldEnum = \{)/,
          "$1 colour: 'colour',",
        ),
        edit('src/generated/prisma/models/Task.ts', /(GetPayloadResult<\{)/, '$1 colour: string | null,'),
      ],
      { 'src/tasks/trash/statements.ts': /"colour"/ },
    ],
    ['one more word for a sort is no fault', [sorts(/'updated_at'\]/, "'updated_at', 'changed']")], {}],
  ]
  for (const [what, edits, places] of expected) {
    // Faults in one table are looked for in the tables, all others in all of src/.
    const isChecked = Object.keys(places).length === 1 ? isTable : isSource
    const found = compile(edits, isChecked)
    t.same(
      [...new Set(found.map(({ path }) => path))].sort(),
      Object.keys(places).sort(),
      `${what}: ${JSON.stringify(found).slice(0, 500)}`,
    )
    for (const [path, message] of Object.entries(places)) {
      const messages = found.filter((fault) => fault.path === path).map((fault) => fault.message)
      t.match(messages.join('\n'), message, `${what}: ${path}`)
    }
  }
})

const run = promisify(execFile)

/** Runs `prisma` in a copy of the sources. */
async function prisma(folder: string, args: string, url?: string) {
  const child = startPrisma(folder, args, url === undefined ? {} : { DATABASE_URL: url, DIRECT_URL: url })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`prisma ${args}: ${output}`)
}

t.test('both recipes give a service that works', async (t) => {
  const { folder, apply, remove } = await copySources()
  t.teardown(remove)
  await withDatabase(databaseUrl(), async (url) => {
    await prisma(folder, 'migrate deploy', url)
    // The role is older than the new table, which its migration must grant to it.
    await withServiceRole(url, async (serviceUrl) => {
      await apply([...FIELD, ...RESOURCE])
      await prisma(folder, 'generate')
      const compiled = await run(
        process.execPath,
        [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder],
        {
          cwd: folder,
        },
      ).catch((error: { stdout: string }) => error)
      t.equal(compiled.stdout, '', 'it compiles')
      await prisma(folder, 'migrate deploy', url)
      const service = await startService(t, { DATABASE_URL: serviceUrl }, { isCovered: false, root: folder })
      const call = createCall(service.url)
      await t.test('the field', (t) => useColour(t, call))
      await t.test('the resource', (t) => useNotes(t, call))
      const requests = await readFile(join(folder, 'docs/api.http'), 'utf8')
      for (const method of ['POST', 'GET', 'DELETE'])
        t.ok(requests.includes(`\n${method} {{origin}}/api/notes`), `docs/api.http has ${method}`)
      for (const path of changedSources()) {
        const lines = (await readFile(join(folder, path), 'utf8')).trimEnd().split('\n').length
        t.ok(lines <= 150, `the linter accepts the ${lines} lines of ${path}`)
      }
      await service.kill()
    })
  })
})

/** The sources that the recipes change, without those that may be longer. */
const changedSources = () =>
  [...new Set([...FIELD, ...RESOURCE].map(({ path }) => path))].filter(
    (path) => path.startsWith('src/') && !/schemas\.ts$|catalogue\.ts$/.test(path),
  )

type Call = ReturnType<typeof createCall>
const createCall =
  (service: string) => async (user: TestUser, method: string, path: string, body?: object) => {
    const answer = await fetch(service + path, {
      method,
      headers: { authorization: `Bearer ${user.token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const { status, headers } = answer
    return { status, link: headers.get('link'), body: text === '' ? undefined : JSON.parse(text) }
  }

async function useColour(t: Tap, call: Call) {
  const user = await createUser()
  const create = async (title: string, colour?: string | null) =>
    (await call(user, 'POST', '/api/tasks', { title, ...(colour !== undefined && { colour }) })).body
  const [teal, red, none] = [await create('a', 'teal'), await create('b', 'Red'), await create('c')]
  t.match([teal, red, none], [{ colour: 'teal' }, { colour: 'Red' }, { colour: null }])

  const change = (body: object) => call(user, 'PATCH', `/api/tasks/${none.id}`, body)
  t.equal((await change({ colour: 'teal' })).body.colour, 'teal')
  t.match(
    (await change({ title: 'd' })).body,
    { title: 'd', colour: 'teal' },
    'a field that is not sent stays',
  )
  t.equal((await change({ colour: null })).body.colour, null)
  t.same((await change({ colour: 5 })).body.errors, [
    { path: '/colour', message: 'must be a string or null' },
  ])

  const list = async (query: string) => (await call(user, 'GET', `/api/tasks?${query}`)).body
  t.match(await list('colour=teal'), [{ id: teal.id }])
  t.equal((await list('colour=teal')).length, 1)
  const idsByPage = async (query: string) => {
    const ids: number[] = []
    for (let url: string | undefined = `/api/tasks?limit=1&${query}`; url !== undefined && ids.length < 9;) {
      const { body, link } = await call(user, 'GET', url)
      ids.push(...body.map(({ id }: { id: number }) => id))
      url = link === null ? undefined : `/api/tasks${/<(.*)>/.exec(link)![1]}`
    }
    return ids
  }
  t.same(
    await idsByPage('sort=colour'),
    [red.id, teal.id, none.id],
    'letter case makes no difference, and null comes last',
  )
  t.same(await idsByPage('sort=colour&order=desc'), [teal.id, red.id, none.id])
  const { link } = await call(user, 'GET', '/api/tasks?limit=1')
  const cursor = /cursor=([\w-]+)/.exec(link!)![1]
  t.equal((await call(user, 'GET', `/api/tasks?limit=1&cursor=${cursor}&colour=teal`)).status, 400)

  const { paths, components } = (await call(user, 'GET', '/openapi.json')).body
  const parameters = paths['/api/tasks'].get.parameters as { name: string; schema: { enum: string[] } }[]
  t.ok(parameters.some(({ name }) => name === 'colour'))
  t.ok(parameters.find(({ name }) => name === 'sort')!.schema.enum.includes('colour'))
  for (const name of ['Task', 'NewTask', 'TaskChanges'])
    t.ok(components.schemas[name].properties.colour, name)
}

interface Body {
  content?: Record<string, { examples?: object }>
}
interface Operation {
  requestBody?: Body
  responses: Record<string, Body>
}

async function useNotes(t: Tap, call: Call) {
  const [alice, mallory] = [await createUser(), await createUser()]
  const created = await call(alice, 'POST', '/api/notes', { text: 'secret' })
  t.match(created, { status: 201, body: { text: 'secret' } })
  t.equal((await call(alice, 'POST', '/api/notes', { text: '' })).status, 400)
  t.same((await call(alice, 'GET', '/api/notes')).body, [created.body])
  t.same((await call(mallory, 'GET', '/api/notes')).body, [])
  const remove = (user: TestUser) => call(user, 'DELETE', `/api/notes/${created.body.id}`)
  t.match(await remove(mallory), { status: 404, body: { code: 'note_not_found' } })
  t.equal((await call({ ...alice, token: 'x' }, 'GET', '/api/notes')).status, 401)
  t.equal((await remove(alice)).status, 204)
  t.equal((await remove(alice)).status, 404)
  const { paths, components } = (await call(alice, 'GET', '/openapi.json')).body
  t.same(Object.keys(paths['/api/notes']).sort(), ['get', 'post'])
  t.ok(components.schemas.Note)
  for (const { requestBody, responses } of Object.values<Operation>(paths['/api/notes']))
    for (const { content } of [requestBody ?? {}, responses[200] ?? {}, responses[201] ?? {}])
      for (const { examples } of Object.values(content ?? {}))
        t.not(Object.keys(examples ?? {}).length, 0, 'every body has an example')
  await call(alice, 'POST', '/api/notes', { text: 'left' })
  t.equal((await call(alice, 'DELETE', '/api/me')).status, 204)
  t.same((await call(alice, 'GET', '/api/notes')).body, [], 'deleted with its user')
}
