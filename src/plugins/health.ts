import { Type } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import { problem } from '../problem.ts'
import { errorResponses } from './openapi.ts'

const tags = ['Operations']
const Status = Type.Object({ status: Type.Literal('ok', { examples: ['ok'] }) }, { $id: 'Status' })
const About = Type.Object(
  {
    name: Type.String({ examples: ['task-api'] }),
    version: Type.String({ examples: ['1.0.0'] }),
    links: Type.Record(Type.String(), Type.String(), { examples: [{ docs: '/docs' }] }),
  },
  { $id: 'About' },
)
const LINKS = { docs: '/docs', openapi: '/openapi.json', health: '/health', ready: '/ready', tasks: '/api/tasks' }
const READY_TIMEOUT_MS = 2000

interface HealthOptions {
  name: string
  version: string
  /** Resolves where the database answers. */
  pingDatabase: () => Promise<unknown>
}

/** What balancers and operators ask. `/health`: restart me? `/ready`: send me requests? */
export const health = fp<HealthOptions>(async (app, { name, version, pingDatabase }) => {
  let draining = false
  app.decorate('startDraining', () => {
    draining = true
  })
  // However many ask at once, the database is asked once.
  let asking: Promise<boolean> | undefined
  const databaseAnswers = () =>
    (asking ??= Promise.race([pingDatabase().then(() => true, () => false), timeout(READY_TIMEOUT_MS)]).finally(() => {
      asking = undefined
    }))

  const ok = { 200: { description: 'Yes.', content: { 'application/json': { schema: Status } } } }
  app.get('/', { schema: { tags, summary: 'Name, version and links', response: { 200: About } } }, async () => {
    return { name, version, links: LINKS }
  })
  app.get('/health', { schema: { tags, summary: 'Does the process live?', response: ok } }, async () => {
    return { status: 'ok' as const }
  })
  const ready = { tags, summary: 'Does the database answer?', response: { ...ok, ...errorResponses(503) } }
  app.get('/ready', { schema: ready }, async () => {
    const headers = { 'retry-after': '2' }
    if (draining) throw problem(503, 'stopping', 'The service is shutting down.', { headers })
    if (await databaseAnswers()) return { status: 'ok' as const }
    throw problem(503, 'database_unavailable', 'The database is not available right now.', { headers })
  })
})

declare module 'fastify' {
  interface FastifyInstance {
    /** From now on `/ready` says no. */
    startDraining(): void
  }
}

const timeout = (milliseconds: number) =>
  new Promise<false>((resolve) => {
    setTimeout(resolve, milliseconds, false).unref()
  })
