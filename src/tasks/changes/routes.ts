import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, RouteOptions } from 'fastify'
import type { Redis } from 'ioredis'
import { problem, raise } from '../../http/problem.ts'
import { createRelay } from '../../http/relay.ts'
import { errorResponses } from '../../openapi/responses.ts'
import { createEventFeed } from './feed.ts'
import type { ChangeFeed } from './repository.ts'
import { MAX_STREAMS_PER_USER, TaskEvents } from './events.ts'
import { OwnerParams } from '../schemas.ts'

interface EventRoutesOptions {
  events: TaskEvents
  /** Whether the path names the user. The auth plugin has compared it with the token. */
  namesUser: boolean
}

const EXAMPLE = 'event: changed\nid: eyJ4IjoiNDI6NDI6In0\ndata: {}\n\n'

const describe = (namesUser: boolean) => ({
  tags: [namesUser ? 'Tasks by user' : 'Tasks'],
  operationId: `streamTaskEvents${namesUser ? 'ByUser' : ''}`,
  summary: 'Get notified of changes',
  description:
    'A stream of server-sent events. `event: changed` says that tasks changed, but not which: read ' +
    '`/tasks/changes` from your cursor. An event comes within a second of the change, at most four times a second. A comment ' +
    'every 25 seconds keeps the connection open. The stream ends when the token expires and when the service stops: ' +
    'open it again, with the last `id` in Last-Event-ID. If something changed since then, an event comes at once. ' +
    'EventSource cannot send a token: read the stream with fetch.',
  params: Type.Object(namesUser ? OwnerParams.properties : {}),
  headers: Type.Object({
    'last-event-id': Type.Optional(
      Type.String({
        description: 'The last id that the client received.',
        examples: ['eyJ4IjoiNDI6NDI6In0'],
      }),
    ),
  }),
  response: {
    200: {
      description: 'The stream.',
      content: {
        'text/event-stream': {
          schema: Type.String(),
          examples: { changed: { summary: 'Something changed', value: EXAMPLE } },
        },
      },
    },
    ...errorResponses(429),
  },
})

/** Headers that keep proxies from buffering, caching or compressing the stream. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

export const eventRoutes: FastifyPluginAsyncTypebox<EventRoutesOptions> = async (
  app,
  { events, namesUser },
) => {
  const options = {
    schema: describe(namesUser),
    exposeHeadRoute: false,
    config: { isEventStream: true as const },
  }
  app.get('/events', options, (request, reply: FastifyReply) => {
    const { user, headers } = request
    const stream = events.open(user.id, user.expiresAt, headers['last-event-id']) ?? raise(tooMany())
    void reply.headers(STREAM_HEADERS).send(stream)
  })
}

const tooMany = () =>
  problem('too_many_streams', { values: [MAX_STREAMS_PER_USER], headers: { 'retry-after': '5' } })

/**
 * Returns an `onRoute` hook. It calls `tell` with the user's id after each call that may have written, when the write is
 * committed. After a 503 the outcome of the write may not be known yet, so `tell` is called again a second later.
 */
export const reportWrites = (tell: (owner: string) => void) => (route: RouteOptions) => {
  if ([route.method].flat().some((method) => method === 'GET' || method === 'HEAD')) return
  route.onSend = (request, reply, _payload, done) => {
    const owner = (request.user as { id: string } | null)?.id
    const { statusCode } = reply
    if (owner !== undefined && (statusCode < 400 || statusCode >= 500)) {
      tell(owner)
      if (statusCode === 503) setTimeout(tell, 1000, owner).unref()
    }
    done()
  }
}

/**
 * The event streams of this copy of the service. Redis notifies them of changes made through other copies. When the
 * service stops, they end first.
 *
 * @returns the streams, and `tell`, which reports that tasks of a user may have changed
 */
export function startTaskEvents(app: FastifyInstance, changes: ChangeFeed, redis: Redis | undefined) {
  const events = new TaskEvents(createEventFeed(changes))
  const listener = {
    onMessage: (owner: string) => events.notify(owner),
    onGap: () => events.notifyAll(),
  }
  const relay = redis === undefined ? undefined : createRelay(redis, listener)
  app.addHook('preClose', async () => events.close())
  app.addHook('onClose', async () => relay?.close())
  const tell = (owner: string) => {
    events.notify(owner)
    relay?.publish(owner)
  }
  return { events, tell }
}
