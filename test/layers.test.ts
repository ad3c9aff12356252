import { Linter } from 'eslint'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import tseslint from 'typescript-eslint'

const { layers } = (await import(new URL('../eslint.config.js', import.meta.url).href)) as {
  layers: Linter.Config[]
}
const linter = new Linter({ configType: 'flat' })
const config = [
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser as Linter.Parser },
    plugins: {
      '@typescript-eslint': tseslint.plugin as unknown as NonNullable<Linter.Config['plugins']>[string],
    },
  },
  ...layers,
]
const isAllowed = (file: string, specifier: string) => {
  const messages = linter.verify(`import { something } from '${specifier}'\n`, config, { filename: file })
  t.same(
    messages.filter(({ ruleId }) => ruleId !== '@typescript-eslint/no-restricted-imports'),
    [],
    `${file} is linted`,
  )
  return messages.length === 0
}

/** From top to bottom; `notes` is a feature that does not exist yet. */
const ROOMS = ['notes', 'operations', 'openapi', 'auth', 'http', 'database', 'config']

t.test(
  'a folder imports from the layers below it and never from those above, a new feature included',
  async (t) => {
    for (const [upper, above] of ROOMS.entries())
      for (const [lower, below] of ROOMS.entries()) {
        if (upper >= lower) continue
        t.notOk(
          isAllowed(`src/${below}/plugin.ts`, `../${above}/some-file.ts`),
          `${below} does not import ${above}`,
        )
        if (below !== 'config')
          t.ok(
            isAllowed(`src/${above}/plugin.ts`, `../${below}/some-file.ts`),
            `${above} may import ${below}`,
          )
      }
  },
)

t.test('features do not import one another', async (t) => {
  for (const [one, other] of [
    ['tasks', 'users'],
    ['users', 'tasks'],
    ['notes', 'tasks'],
    ['tasks', 'notes'],
  ])
    for (const file of ['routes', 'repository', 'schemas'])
      t.notOk(isAllowed(`src/${one}/${file}.ts`, `../${other}/repository.ts`), `${one}/${file} → ${other}`)
})

t.test('the folders in a feature import one another, and not other features', async (t) => {
  for (const file of ['routes', 'repository', 'schemas']) {
    const path = `src/tasks/batch/${file}.ts`
    t.ok(isAllowed(path, '../trash/statements.ts'), `${path} → tasks/trash`)
    t.ok(isAllowed(path, '../schemas.ts'), `${path} → tasks`)
    t.ok(isAllowed(path, '../../http/problem.ts'), `${path} → http`)
    t.notOk(isAllowed(path, '../../users/repository.ts'), `${path} → users`)
  }
})

t.test('only some folders may import Fastify, Prisma, the driver and the entry point', async (t) => {
  const cases: [file: string, specifier: string, isAllowed: boolean][] = [
    ['src/notes/routes.ts', 'fastify', true],
    ['src/notes/repository.ts', 'fastify', false],
    ['src/notes/archive-repository.ts', 'fastify', false],
    ['src/notes/archive-repository.ts', '../generated/prisma/client.ts', true],
    ['src/notes/statements.ts', '../generated/prisma/client.ts', true],
    ['src/notes/repository.ts', '../generated/prisma/client.ts', true],
    ['src/notes/routes.ts', '../generated/prisma/client.ts', false],
    ['src/notes/repository.ts', 'pg', false],
    ['src/database/wire.ts', 'pg', true],
    ['src/database/wire.ts', 'fastify', false],
    ['src/config/config.ts', 'fastify', false],
    ['src/auth/identity.ts', '@fastify/jwt', false],
    ['src/auth/plugin.ts', '@fastify/jwt', true],
    ['src/http/problems.ts', '../app.ts', false],
    ['src/notes/routes.ts', '../server.ts', false],
    ['src/app.ts', './notes/routes.ts', true],
    ['src/app.ts', './server.ts', false],
    ['src/server.ts', './app.ts', true],
    ['src/server.ts', 'pg', false],
    ['src/http/problems.ts', '../local/start.ts', false],
    ['src/operations/log.ts', 'jose', false],
  ]
  for (const [file, specifier, expected] of cases)
    t.equal(
      isAllowed(file, specifier),
      expected,
      `${file} ${expected ? 'may' : 'must not'} import ${specifier}`,
    )
})

t.test('every folder of src has a layer, and only two files are outside of them', async (t) => {
  const entries = readdirSync('src', { withFileTypes: true })
  t.same(
    entries.filter((entry) => entry.isFile()).map(({ name }) => name),
    ['app.ts', 'server.ts'],
  )
})

/** The first circle in a graph of files; undefined if there is none. */
function findCircle(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>()
  const search = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (finished.has(file)) return undefined
    for (const imported of imports.get(file) ?? []) {
      const circle = search(imported, [...path, file])
      if (circle) return circle
    }
    finished.add(file)
    return undefined
  }
  for (const file of imports.keys()) {
    const circle = search(file, [])
    if (circle) return circle
  }
  return undefined
}

t.test('there are no circular imports, types included', async (t) => {
  t.same(
    findCircle(
      new Map([
        ['a', ['b']],
        ['b', ['c', 'd']],
        ['d', ['b']],
      ]),
    ),
    ['b', 'd', 'b'],
    'a circle is found',
  )

  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path))
    .filter((path) => path.endsWith('.ts') && !path.startsWith('src/generated/'))
  const importsOf = (path: string) =>
    ts
      .preProcessFile(readFileSync(path, 'utf8'))
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => join(dirname(path), fileName))
  const imports = new Map(files.map((path) => [path, importsOf(path)]))
  t.ok(imports.get('src/tasks/sorts.ts')!.includes('src/tasks/schemas.ts'), 'an import of a type counts')
  t.equal(findCircle(imports)?.join(' → '), undefined)
})
