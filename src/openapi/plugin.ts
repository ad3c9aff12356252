import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { hash } from 'node:crypto'
import { etagOf, matchesIfNoneMatch, sendNotModified } from '../http/entity-tags.ts'
import { PAGE_HEADERS } from '../http/headers.ts'
import type { Format } from '../http/validation.ts'
import { completeDocument } from './document.ts'
import { headers } from './headers.ts'
import { guide } from './guide.ts'
import { page } from './page.ts'

interface OpenapiOptions {
  version: string
  /** The formats of our own that the schemas of the routes use. */
  formats: Readonly<Record<string, Format>>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Changes the finished document, which is made after the start. */
    changeDocument(change: (document: object) => void): void
  }
}

/** The OpenAPI document, made from the schemas of the routes, and a page to read it and to try the calls. */
export const openapi = fp<OpenapiOptions>(async (app, { version, formats }) => {
  const changes: ((document: object) => void)[] = []
  app.decorate('changeDocument', (change) => void changes.push(change))
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Task API',
        version,
        license: { name: 'MIT', identifier: 'MIT' },
        description: guide,
      },
      // Relative to the document, so that it is right under any prefix.
      servers: [{ url: '.', description: 'This service' }],
      tags: [
        { name: 'Tasks', description: 'The tasks of the current user.' },
        {
          name: 'Tasks by user',
          description: 'The same calls, with the id of the current user in the path.',
        },
        { name: 'Users', description: 'The current user.' },
        { name: 'Operations', description: 'For operators and load balancers. They need no token.' },
      ],
      components: {
        headers,
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'An HS256 token signed with the shared secret, or a token of Better Auth’s jwt() plugin.',
          },
        },
      },
    },
    // Otherwise the plugin parses the server's URL, which must then be absolute.
    stripBasePath: false,
    transformObject: (made) => {
      const document = completeDocument((made as { openapiObject: object }).openapiObject, formats)
      for (const change of changes) change(document)
      return document
    },
    refResolver: { buildLocalReference: (json) => json.$id as string },
  })
  await app.register(async (docs) => {
    docs.addHook('onRequest', app.countAddress)
    serveDocument(docs)
    await docs.register(servePage, { prefix: '/docs' })
  })
})

/** Serializes the document once, at the first request. */
function serveDocument(app: FastifyInstance) {
  let served: { body: Buffer; tag: string } | undefined
  app.get('/openapi.json', { schema: { hide: true } }, async (request, reply) => {
    served ??= serialize(app.swagger())
    reply.headers({ etag: etagOf(served.tag), 'cache-control': 'no-cache' })
    if (matchesIfNoneMatch(request.headers['if-none-match'], served.tag)) return sendNotModified(reply)
    return reply.type('application/json; charset=utf-8').send(served.body)
  })
}

function serialize(document: object) {
  const body = Buffer.from(JSON.stringify(document))
  return { body, tag: hash('sha256', body, 'base64url').slice(0, 22) }
}

async function servePage(app: FastifyInstance) {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS)
    // The page's links are relative to /docs/. The redirect is relative, so that it keeps a prefix.
    const [path] = request.url.split('?')
    if (path!.endsWith('/docs')) return reply.redirect('docs/')
  })
  await app.register(swaggerUi, {
    ...page,
    routePrefix: '/',
    transformSpecificationClone: false,
    transformSpecification: (document) => ({ ...document, servers: [{ url: '..' }] }),
  })
}
