import rateLimit from '@fastify/rate-limit'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Config } from '../config/config.ts'
import { problem } from './problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a call that no known user made against the address that it came from.
     *
     * @throws a 429 where that address made too many
     */
    countAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
}

type Counted = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>> & { isAllowed: false }

export const RATE_LIMIT_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const
/** Whoever has not called for longer than this many others is forgotten, so that memory is bounded. */
const COMMON = { timeWindow: '1 minute', cache: 50_000 }
/** Longer than any address: what a proxy passes on need not be one. */
const MAX_ADDRESS_LENGTH = 64

/** The counts: in memory, or in Redis where several copies of the service share them. */
export const rateLimits = fp<Config['rateLimit']>(async (app, { max, maxByAddress, redisUrl }) => {
  const isShared = redisUrl !== undefined && max + maxByAddress > 0
  const redis = isShared ? await connectToRedis(redisUrl, app.log) : undefined
  app.addHook('onClose', async () => redis?.disconnect())
  await app.register(rateLimit, {
    global: false,
    skipOnError: true,
    nameSpace: 'task-api-',
    ...(redis && { redis }),
  })
  app.decorate('countAddress', maxByAddress === 0 ? async () => {} : createAddressCount(app, maxByAddress))
})

/** Requests a minute per user, in its scope. */
export const userRateLimit = fp<Config['rateLimit']>(async (app, { max }) => {
  if (max === 0) return
  const settings = { ...COMMON, max, keyGenerator: ({ user }: FastifyRequest) => `user ${user.id}` }
  const count = app.createRateLimit(settings)
  app.addHook('preHandler', async (request, reply) => {
    const counted = (await count(request)) as Counted
    tellClient(reply, counted, false)
  })
})

function createAddressCount(app: FastifyInstance, max: number): FastifyInstance['countAddress'] {
  // Who has gone already has no address left.
  const keyGenerator = ({ ip = '' }: FastifyRequest) =>
    `address ${rateLimit.normalizeIP(ip.slice(0, MAX_ADDRESS_LENGTH))}`
  const settings = { ...COMMON, max, keyGenerator }
  const count = app.createRateLimit(settings)
  return async (request, reply) => {
    const counted = (await count(request)) as Counted
    // Seen once a minute: the only time that the log tells an address.
    if (counted.remaining === 0 && !counted.isExceeded)
      request.log.warn({ client: counted.key }, 'no more calls without a valid token for this minute')
    tellClient(reply, counted, true)
  }
}

function tellClient(
  reply: FastifyReply,
  { max, remaining, ttlInSeconds, isExceeded }: Counted,
  isAddress: boolean,
) {
  const values = [max, remaining, ttlInSeconds]
  RATE_LIMIT_HEADERS.forEach((name, index) => reply.header(name, values[index]))
  if (isExceeded)
    throw problem('rate_limited', {
      values: [max, isAddress],
      headers: { 'retry-after': String(ttlInSeconds) },
    })
}

/** Its client is loaded where it is used: it takes a tenth of the time that a start takes. */
async function connectToRedis(url: string, log: FastifyBaseLogger) {
  const { Redis } = await import('ioredis')
  // Requests wait for a count, so a Redis that hangs is given up soon, and nothing is counted twice.
  const redis = new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, socketTimeout: 1000 })
  let isAway = false
  redis.on('error', (err) => {
    if (!isAway) log.warn({ err }, 'Redis is not available: requests are not limited meanwhile')
    isAway = true
  })
  redis.on('ready', () => {
    if (isAway) log.info('Redis is available again')
    isAway = false
  })
  return redis
}
