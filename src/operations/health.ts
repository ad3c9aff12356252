import { Type } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import { unavailable } from '../http/problem.ts'
import { errorResponses, json } from '../openapi/responses.ts'
import { stopping } from './shutdown.ts'

const tags = ['Operations']
const Status = Type.Object(
  { status: Type.Literal('ok', { description: 'Else the answer is an error.', examples: ['ok'] }) },
  { $id: 'Status', description: 'All is well.' },
)
const About = Type.Object(
  {
    name: Type.String({ description: 'Of the service.', examples: ['task-api'] }),
    version: Type.String({ description: 'Of what is running.', examples: ['1.0.0'] }),
    links: Type.Record(Type.String(), Type.String(), {
      description: 'Paths of what there is, by name.',
      examples: [{ docs: '/docs' }],
    }),
  },
  { $id: 'About', description: 'Which service answers here.' },
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

  const examples = { ok: { summary: 'All is well', value: { status: 'ok' as const } } }
  const ok = { 200: json(Status, 'Yes.', { examples }) }
  const about = {
    tags,
    operationId: 'getAbout',
    description: 'A first look, and where to go from here.',
    summary: 'Name, version and links',
    response: {
      200: json(About, 'This service.', {
        examples: { about: { summary: 'This one', value: { name, version, links: LINKS } } },
      }),
    },
  }
  app.get('/', { schema: about }, async () => {
    return { name, version, links: LINKS }
  })
  const live = {
    tags,
    operationId: 'getHealth',
    description: 'It answers as long as the process can: what restarts processes asks this.',
    summary: 'Does the process live?',
    response: ok,
  }
  app.get('/health', { schema: live }, async () => {
    return { status: 'ok' as const }
  })
  const ready = {
    tags,
    operationId: 'getReady',
    description:
      'Whether requests should be sent here: what distributes them asks this. 503 also while the service stops.',
    summary: 'Does the database answer?',
    response: { ...ok, ...errorResponses(503) },
  }
  app.get('/ready', { schema: ready }, async () => {
    if (isStopping()) throw stopping()
    if (await databaseAnswers()) return { status: 'ok' as const }
    throw unavailable('database_unavailable')
  })
})

const timeout = (milliseconds: number) =>
  new Promise<false>((resolve) => {
    setTimeout(resolve, milliseconds, false).unref()
  })
