import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Test } from 'tap'
import { SECRET } from './app.ts'
import { serviceDatabaseUrl } from './database.ts'
import { findSecrets } from './secrets.ts'
import { collect } from './output.ts'

const ROOT = join(import.meta.dirname, '..', '..')

interface StartOptions {
  /** What the output says when the service is ready. */
  ready?: string
  /** Whether the coverage is measured, which takes CPU time. */
  isCovered?: boolean
  /** The folder with the sources, if not the repository. */
  root?: string
}

/**
 * Starts the process that production runs on a free port, and waits until it is ready.
 * `kill` ends it and returns its exit code, null after a signal that it could not handle.
 */
export async function startService(
  t: Test,
  variables: Record<string, string> = {},
  { ready = 'the database answers', isCovered = true, root = ROOT }: StartOptions = {},
) {
  const env = {
    ...process.env,
    PORT: '0',
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    DATABASE_URL: serviceDatabaseUrl(),
    BETTER_AUTH_SECRET: SECRET,
    RATE_LIMIT_MAX: '0',
    RATE_LIMIT_ADDRESS_MAX: '0',
    SHUTDOWN_DELAY_MS: '0',
    // A process that starts on a busy machine keeps its event loop waiting: that is not what is tested.
    MAX_EVENT_LOOP_DELAY_MS: '0',
    ...(!isCovered && { _TAPJS_PROCESSINFO_COVERAGE_: '0' }),
    ...variables,
  }
  const service = spawn(process.execPath, [join(root, 'src/server.ts')], { env, cwd: root })
  const output = collect(service)
  t.teardown(async () => {
    await kill('SIGKILL')
    const [leak] = findSecrets(output.text().split('\n'), env.DATABASE_URL)
    if (leak !== undefined) t.fail('the log tells a secret', { leak })
  })
  async function kill(signal: NodeJS.Signals = 'SIGTERM') {
    if (service.exitCode === null && service.signalCode === null) {
      const exit = once(service, 'exit')
      service.kill(signal)
      await exit
    }
    return service.exitCode
  }
  await output.contains('Server listening at')
  const url = /Server listening at (http:[^"]+)/.exec(output.text())![1]!
  await output.contains(ready)
  return { url, kill, output }
}
