import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { nextCursor } from '../src/link.js'
import { generateSchema, SCHEMA_FILE } from './schema.ts'

t.test('the types are those of the service: else run `npm run generate`', async (t) => {
  t.equal(readFileSync(SCHEMA_FILE, 'utf8'), await generateSchema())
})

t.test('with all it needs in a browser it takes less than 5 kB, gzipped', async (t) => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '..', 'src', 'index.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  const size = gzipSync(outputFiles[0]!.contents).length
  t.comment(`${size} bytes`)
  t.ok(size < 5000, `${size} bytes`)
})

t.test('the next page is found in every form that a Link header may take', async (t) => {
  for (const [header, cursor] of [
    [null, undefined],
    ['', undefined],
    ['</api/tasks?limit=2&cursor=a%3D%2Bb>; rel="next"', 'a=+b'],
    ['<https://other.example/x?cursor=c>;rel=next', 'c'],
    ['<?cursor=c>; title=a;rel = NEXT', 'c'],
    ['</x?cursor=1>; rel=prev, </x?cursor=2>; rel="first next"; title="a, b"', '2'],
    ['</x,y?cursor=3>; title="rel=prev; <z>"; rel="next"', '3'],
    ['</x?cursor=1>; title="; rel=next"; rel=prev', undefined],
    ['</x?cursor=1>; rel=nextone', undefined],
    ['</x?limit=2>; rel=next', undefined],
  ] as const)
    t.equal(nextCursor(header), cursor, String(header))
})
