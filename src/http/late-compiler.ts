import type { FastifyInstance } from 'fastify'

/** Until then a new process gives its first answers, and opens its connections to PostgreSQL. */
const COMPILE_AFTER_MS = 500

/**
 * Compiles validators half a second after the service has begun to listen, one in each turn of the event loop. So the
 * first answers do not wait for all of them, which take a fifth of the CPU time of a start. A validator that is needed
 * earlier is compiled by the request that needs it. A schema that cannot be compiled ends the process.
 *
 * Routes that share a schema share its validator: every route of tasks exists under two paths.
 *
 * @returns a function that takes a schema and returns a function. The latter returns the schema's validator, and
 *   compiles it if necessary.
 */
export function createLateCompiler<Validator>(app: FastifyInstance, compile: (schema: object) => Validator) {
  const validators = new Map<object, () => Validator>()
  const uncompiled = new Set<() => Validator>()
  let timer: NodeJS.Timeout | undefined
  const compileNext = () => {
    for (const validatorOf of uncompiled) {
      timer = setTimeout(compileNext).unref()
      return validatorOf()
    }
  }
  app.addHook('onListen', async () => void (timer = setTimeout(compileNext, COMPILE_AFTER_MS).unref()))
  app.addHook('onClose', async () => clearTimeout(timer))

  return (schema: object) => {
    const known = validators.get(schema)
    if (known) return known
    let validator: Validator | undefined
    const validatorOf = () => {
      if (validator !== undefined) return validator
      uncompiled.delete(validatorOf)
      return (validator = compile(schema))
    }
    uncompiled.add(validatorOf)
    validators.set(schema, validatorOf)
    return validatorOf
  }
}
