import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'

/**
 * Connects to Redis in the background. The client is loaded only if it is used: loading takes a tenth of the time of a
 * start. While Redis is unavailable, a command fails at once.
 */
export async function connectToRedis(url: string, log: FastifyBaseLogger): Promise<Redis> {
  const { Redis } = await import('ioredis')
  // Requests wait for their count: a Redis that hangs is given up after a second, and nothing is counted twice.
  const redis = new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, socketTimeout: 1000 })
  let isAway = false
  redis.on('error', (err) => {
    if (!isAway)
      log.warn(
        { err },
        'Redis is not available: requests are not limited, and copies do not notify each other of changes',
      )
    isAway = true
  })
  redis.on('ready', () => {
    if (isAway) log.info('Redis is available again')
    isAway = false
  })
  return redis
}
