import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { problem } from './problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of each path, by the pattern of its routes, as the header Allow names them. */
    allowedMethods: Map<string, string>
  }
}

/** The methods that routes can have. Node accepts dozens of others. */
export const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * Answers a method that a known path does not allow with a 405 that names the allowed ones. Call the returned
 * function at the end of a scope: it reads the routes registered since `collectRoutes`.
 */
export function collectRoutes(app: FastifyInstance) {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    const path = url.replace(/(?<=.)\/$/, '')
    const known = methods.get(path) ?? new Set<string>()
    for (const name of [method].flat()) known.add(name)
    methods.set(path, known)
  })
  return function rejectOtherMethods(prefix = '') {
    for (const [url, known] of [...methods]) {
      const allow = [...known].join(', ')
      const others = [...METHODS].filter((name) => !known.has(name) && name !== 'OPTIONS')
      if (url.includes('*')) continue
      app.allowedMethods.set(url, allow)
      if (others.length === 0) continue
      app.route({
        method: others,
        url: url.slice(prefix.length),
        schema: { hide: true },
        handler: async () => {
          throw methodNotAllowed(allow)
        },
      })
    }
  }
}

const methodNotAllowed = (allow: string) =>
  problem('method_not_allowed', { values: [allow], headers: { allow } })

/**
 * Refuses a request whose method no route has, on a path that has routes. Call it in the 404 handler. Such methods have
 * no routes for their 405, because thirty more for each path take a sixth of the CPU time of a start.
 *
 * @throws the 405. It does nothing if the path has no routes
 */
export function refuseRareMethod({ method, url, server }: FastifyRequest) {
  if (METHODS.has(method)) return
  const path = url
    .split('?', 1)[0]!
    .replace(/(?<=.)\/$/, '')
    .split('/')
  const fits = (pattern: string[]) =>
    pattern.length === path.length &&
    pattern.every((part, index) => part.startsWith(':') || part === path[index])
  const params = (pattern: string) => pattern.split(':').length
  const [found] = [...server.allowedMethods]
    .filter(([pattern]) => fits(pattern.split('/')))
    .sort(([a], [b]) => params(a) - params(b))
  if (found) throw methodNotAllowed(found[1])
}
