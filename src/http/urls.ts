import type { onRequestHookHandler } from 'fastify'
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { problem } from './problem.ts'

/** The path of a request target, without the origin that a client may send to a proxy (RFC 9112, 3.2.2). */
const pathOf = (url: string) => url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0]!

/** Whether the router can read the URL. If this differs from the router, the router sends an answer of another shape. */
export function hasValidPath(url: string): boolean {
  if (url.startsWith('/') && !url.includes('%')) return true
  try {
    decodeURIComponent(pathOf(url))
  } catch {
    return false
  }
  return url.startsWith('/') || !/^https?:/i.test(url) || (URL.canParse(url) && !url.includes('#'))
}

/** Whether the bytes behind the percent-escapes of the query are UTF-8. A bare `%` stands for itself. */
function hasValidQuery(url: string): boolean {
  const start = url.indexOf('?')
  if (start === -1 || !/%[89a-f]/i.test(url)) return true
  const bytes = url
    .slice(start)
    .replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return isUtf8(Buffer.from(bytes, 'latin1'))
}

/** An onRequest hook for routes that read their query. */
export const refuseBadQuery: onRequestHookHandler = (request, _reply, done) =>
  done(hasValidQuery(request.url) ? undefined : problem('bad_url'))

/**
 * The URL to route by, for Fastify's `rewriteUrl`. A URL that cannot be decoded has no route, but its request must pass
 * all hooks, above all those of /api. So it gets a path in the same scope that leads to the 404 handler. The original
 * URL is in `request.originalUrl`.
 */
export function routableUrl(request: IncomingMessage): string {
  const url = request.url!
  if (hasValidPath(url)) return url
  return /^\/(a|%61)(p|%70)(i|%69)/.test(pathOf(url)) ? '/api/' : '/404'
}
