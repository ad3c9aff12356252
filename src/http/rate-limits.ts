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
    /**
     * Counts a request with `size` items as `size` requests, after it was counted as one. It counts none of the others
     * if they exceed what is left of the minute.
     *
     * @param path JSON Pointer to the array of items
     * @throws a 429 if the user sent too many, a 400 if `size` exceeds the limit of a minute
     */
    countItems(request: FastifyRequest, reply: FastifyReply, path: string, size: number): Promise<void>
    /**
     * Counts a request as `weight` requests, of which `counted` were counted before. It counts none of the others if
     * they exceed what is left of the minute. A weight above the limit of a minute counts as that limit.
     *
     * @throws a 429 if the user sent too many
     */
    countWeight(request: FastifyRequest, reply: FastifyReply, weight: number, counted: number): Promise<void>
  }
}

type UserCounts = Pick<FastifyInstance, 'countUser' | 'countItems' | 'countWeight'>
type Count = ReturnType<FastifyInstance['createRateLimit']>
type Counted = Awaited<ReturnType<Count>> & { isAllowed: false }

export const RATE_LIMIT_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const
/** `cache` is the maximum number of callers in memory (LRU). */
const COMMON = { timeWindow: '1 minute', cache: 50_000 }
/** Maximum length of an address. A proxy may forward text that is not an address. */
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
  const none = async () => {}
  const ofUsers = max === 0 ? { countUser: none, countItems: none, countWeight: none } : countUsers(app, max)
  app.decorate('countUser', ofUsers.countUser)
  app.decorate('countItems', ofUsers.countItems)
  app.decorate('countWeight', ofUsers.countWeight)
})

function countUsers(app: FastifyInstance, max: number): UserCounts {
  const settings = { ...COMMON, max, keyGenerator: ({ user }: FastifyRequest) => `user ${user.id}` }
  const count = app.createRateLimit(settings) as (...args: Parameters<Count>) => Promise<Counted>
  const countMore = async (request: FastifyRequest, reply: FastifyReply, more: number) => {
    const now = await count(request, { increment: false })
    if (now.remaining < more) tellClient(reply, { ...now, isExceeded: true }, false)
    // The library counts one at a time. The commands to Redis are sent together and answered in order.
    const counted = await Promise.all(Array.from({ length: more }, () => count(request)))
    // Other requests may have been counted in the meantime.
    if (more > 0) tellClient(reply, counted.at(-1)!, false)
  }
  return {
    async countUser(request, reply) {
      tellClient(reply, await count(request), false)
    },

    async countItems(request, reply, path, size) {
      if (size > max) throw tooManyItems(path, max)
      await countMore(request, reply, size - 1)
    },

    countWeight: (request, reply, weight, counted) =>
      countMore(request, reply, Math.max(0, Math.min(weight, max) - Math.min(counted, max))),
  }
}

const tooManyItems = (path: string, max: number) => {
  const message = `must have at most ${max} items, because each counts as a request and you may send ${max} a minute`
  return problem('validation_failed', {
    values: [`${path.slice(1)} ${message}`],
    errors: [{ path, message }],
  })
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
      request.log.warn({ client: counted.key }, 'too many calls without a valid token from this address')
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
