import helmet from 'helmet'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

/**
 * How often a request has a header. Node's `headers` drops repeated values of some headers.
 *
 * @param rawHeaders names and values in turn
 * @param name in lower case
 */
export function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index]!
    if (given.length === name.length && given.toLowerCase() === name) count += 1
  }
  return count
}

/** The headers that helmet sets for a page. They do not depend on the request, so helmet runs once. */
export const PAGE_HEADERS = securityHeaders()

/**
 * The headers that also protect answers in JSON, in this order:
 * - a policy that allows no content and no frame, if a browser shows the answer as a page;
 * - https for all later requests, which contain the token;
 * - browsers must not guess another content type, for example a script;
 * - no frame in browsers that do not support frame-ancestors.
 * Helmet's other headers concern scripts, links and windows, which JSON does not have.
 */
export const API_HEADERS = pick(PAGE_HEADERS, [
  'content-security-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
])

function securityHeaders(): Readonly<Record<string, string>> {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const setHeaders = helmet({
    // JSON loads nothing. The docs page has a policy of its own.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Front ends on other origins may read the answers. CORS decides which origins.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  setHeaders(response.req, response, () => {})
  return response.getHeaders() as Record<string, string>
}

function pick(headers: Readonly<Record<string, string>>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, headers[name]!]))
}
