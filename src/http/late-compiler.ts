import type { FastifyInstance } from 'fastify'

/**
 * Compiles validators after the service has begun to listen, one in each turn of the event loop. So the first answers do
 * not wait for all of them, which take a fifth of the CPU time of a start. A validator that is needed earlier is compiled by
 * the request that needs it. A schema that cannot be compiled ends the process.
 *
 * Routes that share a schema share its validator: every route of tasks exists under two paths.
 *
 * @returns a function that takes a schema and returns a function. The latter returns the schema's validator, and
 *   compiles it if necessary.
 */
export function createLateCompiler<Validator>(app: FastifyInstance, compile: (schema: object) => Validator) {
  const validators = new Map<object, () => Validator>()
  const uncompiled = new Set<() => Validator>()
  let next: NodeJS.Immediate | undefined
  const compileNext = () => {
    for (const validatorOf of uncompiled) {
      next = setImmediate(compileNext)
      return validatorOf()
    }
  }
  app.addHook('onListen', async () => void (next = setImmediate(compileNext)))
  app.addHook('onClose', async () => clearImmediate(next))

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
