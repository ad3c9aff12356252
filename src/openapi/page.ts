import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'

/** The plugin's own policy sends browsers to https, where a plain http address other than localhost has no page. */
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

/** Keeps an opened call short: of an error it shows the codes, whose example is in the section Errors. */
const CSS = `
.swagger-ui .info { margin: 20px 0 10px; }
.swagger-ui .info .title { font-size: 28px; }
.swagger-ui .info details { margin: 4px 0; }
.swagger-ui .info summary { cursor: pointer; font-weight: bold; }
.swagger-ui .info a.link, .swagger-ui .servers-title, .swagger-ui .servers { display: none; }
.swagger-ui .scheme-container { box-shadow: none; margin: 0; padding: 0 0 10px; background: none; }
.swagger-ui tr.response:not([data-code^="2"]) .response-col_description > :not(.response-col_description__inner),
.swagger-ui tr.response:not([data-code^="2"]) .response-col_links { display: none; }
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
