import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Redis } from 'ioredis'
import type { Config } from '../config/config.ts'
import { problem } from './problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a request without a valid token against its address.
     *
     * @throws a 429 if the address sent too many
     */
    countAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>
    /**
     * Counts a request for the user of its token.
     *
     * @throws a 429 if the user sent too many
     */
    countUser(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
}

type Counted = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>> & { isAllowed: false }

export const RATE_LIMIT_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const
/** An LRU of this many callers, to bound memory. */
const COMMON = { timeWindow: '1 minute', cache: 50_000 }
/** Longer than any address. What a proxy passes on need not be an address. */
const MAX_ADDRESS_LENGTH = 64

interface RateLimitOptions extends Pick<Config['rateLimit'], 'max' | 'maxByAddress'> {
  redis: Redis | undefined
}

/** Counts requests per user and per address: in memory, or in Redis, which copies of the service share. */
export const rateLimits = fp<RateLimitOptions>(async (app, { max, maxByAddress, redis }) => {
  await app.register(rateLimit, {
    global: false,
    skipOnError: true,
    nameSpace: 'task-api-',
    ...(redis && { redis }),
  })
  app.decorate('countAddress', maxByAddress === 0 ? async () => {} : createAddressCount(app, maxByAddress))
  app.decorate('countUser', max === 0 ? async () => {} : createUserCount(app, max))
})

function createUserCount(app: FastifyInstance, max: number): FastifyInstance['countUser'] {
  const settings = { ...COMMON, max, keyGenerator: ({ user }: FastifyRequest) => `user ${user.id}` }
  const count = app.createRateLimit(settings)
  return async (request, reply) => {
    const counted = (await count(request)) as Counted
    tellClient(reply, counted, false)
  }
}

function createAddressCount(app: FastifyInstance, max: number): FastifyInstance['countAddress'] {
  // A client that left has no address any more.
  const keyGenerator = ({ ip = '' }: FastifyRequest) =>
    `address ${rateLimit.normalizeIP(ip.slice(0, MAX_ADDRESS_LENGTH))}`
  const settings = { ...COMMON, max, keyGenerator }
  const count = app.createRateLimit(settings)
  return async (request, reply) => {
    const counted = (await count(request)) as Counted
    // At most once a minute for each address. No other line names an address.
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
