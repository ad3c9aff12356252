import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'

/** Replaces the plugin's policy, which sends browsers to https: over plain http the page would not load. */
const CONTENT_SECURITY_POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
}

/** Keeps an opened call short: it shows only the codes of errors. The section Errors has an example. */
const CSS = `
.swagger-ui .info { margin: 20px 0 10px; }
.swagger-ui .info .title { font-size: 28px; }
.swagger-ui .info details { margin: 4px 0; }
.swagger-ui .info summary { cursor: pointer; font-weight: bold; }
.swagger-ui .info a.link, .swagger-ui .servers-title, .swagger-ui .servers { display: none; }
.swagger-ui .scheme-container { box-shadow: none; margin: 0; padding: 0 0 10px; background: none; }
.swagger-ui .response-col_links,
.swagger-ui tr[data-code^="4"] .response-col_description > :not(.response-col_description__inner),
.swagger-ui tr[data-code^="5"] .response-col_description > :not(.response-col_description__inner) { display: none; }
`

/** Swagger UI: how the page looks and behaves. */
export const page: Partial<FastifySwaggerUiOptions> = {
  staticCSP: CONTENT_SECURITY_POLICY,
  theme: { title: 'Task API', css: [{ filename: 'page.css', content: CSS }] },
  uiConfig: {
    layout: 'BaseLayout',
    persistAuthorization: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    tryItOutEnabled: true,
    defaultModelsExpandDepth: -1,
  },
}
