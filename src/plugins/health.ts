import { Type } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import { unavailable } from '../problem.ts'
import { errorResponses, json } from './openapi.ts'
import { stopping } from './shutdown.ts'

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
const LINKS = {
  docs: '/docs',
  openapi: '/openapi.json',
  health: '/health',
  ready: '/ready',
  tasks: '/api/tasks',
}
const READY_TIMEOUT_MS = 2000

interface HealthOptions {
  name: string
  version: string
  /** Resolves where the database answers. */
  pingDatabase: () => Promise<unknown>
  /** Whether the service is shutting down. */
  isStopping: () => boolean
}

/** What balancers and operators ask. `/health`: restart me? `/ready`: send me requests? */
export const health = fp<HealthOptions>(async (app, { name, version, pingDatabase, isStopping }) => {
  // However many ask at once, the database is asked once.
  let asking: Promise<boolean> | undefined
  const databaseAnswers = () =>
    (asking ??= Promise.race([
      pingDatabase().then(
        () => true,
        () => false,
      ),
      timeout(READY_TIMEOUT_MS),
    ]).finally(() => {
      asking = undefined
    }))

  const ok = { 200: json(Status, 'Yes.') }
  const about = {
    tags,
    operationId: 'getAbout',
    summary: 'Name, version and links',
    response: { 200: json(About, 'This service.') },
  }
  app.get('/', { schema: about }, async () => {
    return { name, version, links: LINKS }
  })
  const live = { tags, operationId: 'getHealth', summary: 'Does the process live?', response: ok }
  app.get('/health', { schema: live }, async () => {
    return { status: 'ok' as const }
  })
  const ready = {
    tags,
    operationId: 'getReady',
    summary: 'Does the database answer?',
    response: { ...ok, ...errorResponses(503) },
  }
  app.get('/ready', { schema: ready }, async () => {
    if (isStopping()) throw stopping()
    if (await databaseAnswers()) return { status: 'ok' as const }
    throw unavailable('database_unavailable', 'The database is not available right now.')
  })
})

const timeout = (milliseconds: number) =>
  new Promise<false>((resolve) => {
    setTimeout(resolve, milliseconds, false).unref()
  })
