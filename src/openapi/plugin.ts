import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { completeDocument, headers } from './document.ts'
import { gettingStarted } from './getting-started.ts'

/** The plugin's own policy demands https, without which the page stays empty but on localhost. */
const DOCS_POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
}

/** The document that the schemas of the routes make, and a page to read it and try the calls. */
export const openapi = fp<{ version: string }>(async (app, { version }) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Task API',
        version,
        license: { name: 'MIT', identifier: 'MIT' },
        description: gettingStarted,
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: [
        { name: 'Tasks', description: 'The tasks of the user that the token names.' },
        {
          name: 'Tasks by user',
          description: 'The same, for front ends that put the user id into the path.',
        },
        { name: 'Users', description: 'The caller.' },
        { name: 'Operations', description: 'For operators and balancers; no token needed.' },
      ],
      components: {
        headers,
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'HS256 under the shared secret, or a token of Better Auth’s jwt() plugin.',
          },
        },
      },
    },
    transformObject: (made) => completeDocument((made as { openapiObject: object }).openapiObject),
    refResolver: { buildLocalReference: (json) => json.$id as string },
  })
  await app.register(async (docs) => {
    docs.addHook('onRequest', app.countAddress)
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: DOCS_POLICY,
      uiConfig: {
        layout: 'BaseLayout',
        persistAuthorization: true,
        displayRequestDuration: true,
        docExpansion: 'list',
      },
    })
    docs.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  })
})
