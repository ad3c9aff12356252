import fp from 'fastify-plugin'
import { promisify } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import { reasonOf } from '../database/errors.ts'

export interface IdleMemoryOptions {
  /** Time between two checks, in milliseconds. */
  everyMs?: number
  /** With more connections, collecting all garbage would stop the process for too long: 0.2 s with 5000 of them. */
  maxConnections?: number
  /** Collects all garbage. */
  collect?: () => Promise<void>
}

/** The service is idle if its event loop has something to do for less than this share of the time. */
const IDLE_SHARE = 0.05

/**
 * Returns memory to the operating system when the service was busy and is idle now. V8 would keep what it needed in its
 * busiest time, because it collects all garbage only when it needs more memory.
 */
export const idleMemory = fp<IdleMemoryOptions>(async (app, options) => {
  const { everyMs = 10_000, maxConnections = 2000, collect = collectAllGarbage } = options
  const countConnections = promisify(app.server.getConnections.bind(app.server))
  let timer: NodeJS.Timeout | undefined
  let before = performance.eventLoopUtilization()
  let wasBusy = false

  function check() {
    const now = performance.eventLoopUtilization()
    const isBusy = performance.eventLoopUtilization(now, before).utilization > IDLE_SHARE
    before = now
    if (isBusy) wasBusy = true
    else if (wasBusy) void release()
  }

  async function release() {
    try {
      if ((await countConnections()) > maxConnections) return
      wasBusy = false
      const heapBytes = getHeapStatistics().total_physical_size
      await collect()
      // Its own time must not count as busy.
      before = performance.eventLoopUtilization()
      app.log.debug({ heapBytes, after: getHeapStatistics().total_physical_size }, 'returned unused memory')
    } catch (error) {
      clearInterval(timer)
      app.log.info(`unused memory is not returned: ${reasonOf(error as Error)}`)
    }
  }

  app.addHook('onListen', async () => {
    timer = setInterval(check, everyMs).unref()
  })
  app.addHook('preClose', async () => clearInterval(timer))
})

/**
 * Collects all garbage, as a debugger does on demand. The process stops for about 0.1 s.
 * https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/#method-collectGarbage
 *
 * @throws Error if this process may not debug itself (`node --permission`), or if Node was built without a debugger
 */
async function collectAllGarbage() {
  const { Session } = await import('node:inspector/promises')
  const session = new Session()
  session.connect()
  try {
    await session.post('HeapProfiler.collectGarbage')
  } finally {
    session.disconnect()
  }
}
