import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const ROOT = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const readJson = (path: string) => JSON.parse(read(path))

t.test('the table of dependencies has the packages and versions of package.json', async (t) => {
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` +\| (\d[\w.-]+) /gm)]
  const documented = Object.fromEntries(rows.map(([, name, version]) => [name, version]))
  t.same(documented, readJson('package.json').dependencies)
})

t.test('every version is exact, and related packages have the same version', async (t) => {
  const { dependencies, devDependencies } = readJson('package.json') as Record<string, Record<string, string>>
  const versions = { ...dependencies, ...devDependencies }
  for (const [name, version] of Object.entries(versions)) t.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name)
  const together = ['@prisma/adapter-pg', '@prisma/driver-adapter-utils', 'prisma'] as const
  for (const name of together) t.equal(versions[name], versions['@prisma/client'], name)
  const { version: engine } = readJson('node_modules/@prisma/engines-version/package.json')
  t.equal(versions['@prisma/schema-engine-wasm'], engine, 'the engine that this version of Prisma expects')
})

t.test('the packages in the rules of Renovate exist', async (t) => {
  const { dependencies, devDependencies } = readJson('package.json')
  const images = [...(read('Dockerfile') + read('compose.yaml')).matchAll(/(?:FROM|image:) ([a-z]+):/g)]
  const known = new Set([
    ...Object.keys({ ...dependencies, ...devDependencies }),
    ...images.map(([, name]) => name),
  ])
  const { packageRules } = readJson('renovate.json') as { packageRules: { matchPackageNames?: string[] }[] }
  for (const { matchPackageNames = [] } of packageRules)
    for (const name of matchPackageNames) t.ok(known.has(name), name)
})
