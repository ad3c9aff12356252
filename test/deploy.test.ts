import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format } from 'prettier'
import t from 'tap'
import { createConfig } from '../src/config/config.ts'
import { Environment } from '../src/config/environment.ts'
import { SECRET, startApp } from './helpers/app.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const version = (JSON.parse(read('package.json')) as { version: string }).version
const kubernetes = read('deploy/kubernetes.yaml')
const compose = read('compose.yaml')
const dockerfile = read('Dockerfile')
const workflows = readdirSync(join(ROOT, '.github/workflows')).map((name) => `.github/workflows/${name}`)

/** What the first group of a pattern finds in each place. */
const findAll = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found!)
const find = (text: string, pattern: RegExp) => findAll(text, new RegExp(pattern, 'gm'))[0]
const settings = Object.fromEntries(
  [...documentOf('ConfigMap').matchAll(/^ {2}([A-Z_]+): '?([^'\n]*)'?$/gm)].map(([, name, value]) => [
    name,
    value,
  ]),
) as Record<string, string>

function documentOf(kind: string): string {
  return kubernetes.split(/^---$/m).find((text) => text.includes(`\nkind: ${kind}\n`))!
}

t.test('the deployment files are well-formed', async (t) => {
  // Prettier reads YAML to format it, and throws at what is none.
  for (const path of ['deploy/kubernetes.yaml', 'compose.yaml', ...workflows])
    await t.resolves(format(read(path), { parser: 'yaml' }), path)
  JSON.parse(read('renovate.json'))
})

t.test('every variable in the deployment files is one that the service or Node reads', async (t) => {
  const known = new Set([...Object.keys(Environment.properties), 'NODE_COMPILE_CACHE', 'MALLOC_ARENA_MAX'])
  const ofKubernetes = [...Object.keys(settings), ...findAll(kubernetes, /- name: ([A-Z_]+)$/gm)]
  const ofSecrets = findAll(kubernetes, /secretKeyRef: \{[^}]*key: (\w+)/g)
  // The image of PostgreSQL has variables of its own.
  const ofCompose = findAll(compose, /^ {2,6}([A-Z_]+):/gm).filter((name) => !name.startsWith('POSTGRES_'))
  const ofDockerfile = findAll(dockerfile, /^ENV (\w+)=/gm)
  for (const found of [ofKubernetes, ofSecrets, ofCompose, ofDockerfile]) {
    t.ok(found.length > 0)
    for (const name of found) t.ok(known.has(name), name)
  }
  t.notMatch(kubernetes, /^kind: Secret$/m)
})

t.test('production starts with the values of the ConfigMap', async (t) => {
  const config = createConfig({
    NODE_ENV: 'production',
    DATABASE_URL: 'postgresql://user:password@database/tasks',
    ...settings,
  })
  t.match(config, { production: true, http: { port: 8000 }, metrics: { enabled: true, port: 9090 } })
  t.same(findAll(kubernetes, /containerPort: (\d+)/g), [settings.PORT, settings.METRICS_PORT])
  t.equal(find(kubernetes, /prometheus\.io\/port: '(\d+)'/), settings.METRICS_PORT)
  t.equal(find(dockerfile, /^EXPOSE (\d+)$/), settings.PORT)
})

t.test('probes and health checks use routes that exist', async (t) => {
  const { app } = await startApp(t)
  const paths = findAll(kubernetes, /httpGet: \{ path: (\/\w+), port: http \}/g)
  t.same(paths, ['/health', '/health', '/ready'])
  const own = find(dockerfile, /127\.0\.0\.1:\$\{process\.env\.PORT \|\| 8000\}(\/\w+)`/)
  const metrics = find(kubernetes, /prometheus\.io\/path: (\/\w+)/)
  for (const url of [...paths, own!, metrics!]) t.ok(app.hasRoute({ method: 'GET', url }), url)
})

t.test('grace periods are longer than the shutdown of the service', async (t) => {
  const grace = Number(find(kubernetes, /terminationGracePeriodSeconds: (\d+)/))
  const takes = (shutdown: Record<string, string | undefined>) => {
    const { http } = createConfig({
      NODE_ENV: 'production',
      DATABASE_URL: 'postgresql://x/x',
      BETTER_AUTH_SECRET: SECRET,
      ...shutdown,
    })
    return (http.shutdownDelayMs + http.shutdownTimeoutMs) / 1000
  }
  t.ok(Number(settings.SHUTDOWN_DELAY_MS) > 0, 'until balancers have heard of its end')
  t.ok(grace > takes(settings))
  const delay = find(compose, /SHUTDOWN_DELAY_MS: (\d+)$/)
  t.ok(Number(find(compose, /stop_grace_period: (\d+)s/)) > takes({ SHUTDOWN_DELAY_MS: delay }))
})

t.test('all copies together stay below the connections of the smallest Neon compute', async (t) => {
  const copies = Number(find(kubernetes, /maxReplicas: (\d+)/)) + Number(find(kubernetes, /maxSurge: (\d+)/))
  t.ok(copies * Number(settings.DATABASE_POOL_MAX) <= 97)
})

t.test('images name stages of the Dockerfile and this version', async (t) => {
  const stages = findAll(dockerfile, /^FROM \S+ AS (\S+)$/gm)
  const ofWorkflows = workflows.flatMap((path) =>
    findAll(read(path), /target: \[(.*)\]/g)
      .join(', ')
      .split(', '),
  )
  const targets = [...findAll(compose, /^ +target: (\S+)$/gm), ...ofWorkflows]
  t.same(targets.sort(), ['migrate', 'migrate', 'service', 'service'])
  for (const target of targets) t.ok(stages.includes(target), target)
  t.same(findAll(kubernetes, /image: registry\.example\.com\/(\S+)$/gm), [
    `task-api-migrate:${version}`,
    `task-api:${version}`,
  ])
  t.equal(
    find(kubernetes, /^ {2}name: (task-api-migrate-\S+)$/),
    `task-api-migrate-${version.replaceAll('.', '-')}`,
  )
})

t.test('workflows use pinned actions, read only, and run files that exist', async (t) => {
  for (const path of workflows) {
    const text = read(path)
    t.match(text, /^permissions:\n {2}contents: read\n$/m)
    for (const use of findAll(text, /uses: (.*)$/gm))
      t.match(use, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    for (const command of findAll(text, /run: (\S+)$/gm)) t.ok(existsSync(join(ROOT, command)), command)
    t.equal(findAll(text, /^ {4}(timeout-minutes): \d+$/gm).length, findAll(text, /^ {4}(runs-on):/gm).length)
  }
})

t.test('documents link to files that exist', async (t) => {
  const documents = [
    'README.md',
    'SECURITY.md',
    'CHANGELOG.md',
    ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  ]
  for (const path of documents.filter((name) => name.endsWith('.md'))) {
    for (const link of findAll(read(path), /\]\((?!https?:|#)([^)#]+)/g))
      t.ok(existsSync(join(ROOT, dirname(path), link)), `${path} → ${link}`)
  }
})
