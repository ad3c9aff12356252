import helmet from 'helmet'
import type { IncomingMessage, ServerResponse } from 'node:http'

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

/** What helmet sets for a page. The headers do not depend on the request, so helmet runs once. */
export const PAGE_HEADERS = securityHeaders()

/**
 * Those that protect an answer without a page. JSON has no scripts, links or windows, so helmet's other headers would
 * protect nothing on it:
 * - a policy that lets it load nothing and be in no frame, also if a browser takes it for a page;
 * - https for all later requests, which carry the token;
 * - no guessing of another content type, for example a script;
 * - no frame in browsers that do not know frame-ancestors.
 */
export const API_HEADERS = pick(PAGE_HEADERS, [
  'content-security-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
])

function securityHeaders(): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => {},
  }
  const setHeaders = helmet({
    // JSON loads nothing. The docs page has a policy of its own.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Front ends on other origins may read the answers. CORS decides which origins.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, () => {})
  return headers
}

function pick(headers: Readonly<Record<string, string>>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, headers[name]!]))
}
