import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { collect } from '../../../test/helpers/output.ts'
import { startPostgres } from '../../../test/helpers/postgres.ts'

const APP = join(import.meta.dirname, '..')
const ROOT = join(APP, '../..')
const NEXT = join(APP, 'next.mjs')

export type Stage = Awaited<ReturnType<typeof startStage>>
export type Variant = keyof typeof VARIANTS

/** The same app on the same database, with different tokens for the browser. */
const VARIANTS = {
  app: {},
  short: { TOKEN_LIFETIME: '4s' },
  secret: { TOKEN_KIND: 'hs256' },
  noTrash: { TRASH_DAYS: '0' },
}

/**
 * Starts what the browser needs, as in production: PostgreSQL with the least-privilege role, the built service and
 * the built app. `stop` ends all of it.
 */
export async function startStage() {
  for (const [file, folder] of [
    [join(ROOT, 'dist/server.js'), 'the root of the repository'],
    [join(APP, '.next/BUILD_ID'), 'examples/next-better-auth'],
  ] as const)
    if (!existsSync(file)) throw new Error(`First: npm ci && npm run build, in ${folder}.`)

  const closers: (() => unknown)[] = []
  const stop = async () => {
    while (closers.length > 0) await closers.pop()!()
  }
  const postgres = await startPostgres({ teardown: (close) => void closers.push(close as () => unknown) })
  const [servicePort, ...appPorts] = await freePorts(1 + Object.keys(VARIANTS).length)
  const origins = appPorts.map((port) => `http://localhost:${port}`)
  const shared = { NODE_ENV: 'production', BETTER_AUTH_SECRET: randomBytes(32).toString('hex') }

  const service = describeProcess(ROOT, ['dist/server.js'], 'the database answers', {
    ...shared,
    PORT: String(servicePort),
    HOST: 'localhost',
    DATABASE_URL: postgres.serviceUrl,
    BETTER_AUTH_URL: origins[0]!,
    JWT_ISSUER: origins.join(),
    JWT_AUDIENCE: origins.join(),
    CORS_ORIGINS: origins.join(),
    JWKS_COOLDOWN_S: '1',
    MAX_EVENT_LOOP_DELAY_MS: '0',
    SHUTDOWN_DELAY_MS: '0',
  })
  const serviceUrl = `http://localhost:${servicePort}`
  closers.push(service.stop)
  await service.start()

  const apps = new Map<Variant, Promise<string>>()
  const startApp = async (variant: Variant) => {
    const index = Object.keys(VARIANTS).indexOf(variant)
    const app = describeProcess(APP, [NEXT, 'start'], 'Ready', {
      ...shared,
      PORT: String(appPorts[index]),
      DATABASE_URL: postgres.url,
      BETTER_AUTH_URL: origins[index]!,
      TASK_API_URL: serviceUrl,
      AUTH_RATE_LIMIT: 'off',
      ...VARIANTS[variant],
    })
    closers.push(app.stop)
    await app.start()
    return origins[index]!
  }
  return {
    serviceUrl,
    service,
    postgres,
    stop,
    /** The origin of the app. The first call starts it. */
    origin(variant: Variant = 'app') {
      if (!apps.has(variant)) apps.set(variant, startApp(variant))
      return apps.get(variant)!
    },
    /** The origin of another site, which the service does not know. */
    async foreignOrigin() {
      const server = createServer((_request, response) => void response.end('<title>Elsewhere</title>'))
      closers.push(() => server.close())
      return `http://localhost:${await listen(server)}`
    },
  }
}

/** A process that can be restarted. It is ready when it has printed `ready`. */
function describeProcess(cwd: string, args: string[], ready: string, variables: Record<string, string>) {
  let running: ReturnType<typeof spawn> | undefined
  return {
    async start() {
      running = spawn(process.execPath, args, { cwd, env: { ...process.env, ...variables } })
      await collect(running).contains(ready)
    },
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
      running.kill(signal)
      await once(running, 'exit')
    },
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(servers.map(listen))
  for (const server of servers) server.close()
  return ports
}

async function listen(server: Server) {
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
