import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { bareEnvironment, freshClone } from './helpers/clone.ts'
import { freePort } from './helpers/port.ts'

t.setTimeout(600_000)
/** The first start in it makes the database, which takes seconds. */
const folder = freshClone(t)
const cannotShow = !existsSync('/proc/self/environ') && 'processes are found in /proc'

/** Starts a command as a shell in the background does, and finds whatever it has started. */
function startCommand(t: Test, folder: string, command: string, variables: Record<string, string> = {}) {
  const mark = randomBytes(8).toString('hex')
  const [program, ...args] = command.split(' ')
  const env = bareEnvironment({
    NODE_OPTIONS: '',
    _TAPJS_PROCESSINFO_COVERAGE_: '0',
    ...variables,
    MARK: mark,
  })
  const child = spawn(program!, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const processes = () => findProcesses(`MARK=${mark}`)
  t.teardown(() => processes().forEach(({ pid }) => process.kill(pid, 'SIGKILL')))
  return {
    child,
    processes,
    output: () => output,
    /** Waits until it has printed this, and has these programs among its processes. */
    until: (text: string, ...programs: string[]) =>
      waitUntil(
        () =>
          output.includes(text) &&
          programs.every((name) => processes().some(({ line }) => line.includes(name))),
        () => `no ${text} ${programs.join()} in: ${output}`,
      ),
    /** Sends the signal to the process that was started, and to no other. */
    async stop(signal: NodeJS.Signals) {
      child.kill(signal)
      await ended
      await waitUntil(
        () => processes().length === 0,
        () => `left: ${JSON.stringify(processes())} ${output}`,
      )
      return output
    },
  }
}

function findProcesses(mark: string) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark)
        return isOurs ? [{ pid: Number(name), line: readFileSync(`/proc/${name}/cmdline`, 'utf8') }] : []
      } catch {
        return [] // it has ended, or is another user's
      }
    })
}

async function waitUntil(isDone: () => boolean, describe: () => string) {
  const deadline = performance.now() + 120_000
  while (!isDone()) {
    if (performance.now() > deadline) throw new Error(describe())
    await sleep(50)
  }
}

/** What a bundle can lose: files beside the code of a package, and code that is imported later. */
async function checkBundle(t: Test, output: string) {
  const [, token, url] = /Bearer (\S+)' (http:\S+)\/api\/tasks/.exec(output)!
  for (const path of ['/docs/', '/docs/static/swagger-ui.css', '/docs/static/favicon-32x32.png', '/ready'])
    t.equal((await fetch(`${url}${path}`)).status, 200, path)
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as { info: object }
  t.match(document, { info: { title: 'Task API' }, paths: { '/api/tasks': {} } })
  // A calendar needs the library of recurrence rules, and its answer is no JSON.
  for (const path of ['/api/tasks', '/api/me', '/api/tasks/export?format=ics'])
    t.equal(
      (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status,
      200,
      path,
    )
  // The query compiler is a file beside the bundle. As text in the bundle it would stay in memory.
  t.match(readFileSync(join(folder, 'dist/query-compiler.wasm'), 'latin1'), /^\0asm/)
}

t.test(
  'stopping npm start leaves no process, whether it builds or serves',
  { skip: cannotShow },
  async (t) => {
    const building = startCommand(t, folder, 'npm start')
    await building.until('start', 'tsc')
    await building.stop('SIGINT')

    const serving = startCommand(t, folder, 'npm start')
    await serving.until('Try it', 'dist/server.js', 'postgres')
    await serving.until('/api/tasks\n')
    await checkBundle(t, serving.output())
    t.match(await serving.stop('SIGTERM'), 'stopped: every request is answered')

    const interrupted = startCommand(t, folder, 'node dist/server.js')
    await interrupted.until('Try it', 'postgres')
    t.match(await interrupted.stop('SIGINT'), 'stopped: every request is answered')
  },
)

t.test('killing npm also ends the service that it has started', { skip: cannotShow }, async (t) => {
  const command = startCommand(t, folder, 'npm run dev')
  await command.until('Try it', 'postgres')
  t.match(await command.stop('SIGKILL'), 'stopped: every request is answered')
})

t.test('stopping npm run dev or Studio leaves no process', { skip: cannotShow }, async (t) => {
  const dev = startCommand(t, folder, 'npm run dev')
  await dev.until('Try it', 'postgres')
  t.match(await dev.stop('SIGTERM'), 'stopped: every request is answered')

  for (const [command, signal] of [
    ['npm run studio --', 'SIGINT'],
    ['npx prisma studio', 'SIGTERM'],
  ] as const) {
    const studio = startCommand(t, folder, `${command} --browser none --port ${await freePort()}`)
    await studio.until('http', 'postgres')
    await studio.stop(signal)
  }
})

t.test('stopping npm test leaves no process', { skip: cannotShow }, async (t) => {
  const folder = freshClone(t, ['.taprc'])
  const helpers = join(import.meta.dirname, 'helpers')
  mkdirSync(join(folder, 'test/helpers'), { recursive: true })
  for (const name of ['run.ts', 'helpers/database.ts', 'helpers/loader.mjs', 'helpers/compile.mjs'])
    writeFileSync(join(folder, 'test', name), readFileSync(join(helpers, '..', name)))
  const slow = `import t from 'tap'; t.test('waits', () => new Promise((done) => setTimeout(done, 100_000)))`
  writeFileSync(join(folder, 'test/slow.test.ts'), slow)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const command = startCommand(t, folder, 'npm test')
    await command.until('', 'slow.test.ts', 'postgres')
    await command.stop(signal)
  }
})

t.test('a failed step ends the command with its exit code, and a missing program is named', async (t) => {
  const run = (...steps: string[]) =>
    new Promise<{ code: number | null; output: string }>((resolve) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, '../run.mjs'), ...steps])
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (text: Buffer) => (output += text.toString()))
      child.once('close', (code) => resolve({ code, output }))
    })
  t.same(await run('echo', 'one', 'then', 'echo', 'two'), { code: 0, output: 'one\ntwo\n' })
  t.same(await run('echo', 'one', 'then', 'false', 'then', 'echo', 'two'), { code: 1, output: 'one\n' })
  t.same(await run('no-such-program'), {
    code: 127,
    output: 'no-such-program is not installed. Run: npm ci\n',
  })
})
