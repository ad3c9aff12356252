import { build } from 'esbuild'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { nextCursor } from '../src/link.js'
import { generateSchema, SCHEMA_FILE } from './schema.ts'

const ROOT = join(import.meta.dirname, '..')

t.test('the types match the document of the service (if not, run `npm run generate`)', async (t) => {
  t.equal(readFileSync(SCHEMA_FILE, 'utf8'), await generateSchema())
})

for (const [entry, limit] of [
  ['index.js', 6000],
  ['sync.js', 11_200],
] as const)
  t.test(
    `${entry} in a browser, dependencies included, takes less than ${limit} bytes gzipped`,
    async (t) => {
      const { outputFiles } = await build({
        entryPoints: [join(ROOT, 'src', entry)],
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'browser',
        write: false,
      })
      const size = gzipSync(outputFiles[0]!.contents).length
      t.comment(`${size} bytes`)
      t.ok(size < limit, `${size} bytes`)
    },
  )

t.test('the next page is found in every form of a Link header', async (t) => {
  const url = 'https://tasks.example/prefix/api/tasks?limit=2&cursor=current'
  for (const [header, cursor] of [
    [null, undefined],
    ['', undefined],
    ['</api/tasks?limit=2&cursor=a%3D%2Bb>; rel="next"', 'a=+b'],
    ['<https://other.example/x?cursor=c>;rel=next', 'c'],
    ['<//other.example/x?cursor=c>;rel=next', 'c'],
    ['<?cursor=c>; title=a;rel = NEXT', 'c'],
    ['<tasks?limit=2&cursor=c>; rel="next"', 'c'],
    ['<./tasks?cursor=c#part>; rel="next"', 'c'],
    ['<../other?cursor=c%26d>; rel="next"', 'c&d'],
    ['</x?cursor=1>; rel=prev, </x?cursor=2>; rel="first next"; title="a, b"', '2'],
    ['</x,y?cursor=3>; title="rel=prev; <z>"; rel="next"', '3'],
    ['</x?cursor=1>; title="; rel=next"; rel=prev', undefined],
    ['</x?cursor=1>; rel=nextone', undefined],
    ['</x?limit=2>; rel=next', undefined],
    ['<tasks?limit=2#?cursor=c>; rel=next', undefined],
    ['<http://[?cursor=c>; rel=next', undefined],
  ] as const)
    t.equal(nextCursor(header, url), cursor, String(header))
})

t.test(
  'npm accepts no new package with the name of the client, and no command in the docs requests it',
  async (t) => {
    const { name, private: isPrivate } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    // https://docs.npmjs.com/cli/configuring-npm/package-json#name: new packages must not have uppercase letters.
    t.match(name, /[A-Z]/)
    t.equal(isPrivate, true)
    for (const readme of ['README.md', '../../examples/minimal/README.md']) {
      const commands = readFileSync(join(ROOT, readme), 'utf8').match(/^.*\bnpm (install|i|add) .*$/gm) ?? []
      for (const command of commands) t.notMatch(command, ` ${name}`, `${readme}: ${command}`)
    }
  },
)

t.test('CommonJS can load the client', async (t) => {
  const script = "console.log(typeof require('TaskApiClient').createTaskClient)"
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=commonjs', '--eval', script]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, flags, { cwd: ROOT, env: {} })
  t.equal(stdout.trim(), 'function', stderr)
})
