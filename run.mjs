/**
 * `node run.mjs STEP [then STEP…]` runs commands one after another, as `STEP && STEP` does in a shell, and
 * leaves no process behind when it is told to stop. The scripts of package.json use it, because npm starts them
 * through a shell: a signal to npm ends the shell, while the command goes on without a parent.
 * `exec` in those scripts replaces the shell by this process. Windows has no `exec`: exec.cmd stands in for it.
 *
 * A step that begins with a file `src/….ts` runs under tsx. If tsx is not installed, as after
 * `npm prune --omit=dev`, the bundle in dist/ runs instead.
 *
 * Node 22.1 and later keeps the compiled code of what `node FILE` loads, which shortens the next start. Tests run
 * without this cache, because it makes coverage less precise.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const isWindows = process.platform === 'win32'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** Time for what a step started to end after the step itself, in milliseconds. */
const GRACE_MS = 5000

const COMPILE_CACHE = join(import.meta.dirname, 'node_modules/.cache/node-compile-cache')

let step, stoppedBy
for (const signal of SIGNALS) process.on(signal, () => stop(signal))
// A parent that was killed, or a shell that stayed in between, passes on no signal.
const parent = process.ppid
const watch = setInterval(() => process.ppid !== parent && (clearInterval(watch), stop('SIGTERM')), 250)

for (const command of splitSteps(process.argv.slice(2))) {
  const code = await run(command)
  if (code !== 0 || stoppedBy) process.exit(code)
}
process.exit()

/** Passes a signal on once: the step has a process group of its own, which a terminal's Ctrl-C does not reach. */
function stop(signal) {
  // npm passes on the Ctrl-C that the terminal has sent to both.
  if (stoppedBy?.signal === signal && performance.now() - stoppedBy.at < 500) return
  stoppedBy = { signal, at: performance.now() }
  step?.kill(signal)
}

async function run([program, ...args]) {
  const env =
    program === 'node'
      ? { NODE_COMPILE_CACHE: COMPILE_CACHE, MALLOC_ARENA_MAX: '2', ...process.env }
      : process.env
  step = spawn(program, args, { stdio: 'inherit', detached: !isWindows, shell: isWindows, env })
  const [code, signal] = await once(step, 'exit').catch(() => {
    console.error(`${program} is not installed. Run: npm ci`)
    return [127]
  })
  if (!isWindows && step.pid) await endGroup(step.pid)
  return code ?? 128 + constants.signals[signal]
}

/** Ends what the step left running. */
async function endGroup(group) {
  const deadline = performance.now() + GRACE_MS
  for (let signal = 'SIGTERM'; send(group, signal); signal = 0) {
    if (performance.now() > deadline) return send(group, 'SIGKILL')
    await sleep(20)
  }
}

function send(group, signal) {
  try {
    return process.kill(-group, signal)
  } catch {
    return false // nobody is left
  }
}

function splitSteps(words) {
  const steps = [[]]
  for (const word of words) word === 'then' ? steps.push([]) : steps.at(-1).push(word)
  return steps.map(([program, ...args]) => {
    if (!/^(src|prisma|test|bench|deploy)\/.*\.ts$/.test(program)) return [program, ...args]
    return existsSync('node_modules/tsx') ? ['tsx', program, ...args] : ['node', toBundle(program), ...args]
  })
}

function toBundle(file) {
  return file.replace(/^src/, 'dist').replace(/ts$/, 'js')
}
