import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'
import { freePort } from './port.ts'

/** A Redis on a free port; undefined, with a comment in the test, if this machine has none. */
export async function startRedis(t: Test) {
  const port = await freePort()
  const folder = t.testdir()
  let server: ChildProcess | undefined

  const start = async () => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
    const started = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    t.teardown(() => started.kill('SIGKILL'))
    const failed = once(started, 'error').then(() => undefined)
    for (;;) {
      const chunk = await Promise.race([once(started.stdout, 'data'), failed])
      if (chunk === undefined) return false
      if (!String(chunk[0]).includes('Ready to accept connections')) continue
      server = started
      return true
    }
  }
  const stop = async () => {
    server!.kill('SIGKILL')
    await once(server!, 'exit')
  }
  if (!(await start())) {
    t.pass('there is no redis-server on this machine: nothing was tested')
    return undefined
  }
  const pause = () => server!.kill('SIGSTOP')
  const resume = () => server!.kill('SIGCONT')
  return { url: `redis://127.0.0.1:${port}`, start, stop, pause, resume }
}
