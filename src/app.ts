import sensible from '@fastify/sensible'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyRequest, type FastifyServerOptions } from 'fastify'
import { createRequire } from 'node:module'
import type { Config } from './config/config.ts'
import { frontEnds } from './compatibility/front-ends.ts'
import { createReadinessCheck } from './database/checks.ts'
import type { Database } from './database/client.ts'
import { redact } from './operations/log.ts'
import { auth } from './auth/plugin.ts'
import { health } from './operations/health.ts'
import { metrics } from './operations/metrics.ts'
import { openapi } from './openapi/plugin.ts'
import { bodies } from './http/bodies.ts'
import { createConnections, MAX_HEADER_BYTES } from './http/connections.ts'
import { problems } from './http/problems.ts'
import { loadLimit, protection } from './http/protection.ts'
import { rateLimits } from './http/rate-limits.ts'
import { connectToRedis } from './http/redis.ts'
import { StreamFaults } from './http/faults.ts'
import { collectRoutes, refuseRareMethod } from './http/methods.ts'
import { requestId, requests } from './http/requests.ts'
import { hasValidPath, refuseBadQuery, routableUrl } from './http/urls.ts'
import { describeProtectedRoute } from './openapi/responses.ts'
import { shutdown } from './operations/shutdown.ts'
import { upkeep } from './operations/upkeep.ts'
import { validation } from './http/validation.ts'
import { problem } from './http/problem.ts'
import { createTaskQueries, taskFeature, TASK_SCHEMAS } from './tasks/feature.ts'
import { reportWrites, startTaskEvents } from './tasks/changes/routes.ts'
import { taskFormats } from './tasks/formats.ts'
import { createUserRepository } from './users/repository.ts'
import { userRoutes } from './users/routes.ts'
import * as userSchemas from './users/schemas.ts'

const { name, version } = createRequire(import.meta.url)('../package.json') as {
  name: string
  version: string
}
/** Those with an `$id` become components of the document. */
const SCHEMAS: readonly unknown[] = [...TASK_SCHEMAS, ...Object.values(userSchemas)]
const notFound = async (request: FastifyRequest) => {
  refuseRareMethod(request)
  throw problem(hasValidPath(request.originalUrl) ? 'route_not_found' : 'bad_url')
}

/** Builds the service without listening. Production and tests use this function, so they run the same service. */
export async function buildApp(
  config: Config,
  database: Database,
  logger: Extract<FastifyServerOptions['logger'], object> = { level: config.logLevel },
) {
  const { prisma } = database
  const connections = createConnections(config.http, (text) => app.log.warn(text))
  const app = Fastify({
    logger: { ...logger, redact },
    logController: new StreamFaults({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestId,
    requestIdHeader: false,
    trustProxy: config.http.trustProxy,
    bodyLimit: 64 * 1024,
    serverFactory: connections.serverFactory,
    // connections.ts answers these errors itself.
    clientErrorHandler: () => {},
    // One part of the path may be as long as the whole path: its schema checks it.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_HEADER_BYTES },
    rewriteUrl: routableUrl,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>()
  const rejectOtherMethods = collectRoutes(app)

  await app.register(problems)
  await app.register(validation, { formats: taskFormats })
  await app.register(requests)
  await app.register(bodies)
  // Loaded only if it is used. Otherwise it costs no time at startup or in requests.
  if (config.telemetry) {
    const { telemetry } = await import('./operations/telemetry.ts')
    await app.register(telemetry, { name, version, signals: config.telemetry, database })
  }
  await app.register(sensible)
  await app.register(shutdown, { closeIdle: connections.closeIdle })
  await app.register(protection, { http: config.http })
  const redis = config.redisUrl === undefined ? undefined : await connectToRedis(config.redisUrl, app.log)
  app.addHook('onClose', async () => redis?.disconnect())
  await app.register(rateLimits, { ...config.rateLimit, redis })
  await app.register(openapi, { version, formats: taskFormats })
  const queries = createTaskQueries(prisma, config.trashDays)
  const { events, tell } = startTaskEvents(app, queries.changes, redis)
  const parts = {
    openStreams: () => events.openCount,
    isRedisReady: redis && (() => redis.status === 'ready'),
  }
  await app.register(metrics, { ...config.metrics, host: config.http.host, database, parts })
  await app.register(health, {
    name,
    version,
    checkDatabase: createReadinessCheck(prisma),
    isStopping: () => app.stopping,
  })
  rejectOtherMethods()
  app.setNotFoundHandler(notFound)

  const users = createUserRepository(prisma)
  await app.register(upkeep, { purges: queries.purges })
  for (const schema of SCHEMAS)
    if (typeof schema === 'object' && schema !== null && '$id' in schema) app.addSchema(schema)

  await app.register(
    async (api) => {
      api.addHook('onRoute', (route) => {
        route.attachValidation = true
        describeProtectedRoute(route)
      })
      const rejectOtherApiMethods = collectRoutes(api)
      await api.register(loadLimit, { http: config.http })
      await api.register(auth, { tokens: config.tokens })
      api.addHook('onRequest', refuseBadQuery)
      api.addHook('preHandler', (request, _reply, done) => done(request.validationError))
      api.setNotFoundHandler(notFound)

      await api.register(async (known) => {
        known.addHook('preHandler', (request) => {
          // Requests with the same token share its claims. Each has its own deadline and connection.
          const endsAt = performance.now() + config.database.queryTimeoutMs
          request.user = { ...request.user, endsAt, client: request.raw.socket }
          return users.provision(request.user)
        })
        known.addHook('onRoute', reportWrites(tell))
        const { frontEndSettings: settings } = config
        if (settings.length > 0) await known.register(frontEnds, { settings, findTask: queries.tasks.find })
        await known.register(userRoutes, { users })
        await known.register(taskFeature, { queries, events, whileUserExists: users.whileExisting })
      })
      rejectOtherApiMethods('/api')
    },
    { prefix: '/api' },
  )
  return app
}
