import { Type } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import { DatabaseError } from '../database/errors.ts'
import { errorResponses, json } from '../openapi/responses.ts'
import { Ref } from '../openapi/schema-types.ts'
import { stopping } from './shutdown.ts'

const tags = ['Operations']
const Status = Type.Object(
  {
    status: Type.Literal('ok', {
      description: 'Always ok. If the check fails, the answer is an error.',
      examples: ['ok'],
    }),
  },
  { $id: 'Status', description: 'The check has passed.' },
)
const About = Type.Object(
  {
    name: Type.String({ description: 'The name of the service.', examples: ['task-api'] }),
    version: Type.String({ description: 'The version that is running.', examples: ['1.0.0'] }),
    links: Type.Record(Type.String(), Type.String(), {
      description: 'The main paths, by name.',
      examples: [{ docs: '/docs' }],
    }),
  },
  { $id: 'About', description: 'The service and its version.' },
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
  /** Rejects with the reason why the database cannot serve requests. */
  checkDatabase: () => Promise<void>
  /** Whether the service is shutting down. */
  isStopping: () => boolean
}

/** Checks for load balancers. `/health`: must the copy be restarted? `/ready`: may it get requests? */
export const health = fp<HealthOptions>(async (app, { name, version, checkDatabase, isStopping }) => {
  app.addSchema(Status)
  app.addSchema(About)
  // Calls that arrive while the database is being asked share its answer.
  let asking: Promise<void> | undefined
  const askDatabase = () =>
    (asking ??= Promise.race([checkDatabase(), timeout(READY_TIMEOUT_MS)]).finally(() => {
      asking = undefined
    }))

  const examples = { ok: { summary: 'The check has passed', value: { status: 'ok' as const } } }
  const ok = { 200: json(Ref(Status), 'The check has passed.', { examples }) }
  const about = {
    tags,
    operationId: 'getAbout',
    description: 'Shows which service and version is running, and its main paths.',
    summary: 'Name, version and links',
    response: {
      200: json(Ref(About), 'The service.', {
        examples: { about: { summary: 'This service', value: { name, version, links: LINKS } } },
      }),
    },
  }
  app.get('/', { schema: about }, async () => {
    return { name, version, links: LINKS }
  })
  const live = {
    tags,
    operationId: 'getHealth',
    description: 'Answers while the process is alive and checks no dependency. Use it as a liveness probe.',
    summary: 'Check that the process is alive',
    response: ok,
  }
  app.get('/health', { schema: live }, async () => {
    return { status: 'ok' as const }
  })
  const ready = {
    tags,
    operationId: 'getReady',
    description:
      'Checks that the service can answer requests. The answer is a 503 if the database cannot be used, and while the service is stopping. Use it as a readiness probe.',
    summary: 'Check that requests can be served',
    response: { ...ok, ...errorResponses(503) },
  }
  app.get('/ready', { schema: ready }, async () => {
    if (isStopping()) throw stopping()
    await askDatabase()
    return { status: 'ok' as const }
  })
})

const timeout = (milliseconds: number) =>
  new Promise<never>((_resolve, reject) => {
    const late = () => reject(new DatabaseError('cancelled', `no answer within ${milliseconds} ms`))
    setTimeout(late, milliseconds).unref()
  })
