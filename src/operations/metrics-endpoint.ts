import type { FastifyInstance } from 'fastify'
import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bearerToken } from '../auth/bearer.ts'
import type { Config } from '../config/config.ts'
import { refuse } from '../http/client-errors.ts'
import { problem } from '../http/problem.ts'

const GATHERED_FOR_MS = 1000

interface Endpoint extends Pick<Config['metrics'], 'port' | 'isPublic' | 'token'> {
  contentType: string
  gather: () => Promise<string>
  host: string
}

/** Serves metrics on a separate port, or on the port of the service if that is allowed. */
export async function serveMetrics(app: FastifyInstance, endpoint: Endpoint) {
  const { contentType, port, host, isPublic } = endpoint
  const gather = oncePerSecond(endpoint.gather)
  const isAllowed = createTokenCheck(endpoint.token)
  if (port !== undefined) return serveOnPort(app, port, host, createListener(contentType, gather, isAllowed))
  if (!isPublic)
    return app.log.warn('/metrics is not served: set METRICS_PORT or METRICS_TOKEN, or METRICS=off')
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!isAllowed(request.raw)) throw tokenRequired()
    return reply.type(contentType).send(await gather())
  })
}

const tokenRequired = () =>
  problem('metrics_token_missing', {
    headers: { 'www-authenticate': 'Bearer' },
  })

/** Gathering metrics blocks the event loop for milliseconds, so requests within a second get the same text. */
function oncePerSecond(gather: () => Promise<string>) {
  let gathered: Promise<string> | undefined
  return () => {
    if (gathered === undefined) {
      gathered = gather()
      setTimeout(() => (gathered = undefined), GATHERED_FOR_MS).unref()
    }
    return gathered
  }
}

/** Compares hashes in constant time, so that the response time reveals nothing about the token. */
function createTokenCheck(token: string | undefined) {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const expected = hash(token ?? '')
  return (request: IncomingMessage) =>
    token === undefined || timingSafeEqual(hash(bearerToken(request) ?? ''), expected)
}

function createListener(
  contentType: string,
  gather: () => Promise<string>,
  isAllowed: (request: IncomingMessage) => boolean,
): RequestListener {
  return (request, response) => {
    if (!/^\/metrics\/?(\?|$)/.test(request.url!)) return refuse(response, 'NOT_FOUND')
    try {
      if (!isAllowed(request)) return refuse(response, 'METRICS_TOKEN')
    } catch {
      return refuse(response, 'BAD_REQUEST')
    }
    gather().then(
      (text) => response.setHeader('content-type', contentType).end(text),
      (error: Error) => response.destroy(error),
    )
  }
}

function serveOnPort(app: FastifyInstance, port: number, host: string, listener: RequestListener) {
  const server = createServer(listener)
  app.addHook('onReady', async () => {
    server.listen(port, host)
    await once(server, 'listening')
    app.log.info(`metrics are on port ${(server.address() as AddressInfo).port}`)
  })
  app.addHook('onClose', async () => {
    server.close()
    server.closeAllConnections()
  })
}
